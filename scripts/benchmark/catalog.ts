import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Fastify from 'fastify';
import { createClient, socketOf } from '../../addon/cli/client.ts';
import type { Doors } from '../../addon/hooks/hook.ts';
import { backupRoutes } from '../../addon/server/backups.ts';
import { systemClock } from '../../storage-node/base/clock.ts';
import { silentLog } from '../../storage-node/base/log.ts';
import { createRedactor } from '../../storage-node/base/redact.ts';
import { openStorageNode } from '../../storage-node/index.ts';
import { fillCatalog } from './catalog-rows.ts';

const BACKUPS = 100_000;
const MOST_MS = 50;
/** So many backups each environment has: what a count leaves, and what rules by the calendar leave. */
const SPREADS = [10, 100] as const;
const PAGE_SIZES = [20, 100] as const;
/** Small pages are read from the beginning, large ones to the end. */
const MOST_PAGES = 1_000;

/** How long pages of the list take, asked for as the command line asks: over the socket, with the reasons of retention. */
export interface CatalogFigure {
  readonly backups: number;
  readonly environments: number;
  readonly range: 'all' | 'one environment';
  readonly pageSize: number;
  readonly pages: number;
  readonly medianMs: number;
  /** 95 of 100 pages take no longer. */
  readonly p95Ms: number;
  readonly slowestMs: number;
  readonly reached: boolean;
}

/** Lists a catalog of 100,000 backups from its beginning to its end, page by page. Needs no host and no database. */
export async function measureCatalog(say: (line: string) => void): Promise<CatalogFigure[]> {
  const figures: CatalogFigure[] = [];
  for (const each of SPREADS) figures.push(...(await measureSpread(BACKUPS / each)));
  for (const { backups, environments, range, pageSize, pages, medianMs, p95Ms, slowestMs, reached } of figures) {
    const subject = `${backups.toLocaleString('en-US')} backups of ${environments} environments, ${range}: ${pages} pages of ${pageSize}`;
    const timing = `median ${medianMs.toFixed(1)} ms, 95 of 100 within ${p95Ms.toFixed(1)} ms, slowest ${slowestMs.toFixed(1)} ms`;
    const verdict = `target: under ${MOST_MS} ms a page, ${reached ? 'reached' : 'missed'}`;
    say(`${subject}: ${timing}; ${verdict}`);
  }
  return figures;
}

async function measureSpread(environments: number): Promise<CatalogFigure[]> {
  const dataDirectory = mkdtempSync('/var/tmp/dbbackup-catalog-');
  try {
    fillCatalog(join(dataDirectory, 'catalog.sqlite'), BACKUPS, environments);
    const [log, clock, redactor] = [silentLog, systemClock, createRedactor()];
    await using storage = await openStorageNode({ dataDirectory, log, clock, redactor });
    const app = Fastify();
    // The routes of the list ask for nothing else; a daemon would first look for the repositories of these backups.
    backupRoutes(app, { rooms: { storage, clock } } as Doors);
    await app.listen({ path: socketOf(dataDirectory) });
    const figures: CatalogFigure[] = [];
    for (const pageSize of PAGE_SIZES)
      for (const range of ['all', 'one environment'] as const)
        figures.push(figureOf({ environments, range, pageSize }, await readPages(dataDirectory, range, pageSize)));
    await app.close();
    return figures;
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

async function readPages(dataDirectory: string, range: CatalogFigure['range'], pageSize: number): Promise<number[]> {
  const client = createClient(dataDirectory);
  const times: number[] = [];
  const filter = range === 'all' ? '' : '&environment=env-0';
  let seen = 0;
  for (let cursor: string | null = ''; cursor !== null && times.length < MOST_PAGES; ) {
    const began = performance.now();
    const place: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const path = `/backups?limit=${pageSize}${filter}${place}`;
    const page = await client.call<{ backups: unknown[]; next: string | null }>('GET', path);
    times.push(performance.now() - began);
    seen += page.backups.length;
    cursor = page.next;
  }
  if (range === 'all' && pageSize * MOST_PAGES >= BACKUPS && seen !== BACKUPS)
    throw new Error(`the pages showed ${seen} of ${BACKUPS} backups`);
  return times;
}

function figureOf(
  about: Pick<CatalogFigure, 'environments' | 'range' | 'pageSize'>,
  times: readonly number[],
): CatalogFigure {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0;
  const [medianMs, p95Ms, slowestMs] = [at(0.5), at(0.95), at(1)];
  return { backups: BACKUPS, ...about, pages: times.length, medianMs, p95Ms, slowestMs, reached: p95Ms < MOST_MS };
}
