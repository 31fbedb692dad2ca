import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localMachine } from '../../addon/machines/local.ts';
import { createMasters } from '../addon/machines/masters.ts';
import { mustCommand } from '../support/commands.ts';
import { machineContract } from './machine.ts';

for (const shell of ['/bin/dash', '/bin/bash', '/bin/busybox sh']) {
  machineContract(`this machine by ${shell}`, async () => {
    const home = mkdtempSync(join(tmpdir(), 'home-'));
    const machine = localMachine({ shell, home });
    return {
      machine,
      look: (script) => mustCommand(['sh', '-c', script]),
      async [Symbol.asyncDispose]() {
        await machine[Symbol.asyncDispose]();
        rmSync(home, { recursive: true });
      },
    };
  });
}

machineContract('a host by ssh, which has no perl', async () => {
  const masters = await createMasters();
  const { host, connect } = await masters.add('master');
  await host.sh('rm -f /usr/bin/perl*; ! command -v perl');
  const machine = await connect();
  return {
    machine,
    look: (script) => host.sh(`set +e; ${script}`),
    async [Symbol.asyncDispose]() {
      await machine[Symbol.asyncDispose]();
      await masters[Symbol.asyncDispose]();
    },
  };
});
