import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorReport } from '../../storage-node/base/errors.ts';
import type { Backup, JobRow } from '../../storage-node/base/words.ts';
import type { Host, HostRun } from './host.ts';
import { prepareMaster, startSshd } from './servers/sshd.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const LAUNCHER = resolve(ROOT, 'scripts/dbbackup');
const READY_MS = 20_000;

/** What a hook's last line says. */
export type HookResult = { readonly ok: boolean; readonly error?: ErrorReport } & Readonly<Record<string, unknown>>;

/** The daemon on a storage host, spoken to as the platform and people do: by its command line. */
export interface Daemon {
  readonly host: Host;
  readonly dataDirectory: string;
  /** `dbbackup VERB …` with this daemon's data directory. */
  dbbackup(...argv: readonly string[]): Promise<HostRun>;
  /** The verb's JSON answer; rejects with what it wrote to stderr. */
  json<Answer>(...argv: readonly string[]): Promise<Answer>;
  hook(name: string, request: object, options?: { wait?: boolean }): Promise<HookResult>;
  start(): Promise<void>;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  pid(): Promise<number>;
  backups(environment?: string): Promise<readonly (Backup & { kept: readonly string[] })[]>;
  jobs(environment?: string): Promise<readonly JobRow[]>;
}

/** Starts the daemon on a host; the data directory survives stop and kill, as on a real storage node. */
export async function startDaemon(host: Host, dataDirectory = '/var/lib/dbbackup'): Promise<Daemon> {
  const command = (...argv: readonly string[]) => [LAUNCHER, ...argv];
  const pid = async () => {
    const found = await host.run(['pgrep', '-f', `addon/main.ts serve --data ${dataDirectory}$`]);
    return Number(found.stdout.trim().split('\n')[0] ?? 0);
  };
  const gone = async () => {
    while ((await pid()) !== 0) await sleep(50);
  };
  const daemon: Daemon = {
    host,
    dataDirectory,
    pid,
    dbbackup: (verb = '--help', ...argv) =>
      host.run(command(verb, ...(verb.startsWith('-') ? [] : ['--data', dataDirectory]), ...argv)),
    async json<Answer>(...argv: readonly string[]) {
      const answer = await daemon.dbbackup(...argv, '--json');
      if (answer.exitCode !== 0) throw new Error(`dbbackup ${argv.join(' ')}: ${answer.stderr}`);
      return JSON.parse(answer.stdout) as Answer;
    },
    async hook(name, request, { wait = true } = {}) {
      const argv = command('hook', name, '--data', dataDirectory, '--request', '-', ...(wait ? [] : ['--no-wait']));
      const answer = await host.run(argv, { input: JSON.stringify(request) });
      const line = answer.stdout.trim().split('\n').at(-1) ?? '';
      if (!line.startsWith('DBBACKUP_RESULT=')) throw new Error(`hook ${name} said: ${answer.stdout}${answer.stderr}`);
      return JSON.parse(line.slice('DBBACKUP_RESULT='.length)) as HookResult;
    },
    async start() {
      await host.spawn(command('serve', '--data', dataDirectory), { logFile: '/var/log/dbbackup.log' });
      const end = Date.now() + READY_MS;
      while ((await daemon.dbbackup('list')).exitCode !== 0) {
        if (Date.now() > end)
          throw new Error(`the daemon does not answer: ${await host.readFile('/var/log/dbbackup.log')}`);
        await sleep(100);
      }
    },
    async stop() {
      await host.run(['kill', '-TERM', String(await pid())]);
      await gone();
    },
    async kill() {
      await host.run(['kill', '-KILL', String(await pid())]);
      await gone();
    },
    backups: (environment) => daemon.json('list', ...(environment === undefined ? [] : [environment])),
    jobs: (environment) => daemon.json('jobs', ...(environment === undefined ? [] : [environment])),
  };
  await daemon.start();
  return daemon;
}

/** What a request says of one database host. */
export interface EnvironmentRequest {
  readonly environment: {
    readonly name: string;
    readonly displayName: string;
    readonly region: string;
    readonly owner: string;
  };
  readonly layer: { readonly nodeGroup: string; readonly nodeType: string };
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
  readonly settings: Readonly<Record<string, string>>;
}

/** Makes a database host ready as its administrator would (sshd, account, key), and answers the request for `install`. */
export async function prepareEnvironment(
  daemon: Daemon,
  master: Host,
  wanted: { readonly name: string; readonly nodeType: string; readonly settings: Readonly<Record<string, string>> },
): Promise<EnvironmentRequest> {
  const environment = { name: wanted.name, displayName: wanted.name, region: 'local', owner: 'owner-1' };
  const hostKey = await startSshd(master);
  const prepared = await daemon.hook('prepare', { environment });
  if (!prepared.ok) throw new Error(`prepare failed: ${prepared.error?.message}`);
  await prepareMaster(master, String(prepared.publicKey));
  return {
    environment,
    layer: { nodeGroup: 'sqldb', nodeType: wanted.nodeType },
    nodes: [{ id: '1', host: master.address, port: 22, account: 'dbbackup', hostKey, master: true }],
    settings: {
      scheduleType: '3',
      cronTime: '0 3 * * *',
      storageName: 'storage',
      backupCount: '5',
      isAlwaysUmount: 'true',
      ...wanted.settings,
    },
  };
}
