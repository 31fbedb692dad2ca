import { IANAZone } from 'luxon';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** There are about 600, in several spellings. */
const ZONES_AT_MOST = 2_000;
/** No zone is further from UTC than this, to either side. */
const FURTHEST_MS = 15 * HOUR_MS;

/** The clock of one zone around one local day: one offset, or two and the moment at which they change. Milliseconds. */
export interface ZoneDay {
  readonly before: number;
  readonly after: number;
  readonly change: number;
}

/** To find out whether a zone exists takes a hundred times longer than to use it. */
const existing = new Set<string>();

/** Whether the text is the name of an IANA zone. A bare offset is none: it knows no daylight saving. */
export function isZone(name: string): boolean {
  if (existing.has(name)) return true;
  if (!/^[A-Za-z]/.test(name) || !IANAZone.isValidZone(name)) return false;
  if (existing.size < ZONES_AT_MOST) existing.add(name);
  return true;
}

function askOffset(zone: string, moment: number): number {
  return Math.round(IANAZone.create(zone).offset(moment) * 60_000);
}

/** Enough for every zone in use, some days around today. */
const KNOWN_AT_MOST = 4096;
const knownDays = new Map<string, ZoneDay>();
const knownOffsets = new Map<string, ZoneDay>();

function remembered(known: Map<string, ZoneDay>, zone: string, day: number, find: () => ZoneDay): ZoneDay {
  const key = `${day} ${zone}`;
  const former = known.get(key);
  if (former !== undefined) return former;
  if (known.size >= KNOWN_AT_MOST) known.clear();
  const found = find();
  known.set(key, found);
  return found;
}

/** What to add to UTC at a moment to read the zone’s clock. */
export function offsetAt(zone: string, moment: number): number {
  const day = Math.floor(moment / DAY_MS);
  const { before, after, change } = remembered(knownOffsets, zone, day, () =>
    zoneDayOf(changeBetween(zone, day * DAY_MS, (day + 1) * DAY_MS)),
  );
  return moment < change ? before : after;
}

/** The offsets that hold around a local day, given as days since 1970. A clock that changes twice within three days is unheard of. */
export function zoneDay(zone: string, day: number): ZoneDay {
  return remembered(knownDays, zone, day, () =>
    zoneDayOf(changeBetween(zone, day * DAY_MS - FURTHEST_MS, (day + 1) * DAY_MS + FURTHEST_MS)),
  );
}

function zoneDayOf({ moment, before, after }: ClockChange): ZoneDay {
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
  const before = askOffset(zone, from);
  const after = askOffset(zone, to);
  let low = from;
  let high = to;
  while (before !== after && high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (askOffset(zone, middle) === before) low = middle;
    else high = middle;
  }
  return { moment: high, before, after };
}
