import { AddonError } from '../../storage-node/base/errors.ts';
import { isZone, offsetAt } from './zone.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** Windows that follow upon each other are left after as many steps; more than this never end. */
const MOST_STEPS = 8;

/** A part of each day, by the clock of a zone, in which no scheduled job begins. Minutes since midnight; it may span midnight. */
export interface Blackout {
  readonly from: number;
  readonly to: number;
  readonly zone: string;
}

/** Reads `08:00-18:00`; nothing for an empty text. Throws `request-invalid` with the setting, the reason and an example. */
export function parseBlackout(setting: string, text: string, zone: string): Blackout | undefined {
  const refused = (reason: string) =>
    new AddonError('request-invalid', `${setting}: ${JSON.stringify(text)} ${reason}`, {
      hint: 'for example: 08:00-18:00, or 22:00-06:00 across midnight.',
    });
  if (text.trim() === '') return undefined;
  const parts = /^\s*(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})\s*$/.exec(text);
  if (parts === null) throw refused('is not a window as HH:MM-HH:MM');
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = parts.slice(1).map(Number);
  if (Math.max(fromHour, toHour) > 23) throw refused('has an hour outside 0-23');
  if (Math.max(fromMinute, toMinute) > 59) throw refused('has a minute outside 0-59');
  const [from, to] = [fromHour * 60 + fromMinute, toHour * 60 + toMinute];
  if (from === to) throw refused('leaves no time of the day, or takes none');
  if (!isZone(zone)) throw refused(`has the unknown time zone ${JSON.stringify(zone)}`);
  return { from, to, zone };
}

/** The moment itself where it lies in none of the windows, else the first one after them. Throws where they leave no time at all. */
export function outsideBlackouts(blackouts: readonly Blackout[], moment: number): number {
  let free = moment;
  for (let step = 0; step < MOST_STEPS; step++) {
    const around = blackouts.find((blackout) => isInside(blackout, free));
    if (around === undefined) return free;
    free = endOf(around, free);
  }
  throw new AddonError(
    'request-invalid',
    'settings.blackout: leaves no time of the day together with the storage’s own',
    {
      hint: 'shorten one of the two windows, for example: 08:00-18:00.',
    },
  );
}

const minuteOf = (zone: string, moment: number) =>
  Math.floor((moment + offsetAt(zone, moment)) / MINUTE_MS) % DAY_MINUTES;

function isInside({ from, to, zone }: Blackout, moment: number): boolean {
  const minute = minuteOf(zone, moment);
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}

function endOf(blackout: Blackout, moment: number): number {
  const { to, zone } = blackout;
  let end = Math.floor(moment / MINUTE_MS) * MINUTE_MS;
  const left = (to - minuteOf(zone, end) + DAY_MINUTES) % DAY_MINUTES;
  const steady = end + left * MINUTE_MS;
  if (offsetAt(zone, steady) === offsetAt(zone, end)) return steady;
  while (isInside(blackout, end)) end += MINUTE_MS;
  return end;
}
