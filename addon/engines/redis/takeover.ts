import { setTimeout as sleep } from 'node:timers/promises';
import { AddonError } from '../../../storage-node/base/errors.ts';
import type { Server } from '../engine.ts';
import { ask, infoOf, numberOf, type Seat, setSetting, settingOf } from './client.ts';
import { keyspaceOf, sameKeys } from './keyspace.ts';
import type { Doorkeeper, Second } from './second.ts';

const stallMs = 120_000;

/** By which name and password the live server introduces itself to a primary; null where it has no password yet. */
export async function introductionOf(server: Server, live: Seat): Promise<{ user: string; password: string | null }> {
  return {
    user: (await settingOf(server, live, 'masteruser')) ?? '',
    password: (await settingOf(server, live, 'masterauth')) || null,
  };
}

/**
 * Makes the live server hold exactly what the second one holds, without a restart: it becomes its replica, is compared while nobody
 * can write to it, and is made a primary again. Its clients read meanwhile and are refused writes. Its own replicas follow.
 * A failure before the data have come leaves the old ones in place; in every case it ends as a primary, with its former settings.
 */
export async function takeOver(server: Server, live: Seat, second: Second, door: Doorkeeper): Promise<void> {
  const former = await formerSettings(server, live, door);
  const undo = former.map(({ name, former }) => `${name} ${former}\n`).join('');
  await note(server, second.stage, undo);
  try {
    for (const { name, value } of former) await setSetting(server, live, name, value);
    await ask(server, live, ['REPLICAOF', second.seat.host, `${second.seat.port}`]);
    await inStep(server, live, second);
    server.tell('making redis a primary again');
  } catch (error) {
    await release(server, live, former).catch((also: unknown) => {
      server.log(`redis could not be made a primary again: ${also instanceof Error ? also.message : also}`);
    });
    throw error;
  }
  await release(server, live, former);
  await note(server, second.stage, null);
}

/** Works after the job's signal too. What it cannot do, `tidy` does later. */
async function release(server: Server, live: Seat, borrowed: readonly Borrowed[]): Promise<void> {
  await ask(server, live, ['REPLICAOF', 'NO', 'ONE'], { anyway: true, timeoutMs: 120_000 });
  for (const { name, former } of borrowed) await setSetting(server, live, name, former, true);
}

interface Borrowed {
  readonly name: string;
  readonly value: string;
  /** Never a secret: a password that is set already is not changed. */
  readonly former: string;
}

async function formerSettings(server: Server, live: Seat, door: Doorkeeper): Promise<readonly Borrowed[]> {
  const wanted = { masterauth: door.password, 'tls-replication': 'no', 'replica-read-only': 'yes' };
  const borrowed: Borrowed[] = [];
  for (const [name, value] of Object.entries(wanted)) {
    const former = await settingOf(server, live, name);
    if (former !== null && former !== value) borrowed.push({ name, value, former });
  }
  return borrowed;
}

/** For `tidy`: what to set back, and that the live server may still be our replica. */
async function note(server: Server, stage: string, undo: string | null): Promise<void> {
  const script = undo === null ? 'rm -f -- "$1/undo"' : 'cat >"$1/undo"';
  await server.machine.run(
    { argv: ['sh', '-c', script, 'sh', stage], ...(undo === null ? {} : { input: undo }) },
    { timeoutMs: 30_000 },
  );
}

async function inStep(server: Server, live: Seat, second: Second): Promise<void> {
  let seen = '';
  let seenAt = performance.now();
  for (;;) {
    const source = await second.info();
    const replica = await infoOf(server, live);
    const up = replica.get('master_link_status') === 'up' && replica.get('loading') === '0';
    if (up && replica.get('master_port') !== `${second.seat.port}`)
      throw new AddonError('restore-failed', 'somebody else told redis whose replica it is');
    const level = numberOf(replica.get('slave_repl_offset')) >= numberOf(source.get('master_repl_offset'));
    // A key that expires between the two looks is missed by one: asked again, they agree.
    if (up && level && sameKeys(keyspaceOf(source), keyspaceOf(replica))) return;
    const progress = ['master_link_status', 'master_sync_read_bytes', 'loading_loaded_bytes', 'loading']
      .map((name) => replica.get(name))
      .join();
    if (progress !== seen) {
      seen = progress;
      seenAt = performance.now();
    }
    if (performance.now() - seenAt > stallMs) {
      throw up
        ? new AddonError('restore-mismatch', 'redis does not hold as many keys as the backup')
        : new AddonError('restore-failed', `redis did not take the data over within ${stallMs / 1000} seconds`, {
            hint: 'see the log of redis on the master.',
          });
    }
    await sleep(100, undefined, { signal: server.signal });
  }
}

/** Waits until the data are on the live server's disk, as far as it keeps any there. */
export async function persisted(server: Server, live: Seat): Promise<void> {
  const failed = (what: string) =>
    new AddonError('restore-failed', `redis holds the restored data, but ${what} failed`, {
      hint: 'look for a full disk on the master and run BGREWRITEAOF or BGSAVE, else a restart loses the data.',
    });
  for (;;) {
    const info = await infoOf(server, live);
    if (info.get('aof_enabled') !== '1') break;
    if (info.get('aof_last_bgrewrite_status') !== 'ok' || info.get('aof_last_write_status') !== 'ok')
      throw failed('writing the append-only file');
    if (info.get('aof_rewrite_in_progress') === '0' && info.get('aof_rewrite_scheduled') === '0') break;
    await sleep(100, undefined, { signal: server.signal });
  }
  if (!(await settingOf(server, live, 'save'))) return;
  await ask(server, live, ['BGSAVE', 'SCHEDULE']);
  for (;;) {
    const info = await infoOf(server, live);
    if (info.get('rdb_bgsave_in_progress') === '0' && info.get('aof_rewrite_in_progress') === '0') {
      if (info.get('rdb_last_bgsave_status') !== 'ok') throw failed('BGSAVE');
      return;
    }
    await sleep(100, undefined, { signal: server.signal });
  }
}
