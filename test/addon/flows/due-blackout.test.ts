import { beforeEach, describe, expect, test } from 'vitest';
import { freeFrom } from '../../../addon/flows/plan-run.ts';
import { parseBlackout } from '../../../addon/schedule/blackout.ts';
import { type DueTrial, dueTrial, HOUR, HOURLY, MINUTE } from './due-trial.ts';

let it: DueTrial;
beforeEach(() => {
  it = dueTrial();
});

describe('in a blackout window', () => {
  const window = (text: string) => [parseBlackout('x', text, 'UTC') ?? { from: 0, to: 0, zone: 'UTC' }];

  test('of the storage nothing begins, and at its end everything does once', async () => {
    it.install('shop', HOURLY);
    it.policy = { spreadMinutes: 0, blackouts: window('10:30-14:30') };
    expect(await it.pass(5 * HOUR)).toEqual(['06-01T14:30 shop', '06-01T15:00 shop']);
  });

  test('of an environment only its own backups wait', async () => {
    it.install('shop', { ...HOURLY, blackout: '10:30-12:30' });
    it.install('blog', HOURLY);
    expect(await it.pass(2 * HOUR + 20 * MINUTE)).toEqual(['06-01T11:00 blog', '06-01T12:00 blog', '06-01T12:30 shop']);
  });

  test('that was set after the run was planned, none begins either', async () => {
    it.install('shop', HOURLY);
    const record = it.stores.environments.get('shop');
    const schedule = { ...HOURLY, blackout: '10:30-12:30' };
    if (record !== undefined) it.stores.environments.save({ ...record, configuration: JSON.stringify({ schedule }) });
    expect(await it.pass(2 * HOUR + 20 * MINUTE)).toEqual(['06-01T12:30 shop']);
  });

  test('what waits in the queue is free from its end on', () => {
    it.install('shop', { ...HOURLY, blackout: '14:00-16:00' });
    const from = (name: string) => new Date(freeFrom(name, it.rooms)).toISOString().slice(11, 16);
    expect(from('shop')).toBe('10:20');
    it.policy = { spreadMinutes: 0, blackouts: window('10:00-14:00') };
    expect([from('shop'), from('unknown')]).toEqual(['16:00', '14:00']);
  });

  test('that leaves no time at all the storage alone decides', () => {
    it.install('shop', { ...HOURLY, blackout: '14:00-10:00' });
    it.policy = { spreadMinutes: 0, blackouts: window('10:00-14:00') };
    expect(new Date(freeFrom('shop', it.rooms)).toISOString()).toBe('2026-06-01T14:00:00.000Z');
  });
});
