import { offsetAt } from './zone.ts';

/** A time zone as a dialog offers it. */
export interface OfferedZone {
  /** IANA name. */
  readonly name: string;
  /** What its clock is ahead of UTC at the moment asked for: `+05:30`. */
  readonly offset: string;
}

const two = (value: number) => String(value).padStart(2, '0');

function offsetText(milliseconds: number): string {
  const minutes = Math.round(Math.abs(milliseconds) / 60_000);
  return `${milliseconds < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Names that people look for where the machine's own list still has only the former ones. */
const RENAMED = [
  'Africa/Asmara',
  'America/Argentina/Buenos_Aires',
  'America/Nuuk',
  'Asia/Ho_Chi_Minh',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Yangon',
  'Atlantic/Faroe',
  'Europe/Kyiv',
  'Pacific/Chuuk',
  'Pacific/Pohnpei',
];

/** Every zone that this machine knows, UTC first, then by name, each with its offset at the moment. */
export function listZones(at: Date): OfferedZone[] {
  const names = new Set([...Intl.supportedValuesOf('timeZone'), ...RENAMED]);
  names.delete('UTC');
  return ['UTC', ...[...names].sort()].map((name) => ({ name, offset: offsetText(offsetAt(name, at.getTime())) }));
}

/** A moment by a zone’s clock: `2026-11-20 03:00 (Europe/Berlin)`. */
export function momentIn(zone: string, moment: Date): string {
  const wall = new Date(moment.getTime() + offsetAt(zone, moment.getTime())).toISOString();
  return `${wall.slice(0, 16).replace('T', ' ')} (${zone})`;
}
