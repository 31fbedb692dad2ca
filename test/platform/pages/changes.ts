import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform } from '../contract.ts';
import type { Runs } from './runs.ts';

const LOOK_EVERY_MS = 400;
const TASKS_SHOWN = 200;

/** What pages can follow, each as it is now. */
export function topics(platform: Platform, runs: Runs) {
  return {
    environments: () => platform.environments(),
    offers: () => platform.offers(),
    tasks: async () => platform.tasks(TASKS_SHOWN),
    mail: async () => platform.mail,
    runs: async () => runs.list(),
  };
}

/** A stream that tells pages which topics have changed, by a revision of each. */
export interface Changes {
  /** Keeps the response open and writes to it until the page goes. */
  attach(response: ServerResponse): void;
  /** Has the platform looked at right now. */
  look(): void;
  stop(): void;
}

/** Looks at the platform as long as somebody looks at its pages. */
export function createChanges(topicsNow: ReturnType<typeof topics>): Changes {
  const pages = new Set<ServerResponse>();
  let told = '';
  let watching = false;
  let wake = new AbortController();

  async function revisions(): Promise<string> {
    const entries = Object.entries(topicsNow).map(async ([topic, read]) => {
      // What cannot be read now has no revision; pages that ask for it are told why.
      const json = await read().then(JSON.stringify, () => 'unreadable');
      return [topic, createHash('sha256').update(json).digest('base64url').slice(0, 12)] as const;
    });
    return JSON.stringify(Object.fromEntries(await Promise.all(entries)));
  }

  async function watch(): Promise<void> {
    if (watching) return;
    watching = true;
    while (pages.size > 0) {
      const { signal } = wake;
      const now = await revisions();
      if (now !== told) for (const page of pages) page.write(`data: ${now}\n\n`);
      told = now;
      // Woken early when something was begun or has ended.
      await sleep(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) wake = new AbortController();
    }
    watching = false;
    told = '';
  }

  return {
    attach(response) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      response.write(told === '' ? 'retry: 500\n\n' : `retry: 500\ndata: ${told}\n\n`);
      pages.add(response);
      response.on('close', () => pages.delete(response));
      void watch();
    },
    look: () => wake.abort(),
    stop() {
      for (const page of pages) page.end();
      pages.clear();
      wake.abort();
    },
  };
}
