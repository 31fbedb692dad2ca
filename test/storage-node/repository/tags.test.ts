import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readTags, type Tags, tagsOf } from '../../../storage-node/repository/tags.ts';

const database = (name: string): Tags => ({
  environment: 'shop',
  backup: '20261121T120000Z-3f9a1c',
  engine: 'mariadb',
  role: { kind: 'database', name },
});

describe('tags', () => {
  test('bring any database name back as it was, without commas that restic would split at', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const tags = tagsOf(database(name));
        expect(tags.join('')).not.toContain(',');
        expect(readTags(tags)).toEqual(database(name));
      }),
    );
  });

  test.for(['globals', 'manifest', 'pin'] as const)('tell a database called %s from what the word means', (name) => {
    expect(readTags(tagsOf(database(name)))).toEqual(database(name));
    expect(readTags(tagsOf({ ...database(name), role: { kind: name } }))?.role).toEqual({ kind: name });
    expect(tagsOf(database(name))).not.toEqual(tagsOf({ ...database(name), role: { kind: name } }));
  });

  test('of others are not ours', () => {
    expect(readTags([])).toBeUndefined();
    expect(readTags(['env=shop', 'part=a'])).toBeUndefined();
    expect(readTags(['env=shop', 'backup=1', 'part=%zz'])).toBeUndefined();
  });
});
