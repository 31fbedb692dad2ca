import { custom } from '../../addon/engines/custom.ts';
import { engineMachine } from '../support/engineMachine.ts';
import { fleet } from '../support/fleet.ts';
import { type EngineTrial, engineContract } from './engine.ts';

const { host } = fleet();
const data = '/srv/store/data';

engineContract({
  name: 'two commands that keep a file',
  engine: custom,
  dumpProgram: 'store-dump',
  start,
  without: {
    password: 'the commands log in by themselves',
    makeDatabase: 'the commands decide what is one backup',
    weak: 'the commands decide what they need',
    replica: 'a command has no replicas',
    unreachable: 'nobody but the command knows its server',
  },
});

async function start(): Promise<EngineTrial> {
  const box = await host('store');
  const machine = await engineMachine(box);
  await box.writeFile('/.jelenv', `STORE="${data}"\n`);
  await box.sh('install -d -o dbbackup /srv/store; ln -s "$(command -v cat)" /usr/local/bin/store-dump');
  const options = {
    backupCommand: '"store-dump $STORE"',
    restoreCommand: 'cat >"$STORE.new" && tail -n 1 "$STORE.new" | grep -q "^end" && mv "$STORE.new" "$STORE"',
  };
  const fill = `seq 1 1000000 >${data}; echo end >>${data}`;
  return {
    host: box,
    machine,
    access: { user: '', password: '', host: '', port: 0, nodes: [], options },
    fill: async () => void (await box.sh(fill, { user: 'dbbackup' })),
    fingerprint: () => box.sh(`sha256sum ${data} || true`),
    destroy: async () => void (await box.sh(`rm -f ${data}`)),
    change: async () => void (await box.sh(`echo later >>${data}`, { user: 'dbbackup' })),
    stop: async () => undefined,
    start: async () => undefined,
  };
}
