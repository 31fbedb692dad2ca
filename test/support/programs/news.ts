import { appendFileSync, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { SMTPServer } from 'smtp-server';

// Receives news on a host: mail on port 2525, HTTP on port 8099. Writes each as a line of JSON; refuses all while the second file exists.
const [, , file = '', refusing = ''] = process.argv;
const write = (line: object) => appendFileSync(file, `${JSON.stringify(line)}\n`);

const mail = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  logger: false,
  onMailFrom: (_address, _session, done) =>
    existsSync(refusing) ? done(Object.assign(new Error('come back later'), { responseCode: 451 })) : done(),
  onData: (stream, session, done) => {
    let raw = '';
    stream.on('data', (chunk: Buffer) => {
      raw += chunk.toString();
    });
    stream.on('end', () => {
      write({ mail: session.envelope.rcptTo.map(({ address }) => address).join(','), raw });
      done();
    });
  },
});
mail.on('error', () => undefined); // a daemon that is killed breaks off
mail.listen(2525, '127.0.0.1');

createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    if (existsSync(refusing)) return response.writeHead(503).end();
    write({ method: request.method, path: request.url, headers: request.headers, body });
    return response.end();
  });
}).listen(8099, '127.0.0.1');
