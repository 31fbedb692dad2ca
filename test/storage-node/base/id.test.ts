import { expect, test } from 'vitest';
import { timeId } from '../../../storage-node/base/id.ts';

test('an id sorts by its moment, in UTC to the second', () => {
  expect(timeId(new Date('2026-11-20T02:00:00.999Z'))).toMatch(/^20261120T020000Z-[0-9a-f]{6}$/);
  expect(timeId(new Date('2026-11-20T01:59:59Z')) < timeId(new Date('2026-11-20T02:00:00Z'))).toBe(true);
});

test('two ids of the same moment differ', () => {
  const moment = new Date('2026-11-20T02:00:00Z');
  expect(timeId(moment)).not.toBe(timeId(moment));
});
