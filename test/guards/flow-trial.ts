import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Configuration, saveConfiguration } from '../../addon/flows/configuration.ts';
import type { Rooms } from '../../addon/flows/rooms.ts';
import type { Job } from '../../addon/jobs/job.ts';
import { localMachine } from '../../addon/machines/local.ts';
import type { Attachment } from '../../addon/machines/machine.ts';
import { AS_SCHEDULED } from '../../addon/schedule/schedule.ts';
import { silentLog } from '../../storage-node/base/log.ts';
import { named, openStorage, type Storage } from '../storage-node/kit/storage.ts';

/**
 * The flows on this machine alone: a real storage node and a real restic, the master and the way to it played by this machine,
 * and a database that is one file, which two commands of the customer's dump and restore.
 */
export interface FlowTrial extends AsyncDisposable {
  readonly storage: Storage;
  readonly rooms: Rooms;
  readonly job: Job;
  readonly told: string[];
  /** The database's content. */
  data: string;
  /** Ends the way to the storage, as a watchdog does. */
  lose(): void;
  configure(change?: { readonly name?: string; readonly owner?: string; readonly keep?: number }): void;
  /** The customer's commands. `$DATA` is the database. */
  commands(options: { readonly backup?: string; readonly restore?: string }): void;
}

const BACKUP = 'cat "$DATA"';
const RESTORE = 'cat >"$DATA"';

/** Starts one; the database holds `first`, and the environment `shop` is installed. */
export async function flowTrial(): Promise<FlowTrial> {
  const storage = await openStorage('shop', 'other');
  const home = mkdtempSync(join(tmpdir(), 'flow-'));
  const database = join(home, 'database');
  const machine = localMachine({ home });
  const told: string[] = [];
  const lost = new AbortController();
  const options = { backupCommand: '', restoreCommand: '' };
  const attachment = (environment: string): Attachment => ({
    transport: 'mount',
    lost: lost.signal,
    link: async () => ({
      directory: storage.folder(environment),
      repositoryArguments: ['-r', '.'],
      environment: {},
      async [Symbol.asyncDispose]() {},
    }),
    async [Symbol.asyncDispose]() {},
  });
  let at = Date.parse('2026-11-21T12:00:00Z');
  const rooms: Rooms = {
    storage: storage.node,
    clock: () => {
      at += 1_000;
      return new Date(at);
    },
    log: silentLog,
    runPolicy: AS_SCHEDULED,
    resticPath: '/usr/bin/restic',
    mailIsSetUp: true,
    connect: async () => machine,
    attach: async ({ share }) => attachment(share.environment),
    clean: async () => undefined,
    checkAddress: () => undefined,
    learnSecret: () => undefined,
    vacate: async () => undefined,
    identity: async () => '',
    keptMounts: {
      pause: async () => ({ async [Symbol.asyncDispose]() {} }),
      follow: () => undefined,
      release: async () => undefined,
    },
  };
  const trial: FlowTrial = {
    ...{ storage, rooms, told },
    job: {
      ...{ id: 'job', environment: 'shop', signal: new AbortController().signal },
      tell: (step) => void told.push(step),
      moved: () => undefined,
      warn: (text) => void told.push(text),
      log: (line) => void told.push(line),
    },
    get data() {
      return readFileSync(database, 'utf8');
    },
    set data(content) {
      writeFileSync(database, content);
    },
    lose: () => lost.abort(new Error('the way is lost')),
    configure({ name = 'shop', owner = 'u17', keep = 5 } = {}) {
      const configuration: Configuration = {
        environment: { ...named(name), owner },
        layer: { nodeGroup: 'x', nodeType: 'x' },
        nodes: [{ id: '1', host: 'here', port: 22, account: 'x', hostKey: '', master: true }],
        engine: 'custom',
        access: { user: '', password: '', host: '', port: 0, options },
        schedule: { scheduleType: '3', cronTime: '0 3 * * *' } as Configuration['schedule'],
        ...{ storageName: 's', keep, alwaysUnmount: true, transport: 'auto' },
      };
      saveConfiguration(storage.node, configuration, rooms.clock());
    },
    commands({ backup = BACKUP, restore = RESTORE }) {
      options.backupCommand = backup.replaceAll('$DATA', database);
      options.restoreCommand = restore.replaceAll('$DATA', database);
      trial.configure();
    },
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]();
      rmSync(home, { recursive: true, force: true });
    },
  };
  trial.data = 'first\n';
  trial.commands({});
  return trial;
}
