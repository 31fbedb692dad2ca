import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DATABASES, rowCount, rowsOf, TABLES } from '../../../scripts/benchmark/tables.ts';

describe('the rows of the bench', () => {
  it('are the same whenever they are made, alone or among others', () => {
    for (const table of TABLES) {
      const lines = rowsOf(table, 1, 50).split('\n');
      expect(rowsOf(table, 20, 20)).toBe(`${lines[19]}\n`);
    }
  });

  it('hold one cell for each column, and nothing that COPY and LOAD DATA would read as something else', () => {
    for (const table of TABLES) {
      const rows = rowsOf(table, 1, 500);
      expect(rows).not.toMatch(/[\\\r]|undefined|NaN/);
      const cells = rows
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t'));
      expect(new Set(cells.map((row) => row.length))).toEqual(new Set([table.columns.length]));
      expect(cells.map(([id]) => Number(id))).toEqual(Array.from({ length: 500 }, (_, at) => at + 1));
    }
  });

  it('come in several databases and fill the size that was asked for', () => {
    expect(DATABASES.length).toBe(4);
    const total = TABLES.reduce((sum, table) => sum + rowsOf(table, 1, rowCount(table, 2e6)).length, 0);
    expect(total).toBeGreaterThan(1.8e6);
    expect(total).toBeLessThan(2.2e6);
  });

  it('compress as real ones do', () => {
    const text = TABLES.map((table) => rowsOf(table, 1, rowCount(table, 4e6))).join('');
    const ratio = Buffer.byteLength(text) / gzipSync(text).length;
    expect(ratio).toBeGreaterThan(3);
    expect(ratio).toBeLessThan(4);
  });
});
