import { randomUUID } from 'node:crypto';
import type { Notice } from '../contract.ts';
import type { Run } from './run.ts';

/** What was begun from the pages, and what was not yet seen of its ends. It outlives the page that began it. */
export interface Runs {
  /** Begins the work; its failure is a notice too. */
  begin(about: { readonly title: string; readonly loadingText: string }, work: () => Promise<Notice>): Run;
  list(): readonly Run[];
  /** Takes away one whose notice was seen. */
  seen(id: string): void;
}

/** An empty list; `changed` is told of each beginning and end. */
export function createRuns(changed: () => void): Runs {
  const runs = new Map<string, Run>();
  return {
    begin(about, work) {
      const run: Run = { id: randomUUID(), ...about, notice: null };
      runs.set(run.id, run);
      const end = (notice: Notice) => {
        runs.set(run.id, { ...run, notice });
        changed();
      };
      Promise.resolve()
        .then(work)
        .then(end, (error: unknown) => end(failure(about.title, error)));
      changed();
      return run;
    },
    list: () => [...runs.values()],
    seen(id) {
      if (runs.get(id)?.notice) runs.delete(id);
      changed();
    },
  };
}

/** What a user is told when the platform itself could not do something. Escaped, as the text of an answer should be. */
export function failure(title: string, error: unknown): Notice {
  const text = error instanceof Error ? error.message : String(error);
  return { type: 'error', title, text: text.replaceAll('&', '&amp;').replaceAll('<', '&lt;'), result: 99 };
}
