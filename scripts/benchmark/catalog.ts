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
  /** Of the asking and the answering side, on average: what it takes where nothing else runs. */
  readonly cpuMs: number;
  readonly reached: boolean;
}

/** Lists a catalog of 100,000 backups from its beginning to its end, page by page. Needs no host and no database. */
export async function measureCatalog(say: (line: string) => void, backups = BACKUPS): Promise<CatalogFigure[]> {
  const figures: CatalogFigure[] = [];
  for (const each of SPREADS) figures.push(...(await measureSpread(backups, backups / each)));
  for (const { environments, range, pageSize, pages, medianMs, p95Ms, slowestMs, cpuMs, reached } of figures) {
    const subject = `${backups.toLocaleString('en-US')} backups of ${environments} environments, ${range}: ${pages} pages of ${pageSize}`;
    const timing = `median ${medianMs.toFixed(1)} ms, 95 of 100 within ${p95Ms.toFixed(1)} ms, slowest ${slowestMs.toFixed(1)} ms, processor ${cpuMs.toFixed(1)} ms`;
    const verdict = `target: under ${MOST_MS} ms a page, ${reached ? 'reached' : 'missed'}`;
    say(`${subject}: ${timing}; ${verdict}`);
  }
  return figures;
}

async function measureSpread(backups: number, environments: number): Promise<CatalogFigure[]> {
  const dataDirectory = mkdtempSync('/var/tmp/dbbackup-catalog-');
  try {
    fillCatalog(join(dataDirectory, 'catalog.sqlite'), backups, environments);
    const [log, clock, redactor] = [silentLog, systemClock, createRedactor()];
    await using storage = await openStorageNode({ dataDirectory, log, clock, redactor });
    const app = Fastify();
    // The routes of the list ask for nothing else; a daemon would first look for the repositories of these backups.
    backupRoutes(app, { rooms: { storage, clock } } as Doors);
    await app.listen({ path: socketOf(dataDirectory) });
    const figures: CatalogFigure[] = [];
    for (const pageSize of PAGE_SIZES)
      for (const range of ['all', 'one environment'] as const)
        figures.push(await measurePages(dataDirectory, { backups, environments, range, pageSize }));
    await app.close();
    return figures;
  } finally {
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

type Subject = Pick<CatalogFigure, 'backups' | 'environments' | 'range' | 'pageSize'>;

async function measurePages(dataDirectory: string, subject: Subject): Promise<CatalogFigure> {
  const began = process.cpuUsage();
  const times = await readPages(dataDirectory, subject);
  const { user, system } = process.cpuUsage(began);
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0;
  const [medianMs, p95Ms, slowestMs] = [at(0.5), at(0.95), at(1)];
  const cpuMs = (user + system) / 1000 / times.length;
  return { ...subject, pages: times.length, medianMs, p95Ms, slowestMs, cpuMs, reached: p95Ms < MOST_MS };
}

async function readPages(dataDirectory: string, { backups, range, pageSize }: Subject): Promise<number[]> {
  const client = createClient(dataDirectory);
  const times: number[] = [];
  const seen = new Set<string>();
  for (let cursor: string | null = ''; cursor !== null && times.length < MOST_PAGES; ) {
    const began = performance.now();
    const query = new URLSearchParams({
      limit: String(pageSize),
      ...(range === 'all' ? {} : { environment: 'env-0' }),
      ...(cursor === '' ? {} : { cursor }),
    });
    const page: Page = await client.call<Page>('GET', `/backups?${query}`);
    times.push(performance.now() - began);
    for (const { id } of page.backups) seen.add(id);
    cursor = page.next;
  }
  if (range === 'all' && pageSize * MOST_PAGES >= backups && seen.size !== backups)
    throw new Error(`the pages showed ${seen.size} of ${backups} backups`);
  return times;
}

interface Page {
  readonly backups: readonly { readonly id: string }[];
  readonly next: string | null;
}
