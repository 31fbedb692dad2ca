import { displayTime } from '../../storage-node/base/clock.ts';
import type { BackupFacts, Happening } from './happening.ts';

const LONGEST = 200;

/** A name or message on one line: control characters and line breaks become spaces, what is too long is cut. */
export function oneLine(text: string, longest: number = LONGEST): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return [...line].length <= longest ? line : `${[...line].slice(0, longest - 1).join('')}…`;
}

/** `shop (My Shop)`: how an environment is called in a sentence. */
export function named(environment: Happening['environment']): string {
  if (environment === null) return 'the storage';
  const { name, displayName } = environment;
  const shown = oneLine(displayName, 80);
  return shown === '' || shown === name ? name : `${shown} (${name})`;
}

/** `3 days`, `2 hours`: a span as people say it. */
export function span(milliseconds: number): string {
  const minutes = Math.max(0, Math.round(milliseconds / 60_000));
  const say = (value: number, unit: string) => `${value} ${unit}${value === 1 ? '' : 's'}`;
  if (minutes < 120) return say(minutes, 'minute');
  if (minutes < 48 * 60) return say(Math.round(minutes / 60), 'hour');
  return say(Math.round(minutes / 60 / 24), 'day');
}

/** `1.4 GB`, in powers of 1000. */
export function bytesInWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** `2026-11-20 02:00:00 UTC (3 days ago)`. */
export function ago(moment: string, now: string): string {
  return `${displayTime(new Date(moment))} (${span(Date.parse(now) - Date.parse(moment))} ago)`;
}

/** The backup to fall back on, with its age; or that there is none. */
export function lastGoodLine(backup: BackupFacts | null | undefined, now: string): string {
  if (!backup) return 'There is no complete backup of it yet.';
  return `The last good backup is ${backup.id}, taken ${ago(backup.takenAt, now)}; it is kept and can be restored.`;
}

/** Up to so many names, quoted where they are odd. */
export function names(list: readonly string[], most = 10): string {
  const shown = list.slice(0, most).map((name) => {
    const line = oneLine(name, 64);
    return /^[\w.$-]+$/.test(line) ? line : JSON.stringify(line);
  });
  return list.length > most ? `${shown.join(', ')} and ${list.length - most} more` : shown.join(', ');
}
