import type { Caller } from '../contract.ts';
import { firesWithin, parseQuartz, type Quartz } from './quartz.ts';
import { type Estate, Refusal } from './words.ts';

/** What the platform runs at its time. */
export interface ScheduledTask {
  readonly id: number;
  readonly appid: string;
  /** Removed with it. */
  readonly environment: string | null;
  readonly owner: Caller;
  readonly description: string;
  script: string;
  trigger: string;
  params: Readonly<Record<string, unknown>>;
}

interface Planned {
  readonly task: ScheduledTask;
  readonly due: (from: Date, to: Date) => boolean;
  readonly once: boolean;
}

/** The platform's scheduler. */
export interface Scheduler {
  list(): readonly ScheduledTask[];
  add(task: ScheduledTask): void;
  edit(id: number, change: Partial<Pick<ScheduledTask, 'script' | 'trigger' | 'params'>>): void;
  remove(id: number): void;
  /** Runs what is due; called by a clock, and by tests that move theirs. */
  tick(): Promise<void>;
  close(): void;
}

function plan(task: ScheduledTask, now: Date): Planned {
  const [, kind = '', rest = ''] = /^(\w+):(.*)$/s.exec(task.trigger) ?? [];
  const dueAt = (at: number) => (from: Date, to: Date) => at > from.getTime() - 1 && at <= to.getTime();
  if (kind === 'cron') {
    let quartz: Quartz;
    try {
      quartz = parseQuartz(rest);
    } catch (error) {
      throw new Refusal(1, `trigger cron:${rest} is not valid: ${(error as Error).message}`);
    }
    return { task, once: false, due: (from, to) => firesWithin(quartz, from, to) };
  }
  if (kind === 'once_delay') return { task, once: true, due: dueAt(now.getTime() + Number(rest)) };
  if (kind === 'once' || kind === 'date') {
    const at = Date.parse(rest);
    if (Number.isNaN(at)) throw new Refusal(1, `trigger ${task.trigger} names no time`);
    return { task, once: true, due: dueAt(at) };
  }
  throw new Refusal(1, `the stand-in platform has no trigger ${JSON.stringify(task.trigger)}`);
}

/** Fires triggers by the estate's clock. A task that still runs is not run a second time. `run` never rejects. */
export function createScheduler(estate: Estate, run: (task: ScheduledTask) => Promise<void>): Scheduler {
  const planned: Planned[] = [];
  const running = new Set<number>();
  let last = estate.now();
  const find = (id: number) => {
    const place = planned.findIndex(({ task }) => task.id === id);
    if (place < 0) throw new Refusal(1, `task ${id} is not found`);
    return place;
  };
  const tick = async () => {
    const [from, to] = [last, estate.now()];
    if (to <= from) return;
    last = to;
    // What belonged to an environment went with it.
    for (const { task } of [...planned])
      if (task.environment !== null && !estate.environments.has(task.environment)) planned.splice(find(task.id), 1);
    const due = planned.filter(({ task, due }) => !running.has(task.id) && due(from, to));
    await Promise.all(
      due.map(async ({ task, once }) => {
        running.add(task.id);
        if (once) planned.splice(find(task.id), 1);
        await run(task);
        running.delete(task.id);
      }),
    );
  };
  const clock = setInterval(() => void tick(), 250);
  clock.unref();
  return {
    list: () => planned.map(({ task }) => task),
    add: (task) => void planned.push(plan(task, estate.now())),
    edit: (id, change) => {
      const place = find(id);
      const task = { ...(planned[place] as Planned).task, ...change };
      planned[place] = plan(task, estate.now());
    },
    remove: (id) => void planned.splice(find(id), 1),
    tick,
    close: () => clearInterval(clock),
  };
}
