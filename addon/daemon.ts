import { appendFileSync, chmodSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { systemClock } from '../storage-node/base/clock.ts';
import { AddonError, toAddonError } from '../storage-node/base/errors.ts';
import { createLog, type Log } from '../storage-node/base/log.ts';
import { createRedactor, type Redactor } from '../storage-node/base/redact.ts';
import { openStorageNode } from '../storage-node/index.ts';
import { socketOf } from './cli/client.ts';
import type { Output } from './cli/output.ts';
import { readConfig } from './config.ts';
import type { BackupRequest } from './flows/backup.ts';
import { beginDueBackups, planAnew } from './flows/due.ts';
import { countAnew, freeFrom } from './flows/plan-run.ts';
import { recover } from './flows/recover.ts';
import { createWatch } from './flows/watch.ts';
import { addressesOf, watchingOf } from './flows/watching.ts';
import { beginBackup } from './hooks/begin.ts';
import type { Doors } from './hooks/hook.ts';
import { createPruning } from './hooks/prunes.ts';
import { worksOf } from './hooks/works.ts';
import { openLogbook } from './jobs/logbook.ts';
import { createJobRunner } from './jobs/runner.ts';
import type { JobLimits } from './jobs/turns.ts';
import { openNotify } from './notify/open.ts';
import type { Config } from './policies.ts';
import { openRooms } from './rooms.ts';
import { parseBlackout } from './schedule/blackout.ts';
import type { RunPolicy } from './schedule/schedule.ts';
import { createTicker } from './schedule/ticker.ts';
import { buildApp } from './server/app.ts';
import { listenForMetrics } from './server/metrics-door.ts';

/** The kernel's bound for the path of a unix socket. */
const LONGEST_SOCKET_PATH = 107;
const TICK_MS = 20_000;
const TURN_MS = 1_000;
const FINISH_MS = 60_000;
const LARGEST_LOG_BYTES = 32 * 1024 * 1024;
const HOUR_MS = 3_600_000;
/** A clock that is put right by less was not wrong. */
const JUMP_MS = 60_000;
/** After this long a scheduled job shares the turns with manual ones. */
const PATIENCE_MS = HOUR_MS;

/** Runs the daemon of one data directory until a signal ends it. Throws `daemon-running` when another one owns the directory. */
export async function runDaemon(directory: string, output: Output): Promise<number> {
  const dataDirectory = resolve(directory);
  const socket = socketOf(dataDirectory);
  assertSocketPath(socket);
  const config = await readConfig(dataDirectory);
  const runPolicy = runPolicyOf(config);
  const redactor = createRedactor();
  mkdirSync(join(dataDirectory, 'logs'), { recursive: true, mode: 0o700 });
  const log = daemonLog(join(dataDirectory, 'logs', 'daemon.log'), redactor);
  const clock = systemClock;

  await using storage = await openStorageNode({ dataDirectory, log, clock, redactor });
  const logbook = await openLogbook(join(dataDirectory, 'logs', 'jobs'), clock, redactor);
  const notify = openNotify({
    store: storage.outbox,
    policy: config.notify,
    ...{ dataDirectory, clock, log, redactor },
    addressesOf: (environment) => addressesOf(storage, environment),
  });
  const { checkAddress, mailIsSetUp } = notify;
  const { resticPath } = config;
  await using rooms = openRooms({
    ...{ storage, clock, log, redactor, dataDirectory, runPolicy, resticPath, mailIsSetUp, checkAddress },
  });
  const watching = watchingOf(rooms, notify.news, config.notify);
  const watch = createWatch(watching);
  const limits = jobLimits(config);
  const runner = createJobRunner({
    ...{ store: storage.jobs, works: worksOf(rooms), logbook, clock, log, limits },
    freeFrom: ({ lane, environment }) => (lane === 'manual' ? 0 : freeFrom(environment, rooms)),
  });
  runner.onEnded(({ kind, state, environment }) => {
    if (kind === 'backup' && state === 'succeeded') countAnew(environment, rooms);
  });
  runner.onEnded(() =>
    queueMicrotask(() => {
      watch.lookAtJobs();
      notify.postman.wake();
    }),
  );
  const doors: Doors = { rooms, runner, log, policy: config };
  await recover(rooms, runner.recover(), runner.settle);

  const app = buildApp(doors, logbook, watching);
  rmSync(socket, { force: true });
  await app.listen({ path: socket });
  chmodSync(socket, 0o600);
  const metrics = await listenForMetrics(config.metricsListen, watching, log);
  planAnew(rooms);
  const tick = createTick(doors, createPruning(doors, config.pruneEveryHours * HOUR_MS));
  const ticker = createTicker({
    intervalMs: TICK_MS,
    clock,
    onTick: async (_now, jumped) => {
      await tick(jumped);
      await watch.look();
      notify.postman.wake();
    },
  });
  await using _turns = createTicker({ intervalMs: TURN_MS, clock, onTick: () => runner.advance() });
  log.info('the daemon listens', { socket });
  output.note(`dbbackup listens on ${socket}`);

  await untilToldToStop();
  log.info('the daemon stops');
  await ticker.stop();
  await runner.stop(AbortSignal.timeout(FINISH_MS));
  await notify.postman.stop();
  await metrics?.close();
  await app.close();
  rmSync(socket, { force: true });
  return 0;
}

function jobLimits(config: Config): JobLimits {
  return {
    jobsAtOnce: config.jobsAtOnce,
    timeLimitMs: config.jobTimeLimitHours * HOUR_MS,
    stallMs: config.stallMinutes * 60_000,
    patienceMs: PATIENCE_MS,
    historyMs: config.jobHistoryDays * 24 * HOUR_MS,
  };
}

/** What is done at each tick; `jumpedMs` is by how much the clock was set meanwhile. It never rejects. */
function createTick(doors: Doors, prune: () => void): (jumpedMs: number) => Promise<void> {
  const { rooms, runner, log } = doors;
  const queue = { enqueue: (request: BackupRequest) => beginBackup(request, doors), together: runner.together };
  const attempt = async (what: string, work: () => unknown) => {
    try {
      await work();
    } catch (thrown) {
      const error = toAddonError(thrown);
      if (error.code !== 'job-running') log.error(`${what} failed: ${error.message}`, { code: error.code });
    }
  };
  return async (jumpedMs) => {
    if (Math.abs(jumpedMs) > JUMP_MS) log.warn('the clock of this machine was set', { byMs: jumpedMs });
    if (jumpedMs < -JUMP_MS) await attempt('planning anew', () => planAnew(rooms));
    await attempt('the tick', () => beginDueBackups(rooms, queue));
    await attempt('the look for prunes', prune);
  };
}

function runPolicyOf({ spreadMinutes, blackout, blackoutZone }: Config): RunPolicy {
  const window = parseBlackout('config.json: blackout', blackout, blackoutZone);
  return { spreadMinutes, blackouts: window === undefined ? [] : [window] };
}

/** Settles at the first signal; a second one ends the process where it stands, and what runs on the masters ends with it. */
function untilToldToStop(): Promise<void> {
  return new Promise((stop) => {
    let told = false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        if (told) process.exit(new AddonError('interrupted', 'stopped at once').facts.exit);
        told = true;
        stop();
      });
    }
  });
}

function assertSocketPath(path: string): void {
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return;
  throw new AddonError('data-directory', `the socket path ${path} is longer than ${LONGEST_SOCKET_PATH} bytes`);
}

function daemonLog(file: string, redactor: Redactor): Log {
  return createLog(redactor, (line) => {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > LARGEST_LOG_BYTES) renameSync(file, `${file}.1`);
    appendFileSync(file, line, { mode: 0o600 });
  });
}
