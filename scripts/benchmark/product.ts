import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Host } from '../../test/support/hosts.ts';
import { untilReady } from '../../test/support/servers/waiting.ts';
import { bytesBelow, type Ended, type Steps } from './reference.ts';
import type { BenchServer } from './server.ts';

/** This product's daemon on the storage host, driven as the platform drives it. */
export interface Product {
  /** The daemon's pid on this machine. */
  readonly pid: number;
  /** Places the key on the master and installs an environment of this name for its server. */
  install(name: string, server: BenchServer, transport: Transport): Promise<void>;
  /** From request to answer. */
  backup(name: string): Promise<Ended>;
  /** Of the newest backup. */
  restore(name: string): Promise<Ended>;
  storedBytes(name: string): Promise<number>;
  /** Size of the programs that it has placed on the master. */
  placedBytes(server: BenchServer, transport: Transport): Promise<number>;
  stop(): Promise<void>;
}

export type Transport = 'mount' | 'channel';

interface Answer {
  readonly ok: boolean;
  readonly error?: { readonly code: string; readonly message: string; readonly hint: string };
  readonly publicKey?: string;
  readonly job?: { readonly id: string };
}

const data = '/var/lib/dbbackup';
const command = resolve(import.meta.dirname, '../dbbackup');
const prepareScript = resolve(import.meta.dirname, '../node/prepare');
const logFile = '/var/log/dbbackup.log';
const timeoutMs = 7_200_000;

const accountOf = (transport: Transport) => `dbbackup-${transport}`;

/** Starts the daemon on the storage host. */
export async function startProduct(storage: Host): Promise<Product> {
  const daemon = await storage.spawn(['sh', command, 'serve', '--data', data], { logFile });
  await untilReady(storage, 'the daemon', logFile, async () => {
    return (await storage.run(['sh', command, 'list', '--data', data])).exitCode === 0;
  });

  const hook = async (name: string, request: object): Promise<Answer> => {
    const argv = ['sh', command, 'hook', name, '--request', '-', '--data', data];
    const run = await storage.run(argv, { input: JSON.stringify(request), timeoutMs });
    const line = /^DBBACKUP_RESULT=(.*)$/m.exec(run.stdout)?.[1];
    if (line === undefined) throw new Error(`hook ${name} answered nothing: ${run.stderr.trim()}`);
    const answer = JSON.parse(line) as Answer;
    if (answer.ok) return answer;
    throw new Error(`hook ${name}: ${answer.error?.message} (${answer.error?.code}). ${answer.error?.hint}`);
  };
  const stepsOf =
    ({ job }: Answer): Ended =>
    async () => {
      const logs = await storage.must(['sh', command, 'logs', job?.id ?? '', '--data', data, '--json']);
      const { log, job: row } = JSON.parse(logs) as { log: string; job: { startedAt: string; endedAt: string } };
      return stepsOfLog(log, row.endedAt);
    };
  const environment = (name: string) => ({ name, displayName: name, region: 'bench', owner: 'bench' });
  return {
    pid: pidOutside(storage, daemon.pid),
    install: async (name, server, transport) => {
      const { publicKey = '' } = await hook('prepare', { environment: environment(name) });
      // An account holds the key of one environment, and here two are installed for the same master.
      const account = accountOf(transport);
      await server.host.must(['sh', prepareScript, '--key', publicKey, '--account', account]);
      const hostKey = (await server.host.readFile('/etc/ssh/ssh_host_ed25519_key.pub')).trim();
      await hook('install', {
        environment: environment(name),
        layer: { nodeGroup: 'sqldb', nodeType: server.nodeType },
        nodes: [{ id: '1', host: server.host.address, port: 22, account, hostKey, master: true }],
        settings: {
          scheduleType: '3',
          cronTime: '0 0 1 1 *',
          tz: 'UTC',
          backupCount: '5',
          transport,
          dbuser: server.access.user,
          dbpass: server.access.password,
        },
      });
    },
    backup: async (name) => stepsOf(await hook('backup-now', { environment: environment(name) })),
    restore: async (name) =>
      stepsOf(await hook('restore', { environment: environment(name), settings: { backupDir: 'latest' } })),
    storedBytes: (name) => bytesBelow(storage, join(data, 'repositories', name)),
    placedBytes: async ({ host }, transport) => {
      const home = (await host.must(['getent', 'passwd', accountOf(transport)])).split(':')[5];
      await host.must(['mkdir', '-p', `${home}/.dbbackup/bin`], { user: accountOf(transport) });
      return await bytesBelow(host, `${home}/.dbbackup/bin`);
    },
    stop: async () => {
      await storage.run(['sh', '-c', `kill ${daemon.pid}; while [ -e /proc/${daemon.pid} ]; do sleep 0.1; done`], {
        timeoutMs: 30_000,
      });
    },
  };
}

/** Seconds of each step by a job's log, whose lines begin with their time; a step that comes again is added up. */
export function stepsOfLog(log: string, endedAt: string): Steps {
  const lines = [...log.matchAll(/^(\d{4}-\d\d-\d\dT\S+Z) (.*)$/gm)].map(([, at = '', step = '']) => ({
    at: Date.parse(at),
    step,
  }));
  const steps: Record<string, number> = {};
  for (const [index, { at, step }] of lines.entries()) {
    const until = lines[index + 1]?.at ?? Date.parse(endedAt);
    steps[step] = (steps[step] ?? 0) + (until - at) / 1000;
  }
  return steps;
}

/** The pid that this machine gives to a process of a host. */
function pidOutside(host: Host, pid: number): number {
  const space = readlinkSync(`/proc/${host.pid}/ns/pid`);
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (readlinkSync(`/proc/${name}/ns/pid`) !== space) continue;
      const inner = /^NSpid:.*\t(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
      if (Number(inner) === pid) return Number(name);
    } catch {
      // It ended while it was looked at.
    }
  }
  throw new Error(`process ${pid} of host ${host.name} is not there any more`);
}
