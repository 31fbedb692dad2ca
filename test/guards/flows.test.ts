import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hook } from '../../addon/cli/hook.ts';
import { backup } from '../../addon/flows/backup.ts';
import { loadConfiguration } from '../../addon/flows/configuration.ts';
import { install } from '../../addon/flows/install.ts';
import { pouredParts } from '../../addon/flows/pour-parts.ts';
import { recover } from '../../addon/flows/recover.ts';
import { restore } from '../../addon/flows/restore.ts';
import { savedParts } from '../../addon/flows/save-parts.ts';
import { openStore } from '../../addon/flows/store.ts';
import { openTarget } from '../../addon/flows/target.ts';
import { AddonError } from '../../storage-node/base/errors.ts';
import { backUp, resticAt, writeParts } from '../storage-node/kit/storage.ts';
import { type FlowTrial, flowTrial } from './flow-trial.ts';

let trial: FlowTrial;
beforeEach(async () => {
  trial = await flowTrial();
});
afterEach(() => trial[Symbol.asyncDispose]());

const takeBackup = (name = '', rooms = trial.rooms) =>
  backup(
    { environment: 'shop', kind: 'manual', requestedBy: 'user', name, description: '', pinnedUntil: null },
    rooms,
    trial.job,
  );
/** A restic that does in one case what it should not. */
function standIn(wrong: string): string {
  const path = join(trial.storage.directory, 'restic-stand-in');
  writeFileSync(path, `#!/bin/sh\ncase " $* " in ${wrong} *) exec restic "$@" ;; esac\n`);
  chmodSync(path, 0o755);
  return path;
}
const bringBack = (more: { from?: string; backup?: string } = {}) =>
  restore(
    {
      environment: 'shop',
      from: '',
      backup: 'latest',
      databases: [],
      requestedBy: 'user',
      safetyBackup: true,
      ...more,
    },
    trial.rooms,
    trial.job,
  );
const listed = (environment = 'shop') => trial.storage.node.backups.list({ environment });
const snapshots = async () =>
  JSON.parse((await resticAt(trial.storage, 'shop', 'snapshots', '--json')).stdout) as { tags: string[] }[];

describe('a backup', () => {
  test('comes back as it was', async () => {
    const { id } = await takeBackup();
    trial.data = 'second\n';
    expect(await bringBack({ backup: id })).toMatchObject({ backup: id });
    expect(trial.data).toBe('first\n');
  });

  test('of a dump that failed is none, and nothing of it stays in the repository', async () => {
    trial.commands({ backup: 'cat "$DATA"; exit 3' });
    await expect(takeBackup()).rejects.toMatchObject({ code: 'dump-failed' });
    expect(listed()).toEqual([]);
    expect(await snapshots()).toEqual([]);
  });

  test('whose parts cannot be verified leaves no snapshot behind', async () => {
    const keep: typeof trial.storage.node.keep = (manifest) =>
      trial.storage.node.keep({
        ...manifest,
        parts: manifest.parts.map((part) => ({ ...part, bytes: part.bytes + 1 })),
      });
    const rooms = { ...trial.rooms, storage: { ...trial.storage.node, keep } };
    const request = {
      environment: 'shop',
      kind: 'manual',
      requestedBy: '',
      name: '',
      description: '',
      pinnedUntil: null,
    } as const;
    await expect(backup(request, rooms, trial.job)).rejects.toMatchObject({ code: 'backup-unverified' });
    expect(await snapshots()).toEqual([]);
  });

  test('of which the storage holds less than was dumped is none', async () => {
    const less = standIn('*" --stdin "*) { head -c 3; cat >/dev/null; } | restic "$@" ;;');
    await expect(takeBackup('', { ...trial.rooms, resticPath: less })).rejects.toMatchObject({
      code: 'dump-incomplete',
    });
    expect(listed()).toEqual([]);
  });

  test('is ended when the way to the storage is lost', async () => {
    trial.commands({ backup: 'cat "$DATA"; sleep 60' });
    setTimeout(trial.lose, 1_500);
    const begun = performance.now();
    await expect(takeBackup()).rejects.toThrow('the way is lost');
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(listed()).toEqual([]);
  });

  test('is followed by the retention, a failed one is not', async () => {
    trial.configure({ keep: 1 });
    const first = await takeBackup('first');
    trial.commands({ backup: 'exit 3' });
    trial.configure({ keep: 1 });
    const pinned = await backUp(trial.storage, {
      environment: 'shop',
      id: 'z',
      more: { takenAt: '2026-11-22T00:00:00Z' },
    });
    await expect(takeBackup()).rejects.toMatchObject({ code: 'dump-failed' });
    expect(listed().map(({ id }) => id)).toEqual([pinned.id, first.id]);
    trial.commands({});
    trial.configure({ keep: 1 });
    await takeBackup('second');
    expect(listed().map(({ id }) => id)).toEqual([pinned.id]);
  });
});

describe('a schema that changes under the dump', () => {
  /** The parts of a dump by a script of the engine’s, which says what it has to say of a changed schema. */
  async function dumped(script: string) {
    await using target = await openTarget(loadConfiguration(trial.storage.node, 'shop'), trial.rooms, trial.job);
    const part = { name: 'shop', kind: 'database', extension: 'sql' } as const;
    const engine = {
      ...target.engine,
      dump: async () => ({
        counts: null,
        command: { argv: ['sh', '-c', script] },
        expect: {},
        changed: 'definition has changed',
      }),
    };
    const probe = { version: '1', parts: [part], warnings: [], estimatedBytes: 0 };
    return await savedParts('b1', Promise.resolve(probe), { ...target, engine }, trial.rooms, trial.job);
  }

  test('is dumped again', async () => {
    const script = 'echo data; [ -e tried ] || { : >tried; echo "table definition has changed" >&2; exit 2; }';
    expect((await dumped(script)).parts).toMatchObject([{ name: 'shop', bytes: 5 }]);
  });

  test('fails the backup after three dumps, and none of them is a snapshot', async () => {
    const script =
      'echo try >>tries; echo data; [ "$(wc -l <tries)" -lt 6 ] || exit 0; echo "definition has changed" >&2; exit 2';
    await expect(dumped(script)).rejects.toMatchObject({ code: 'dump-changed' });
    expect(await snapshots()).toEqual([]);
  });
});

describe('a restore', () => {
  test('first takes a safety backup of what is there', async () => {
    const { id } = await takeBackup();
    trial.data = 'second\n';
    await bringBack({ backup: id });
    const [safety] = listed().filter(({ kind }) => kind === 'safety');
    expect(safety?.pinnedUntil).not.toBeNull();
    await bringBack({ backup: safety?.id ?? '' });
    expect(trial.data).toBe('second\n');
  });

  test('that fails names the safety backup and the command that brings it back', async () => {
    const { id } = await takeBackup();
    trial.commands({ restore: 'cat >/dev/null; exit 3' });
    const failure = await bringBack({ backup: id }).catch((error: unknown) => error);
    const [safety] = listed().filter(({ kind }) => kind === 'safety');
    expect(failure).toMatchObject({
      code: 'restore-failed',
      hint: expect.stringContaining(`dbbackup restore shop --backup ${safety?.id}`),
    });
  });

  test('changes nothing when no safety backup can be taken', async () => {
    const { id } = await takeBackup();
    trial.data = 'second\n';
    trial.commands({ backup: 'exit 3' });
    await expect(bringBack({ backup: id })).rejects.toMatchObject({
      message: expect.stringContaining('safety backup'),
    });
    expect(trial.data).toBe('second\n');
  });

  test('gives the engine no end of a stream that came short of the part’s length', async () => {
    const { id } = await takeBackup();
    trial.data = 'second\n';
    trial.commands({ restore: 'cat >"$DATA.new" && mv "$DATA.new" "$DATA"' });
    const rooms = { ...trial.rooms, resticPath: standIn('*" dump "*) restic "$@" | head -c 3 ;;') };
    const asked = { environment: 'shop', from: '', backup: id, databases: [], requestedBy: 'user', safetyBackup: true };
    await expect(restore(asked, rooms, trial.job)).rejects.toMatchObject({ code: 'restore-failed' });
    expect(trial.data).toBe('second\n');
  });

  test('is not called done when the engine leaves a part out', async () => {
    const taken = await takeBackup();
    await using target = await openTarget(loadConfiguration(trial.storage.node, 'shop'), trial.rooms, trial.job);
    const engine = { ...target.engine, restore: async () => ({ restored: [], warnings: [] }) };
    await using store = await openStore(target, { environment: 'shop', mode: 'read' }, trial.rooms, trial.job.signal);
    const pouring = pouredParts(taken, taken.parts, { ...target, engine }, store, trial.rooms, trial.job);
    await expect(pouring).rejects.toMatchObject({ code: 'restore-mismatch' });
  });

  test('is ended when the way to the storage is lost', async () => {
    const { id } = await takeBackup();
    trial.commands({ restore: 'cat >/dev/null; sleep 60' });
    const begun = performance.now();
    const restoring = bringBack({ backup: id });
    const waiting = setInterval(() => listed().length > 1 && trial.lose(), 100);
    await expect(restoring).rejects.toThrow('the way is lost');
    clearInterval(waiting);
    expect(performance.now() - begun).toBeLessThan(30_000);
  });

  test('keeps what is being read from being pruned', async () => {
    const { node } = trial.storage;
    await takeBackup();
    const never = new AbortController().signal;
    {
      await using _reader = await node.share('shop', 'read');
      await expect(node.prune('shop', never)).rejects.toMatchObject({ code: 'repository-locked' });
    }
    expect(await node.prune('shop', never)).toMatchObject({ freedBytes: expect.any(Number) });
  });

  test('uses backups of another environment only where the owner is the same', async () => {
    const theirs = await backUp(trial.storage, {
      environment: 'other',
      id: 't',
      more: { engine: 'custom' },
      parts: { custom: 'theirs\n' },
    }).catch((error: unknown) => error);
    expect(theirs).toMatchObject({ code: 'backup-unverified' });
    trial.configure({ name: 'other', owner: 'somebody else' });
    await backUp(trial.storage, { environment: 'other', id: 't2' });
    await expect(bringBack({ from: 'other' })).rejects.toMatchObject({ code: 'environment-unknown' });
    trial.configure({ name: 'other', owner: 'u17' });
    await expect(bringBack({ from: 'other' })).rejects.toMatchObject({ code: 'request-invalid' });
  });
});

describe('an install', () => {
  test('that cannot reach the storage leaves nothing of the environment', async () => {
    trial.configure({ name: 'fresh' });
    const wanted = loadConfiguration(trial.storage.node, 'fresh');
    trial.storage.node.environments.remove('fresh');
    const attach = () => Promise.reject(new AddonError('mount-failed', 'the way is blocked'));
    await expect(install(wanted, { ...trial.rooms, attach }, trial.job)).rejects.toMatchObject({
      code: 'mount-failed',
    });
    expect(trial.storage.node.environments.get('fresh')).toBeUndefined();
    expect(existsSync(trial.storage.folder('fresh'))).toBe(false);
  });
});

describe('a daemon that starts again', () => {
  test('takes away what the jobs that were interrupted left on the storage', async () => {
    const job = { kind: 'backup', requestedBy: 'user', startedAt: '2026-11-21T12:00:00Z' } as const;
    trial.storage.node.jobs.begin({ id: 'j', environment: 'shop', owner: 'dead', ...job });
    await writeParts(trial.storage, { environment: 'shop', id: 'half' });
    const interrupted = trial.storage.node.jobs.interruptOthers('alive', '2026-11-21T12:01:00Z');
    expect(interrupted).toMatchObject([{ id: 'j', state: 'interrupted' }]);
    await recover(trial.rooms, interrupted);
    expect(await snapshots()).toEqual([]);
  });

  test('does not repeat a backup that was complete when the daemon ended', async () => {
    const job = { kind: 'backup', requestedBy: 'user', startedAt: '2026-11-21T12:00:00.000Z' } as const;
    trial.storage.node.jobs.begin({ id: 'j', environment: 'shop', owner: 'dead', ...job });
    const made = await takeBackup();
    const interrupted = trial.storage.node.jobs.interruptOthers('alive', '2036-11-21T13:00:00.000Z');
    const settled: string[][] = [];
    await recover(trial.rooms, interrupted, (...one) => settled.push(one));
    expect(settled).toEqual([['j', made.id]]);
  });
});

describe('a request file of a hook', () => {
  test.for(['{"settings":{}}', 'not JSON'])('is gone once it was read: %s', async (text) => {
    const folder = mkdtempSync(join(tmpdir(), 'request-'));
    const request = join(folder, 'request.json');
    writeFileSync(request, text);
    const said: string[] = [];
    const client = { call: async () => ({}) as never };
    const output = { line: (line: string) => void said.push(line), note: () => undefined } as never;
    await hook('install', { request, wait: true }, client, output);
    expect(said.at(-1)).toMatch(/^DBBACKUP_RESULT=\{/);
    expect(() => rmSync(request)).toThrow(/ENOENT/);
    rmSync(folder, { recursive: true });
  });
});
