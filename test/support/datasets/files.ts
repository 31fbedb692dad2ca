import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Size } from './dataset.ts';

/** Rows per 20 MB of a dataset are multiplied by this. Small is about 20 MB per SQL engine, medium 300 MB, large 2 GB. */
export const scaleOf: Record<Size, number> = { tiny: 0.03, small: 1, medium: 15, large: 100 };

/** One of the scripts that stand beside this file. */
export function script(path: string): string {
  return readFileSync(join(import.meta.dirname, path), 'utf8');
}

/** Rows of tab-separated columns, as the clients' batch modes write them. */
export function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'));
}
