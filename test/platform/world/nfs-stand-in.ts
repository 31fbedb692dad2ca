/** Runs in a host: gives the files of the host to whoever connects, one sftp-server for each. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

createServer((socket) => {
  const server = spawn('/usr/lib/openssh/sftp-server', [], { stdio: ['pipe', 'pipe', 'ignore'] });
  socket.pipe(server.stdin);
  server.stdout.pipe(socket);
  // Either side may leave first.
  server.stdin.on('error', () => socket.destroy());
  socket.on('error', () => server.kill());
  socket.on('close', () => server.kill());
}).listen(Number(process.argv[2]));
