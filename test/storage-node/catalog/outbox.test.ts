import { beforeEach, describe, expect, test } from 'vitest';
import { openCatalog } from '../../../storage-node/catalog/open.ts';
import { type NewMessage, type OutboxStore, outboxStore } from '../../../storage-node/catalog/outbox.ts';

let outbox: OutboxStore;
beforeEach(() => {
  outbox = outboxStore(openCatalog(':memory:'));
});

const at = (minute: number) => new Date(Date.parse('2026-11-21T12:00:00Z') + minute * 60_000).toISOString();
const message = (id: string, change: Partial<NewMessage> = {}): NewMessage => ({
  ...{ id, environment: 'shop', event: 'backup.failed', channel: 'mail', recipient: 'a@b.example', content: '{}' },
  ...{ createdAt: at(0), expiresAt: at(9999), ...change },
});
const due = (minute = 0, limit = 99) => outbox.due(at(minute), limit).map(({ id }) => id);

describe('messages', () => {
  test('are written once, however often they are added', () => {
    outbox.add(message('1'));
    outbox.end('1', 'sent', at(1));
    outbox.add(message('1'));
    expect(due()).toEqual([]);
    expect(outbox.list(9)).toMatchObject([{ id: '1', state: 'sent' }]);
  });

  test('of one recipient about one environment come one after the other, all others beside them', () => {
    for (const [id, recipient] of [
      ['1', 'a'],
      ['2', 'a'],
      ['3', 'b'],
    ] as const)
      outbox.add(message(id, { recipient }));
    expect(due()).toEqual(['1', '3']);
    outbox.attempt('1', at(5));
    expect(due()).toEqual(['3']);
    expect(due(5)).toEqual(['3', '1']);
    outbox.end('1', 'given-up', at(5), 'no');
    expect(due(5)).toEqual(['2', '3']);
    expect(due(5, 1)).toEqual(['2']);
    outbox.add(message('4', { recipient: 'a', environment: 'blog' }));
    expect(due(5)).toEqual(['2', '3', '4']);
  });

  test('end once', () => {
    outbox.add(message('1'));
    outbox.end('1', 'sent', at(1));
    outbox.end('1', 'given-up', at(2), 'late');
    expect(outbox.list(1)).toMatchObject([{ state: 'sent', endedAt: at(1), problem: null }]);
  });

  test('never pile up: beyond a hundred that wait for a recipient the oldest are given up', () => {
    for (let number = 0; number < 130; number++) outbox.add(message(`m${number}`));
    expect(outbox.waiting()).toBe(100);
    expect(due()).toEqual(['m30']);
    expect(outbox.troubled(at(0), 999)).toHaveLength(30);
  });

  test('that have ended are forgotten after their time, those that wait are not', () => {
    outbox.add(message('1'));
    outbox.add(message('2', { recipient: 'b' }));
    outbox.end('1', 'sent', at(1));
    outbox.forget(at(1));
    expect(outbox.list(9)).toHaveLength(2);
    outbox.forget(at(2));
    expect(outbox.list(9).map(({ id }) => id)).toEqual(['2']);
  });

  test('that are superseded are no trouble', () => {
    outbox.add(message('1', { channel: 'ping', recipient: 'shop' }));
    outbox.note('1', 'answered 500');
    outbox.supersede('ping', 'shop', at(1));
    expect(outbox.troubled(at(0), 9)).toEqual([]);
    expect(outbox.waiting()).toBe(0);
  });
});
