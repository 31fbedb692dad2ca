import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';

/** Doors from this process to the TCP ports of one host. */
export interface Ports {
  open(port: number): Promise<{ readonly host: string; readonly port: number }>;
  close(): Promise<void>;
}

// Stands on the switch. It is handed accepted connections and joins each to the host's port.
const relay = `
  const [address, port] = process.argv.slice(1);
  process.on('disconnect', () => process.exit());
  process.on('message', (_, near) => {
    if (!near) return;
    const far = require('node:net').connect({ host: address, port: Number(port), allowHalfOpen: true });
    near.allowHalfOpen = true;
    for (const [one, other] of [[near, far], [far, near]]) {
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroyed || other.destroySoon());
    }
  });
  process.send('ready');`;

/** Ports of the host with this address, seen from the switch that this process holds. */
export function openPorts(switchPid: number, address: () => string): Ports {
  const relays: { readonly child: ChildProcess; readonly server: Server }[] = [];
  return {
    open: async (port) => {
      const argv = [
        '-t',
        `${switchPid}`,
        '-n',
        'setpriv',
        '--pdeathsig',
        'KILL',
        '--',
        process.execPath,
        '-e',
        relay,
        '--',
      ];
      const child = spawn('nsenter', [...argv, address(), `${port}`], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
        detached: true,
      });
      await once(child, 'message');
      const server = createServer({ pauseOnConnect: true }, (socket) => child.send('connection', socket));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      relays.push({ child, server });
      child.unref();
      child.channel?.unref();
      server.unref();
      return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    },
    close: async () => {
      for (const { child, server } of relays.splice(0)) {
        server.close();
        child.ref();
        const ended = child.exitCode !== null || child.signalCode !== null ? undefined : once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      }
    },
  };
}
