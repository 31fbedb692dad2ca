import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { saveConfiguration } from '../../../addon/flows/configuration.ts';
import type { Rooms } from '../../../addon/flows/rooms.ts';
import type { Doors } from '../../../addon/hooks/hook.ts';
import { hooks } from '../../../addon/hooks/index.ts';
import { installRequest, toConfiguration } from '../../../addon/hooks/mapping.ts';
import { parseRequest } from '../../../addon/hooks/request.ts';
import { openLogbook } from '../../../addon/jobs/logbook.ts';
import { createJobRunner } from '../../../addon/jobs/runner.ts';
import { AddonError } from '../../../storage-node/base/errors.ts';
import { silentLog } from '../../../storage-node/base/log.ts';
import { createRedactor } from '../../../storage-node/base/redact.ts';
import type { Manifest } from '../../../storage-node/base/words.ts';
import { backupStore } from '../../../storage-node/catalog/backups.ts';
import { environmentStore } from '../../../storage-node/catalog/environments.ts';
import { jobStore } from '../../../storage-node/catalog/jobs.ts';
import { openCatalog } from '../../../storage-node/catalog/open.ts';

export const NOW = new Date('2026-11-21T12:00:00Z');
export const node = (id: string, more: object = {}) => ({
  id,
  host: `10.0.0.${id}`,
  hostKey: 'ssh-ed25519 AAAAC3Nza',
  ...more,
});
export const environment = (name: string, owner = 'u17') => ({ name, displayName: '', region: 'eu', owner });

/** Doors with a real catalog in memory, and masters that nobody reaches: hooks that only know and remember need no more. */
export async function catalogOnly(policies: Partial<Doors['policy']> = {}, mailIsSetUp = true) {
  const catalog = openCatalog(':memory:');
  const redactor = createRedactor();
  const clock = () => NOW;
  const storage = {
    environments: environmentStore(catalog),
    backups: backupStore(catalog),
    jobs: jobStore(catalog),
    seal: (text: string) => text,
    unseal: (text: string) => text,
    removeEnvironment: async (name: string) => storage.backups.removeEnvironment(name),
  };
  const followed: string[] = [];
  const rooms = {
    storage,
    clock,
    log: silentLog,
    mailIsSetUp,
    learnSecret: () => undefined,
    keptMounts: {
      pause: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
      follow: ({ environment }: { environment: { name: string } }) => void followed.push(environment.name),
      release: async () => undefined,
    },
    identity: async (name: string) => `ssh-ed25519 AAAA dbbackup ${name}`,
    connect: async () => {
      throw new AddonError('node-unreachable', 'nobody answers');
    },
  } as unknown as Rooms;
  const folder = mkdtempSync(join(tmpdir(), 'hooks-'));
  const logbook = await openLogbook(folder, clock, redactor);
  const limits = { jobsAtOnce: 4, timeLimitMs: 60_000, stallMs: 0, patienceMs: 60_000, historyMs: 86_400_000 };
  const runner = createJobRunner({ store: storage.jobs, works: {}, logbook, clock, log: silentLog, limits });
  const policy = { removeBackupsOnUninstall: false, usersMayDelete: true, ...policies };
  const doors = { rooms, runner, log: silentLog, policy } as unknown as Doors;
  let count = 0;
  return {
    storage,
    runner,
    followed,
    call: (name: string, request: object) => hooks[name]?.({ request, wait: true }, doors) as Promise<Answer>,
    /** As if installed, without proving anything. */
    installed(name: string, settings: object = {}, more: object = {}) {
      const request = {
        environment: environment(name),
        layer: { nodeType: 'mariadb-dockerized' },
        nodes: [node('1', { master: true })],
        settings: { dbuser: 'root', dbpass: 'hunter2', ...settings },
        ...more,
      };
      saveConfiguration(rooms.storage, toConfiguration(parseRequest(installRequest, request)), NOW);
    },
    backup(name: string, takenAt: string, more: Partial<Manifest> = {}) {
      count += 1;
      const id = `b${String(count).padStart(3, '0')}`;
      const part = {
        name: 'shop',
        kind: 'database',
        file: 'shop.sql',
        snapshot: id,
        bytes: 21_300_000,
        storedBytes: 1,
        seconds: 1,
        counts: null,
      } as const;
      const base = {
        format: 1,
        id,
        environment: name,
        takenAt,
        name: '',
        description: '',
        kind: 'manual',
        requestedBy: 'user',
        engine: 'mariadb',
        serverVersion: '10.11',
        transport: 'mount',
        parts: [part],
        warnings: [],
        pinnedUntil: null,
      } as const;
      storage.backups.add({ ...base, ...more }, `m${id}`);
      return id;
    },
  };
}

type Patch = Readonly<Record<string, unknown>> & { values?: { value: string; caption: string }[]; markup?: string };
/** What hooks answer, as tests read it. */
export type Answer = Readonly<Record<string, unknown>> & { fields: Readonly<Record<string, Patch>> };
