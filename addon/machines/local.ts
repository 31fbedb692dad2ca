import { homedir } from 'node:os';
import { silentLog } from '../../storage-node/base/log.ts';
import { converse } from '../../storage-node/base/run.ts';
import type { Machine } from './machine.ts';
import { bootstrap } from './session.ts';
import { machineOver } from './shell-machine.ts';

/** This machine, by the very scripts that run on others. */
export function localMachine({ shell = '/bin/sh', home = homedir() }: { shell?: string; home?: string } = {}): Machine {
  return machineOver({
    name: 'this machine',
    log: silentLog,
    shell,
    open: async () => {
      const { stdin, stdout, stderr, ended, kill } = converse(['sh', '-c', bootstrap(shell)], { HOME: home });
      const closed = ended.then(({ exitCode }) => (exitCode < 0 ? {} : { exitCode }));
      return { stdin, stdout, stderr, closed, destroy: kill };
    },
    close: async () => {},
  });
}
