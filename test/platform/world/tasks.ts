import type { Scope, Task } from '../contract.ts';

/** What a line of the tasks log is about. */
export interface TaskAbout {
  readonly title: string;
  readonly action: string;
  readonly parameters: string;
  readonly scope: Scope;
}

/** The tasks log of the platform. */
export interface Tasks {
  /** Writes a line around the work: what it answers, or why it rejects, is the line's output. */
  around<Result>(
    about: TaskAbout & { readonly shown?: (result: Result) => unknown },
    work: () => Promise<Result>,
  ): Promise<Result>;
  /** Newest first. */
  list(limit?: number): readonly Task[];
}

const kept = 5000;

/** A log that keeps its newest lines in memory. */
export function createTasks(now: () => Date): Tasks {
  const lines: Task[] = [];
  let count = 0;
  const replace = (task: Task) => {
    const place = lines.findIndex(({ id }) => id === task.id);
    if (place >= 0) lines[place] = task;
  };
  return {
    around: async ({ title, action, parameters, scope, shown = (result) => result }, work) => {
      const task: Task = {
        id: `${++count}`,
        title,
        environment: scope.environment ?? null,
        startedAt: now().toISOString(),
        endedAt: null,
        state: 'running',
        action,
        parameters,
        output: '',
      };
      lines.push(task);
      if (lines.length > kept) lines.shift();
      const end = (state: Task['state'], output: string) =>
        replace({ ...task, endedAt: now().toISOString(), state, output });
      try {
        const result = await work();
        end(succeeded(result) ? 'done' : 'failed', written(shown(result)));
        return result;
      } catch (error) {
        end('failed', error instanceof Error ? error.message : String(error));
        throw error;
      }
    },
    list: (limit = kept) => lines.slice(-limit).reverse(),
  };
}

/** An answer is good when its result is 0; a notice when it is no error or warning; anything else by having come about. */
function succeeded(result: unknown): boolean {
  if (typeof result !== 'object' || result === null || !('result' in result)) return true;
  return result.result === 0 || result.result === 'success';
}

function written(result: unknown): string {
  if (result === undefined || result === null) return '';
  return typeof result === 'string' ? result : JSON.stringify(result, null, 2);
}
