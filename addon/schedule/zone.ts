import { IANAZone } from 'luxon';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** No zone is further from UTC than this, to either side. */
const FURTHEST_MS = 15 * HOUR_MS;

/** The clock of one zone around one local day: one offset, or two and the moment at which they change. Milliseconds. */
export interface ZoneDay {
  readonly before: number;
  readonly after: number;
  readonly change: number;
}

/** Whether the text is the name of an IANA zone. A bare offset is none: it knows no daylight saving. */
export function isZone(name: string): boolean {
  return /^[A-Za-z]/.test(name) && IANAZone.isValidZone(name);
}

/** What to add to UTC at a moment to read the zone’s clock. */
export function offsetAt(zone: string, moment: number): number {
  return Math.round(IANAZone.create(zone).offset(moment) * 60_000);
}

const known = new Map<string, ZoneDay>();
/** Enough for every zone in use, some days around today. */
const KNOWN_AT_MOST = 4096;

/** The offsets that hold around a local day, given as days since 1970. A clock that changes twice within three days is unheard of. */
export function zoneDay(zone: string, day: number): ZoneDay {
  const key = `${day} ${zone}`;
  const former = known.get(key);
  if (former !== undefined) return former;
  if (known.size >= KNOWN_AT_MOST) known.clear();
  const found = lookUp(zone, day);
  known.set(key, found);
  return found;
}

function lookUp(zone: string, day: number): ZoneDay {
  const { moment, before, after } = changeBetween(zone, day * DAY_MS - FURTHEST_MS, (day + 1) * DAY_MS + FURTHEST_MS);
  return { before, after, change: moment };
}

/** How the zone’s clock changes at a moment: what to add to UTC before it, and from it on. */
export interface ClockChange {
  readonly moment: number;
  readonly before: number;
  readonly after: number;
}

/** The first change of the zone’s clock after a moment and up to another one, if there is any. */
export function nextChange(zone: string, after: number, until: number): ClockChange | undefined {
  for (let day = after; day < until; day += DAY_MS) {
    const change = changeBetween(zone, day, Math.min(day + DAY_MS, until));
    if (change.before !== change.after) return change;
  }
  return undefined;
}

function changeBetween(zone: string, from: number, to: number): ClockChange {
  const before = offsetAt(zone, from);
  const after = offsetAt(zone, to);
  let low = from;
  let high = to;
  while (before !== after && high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === before) low = middle;
    else high = middle;
  }
  return { moment: high, before, after };
}
