/** @import { Task } from '../../contract.ts' */

/** The platform's numbers for the state of an environment or a node. */
const statuses = [
  'unknown',
  'running',
  'stopped',
  'launching',
  'sleeping',
  'unknown',
  'creating',
  'cloning',
  'gone',
  'exporting',
  'migrating',
  'broken',
  'updating',
  'stopping',
  'going to sleep',
  'restoring',
];
const kinds = /** @type {Readonly<Record<string, string>>} */ ({
  running: 'good',
  stopped: 'off',
  sleeping: 'off',
  gone: 'bad',
  broken: 'bad',
  unknown: 'bad',
});

/** @param {number} status */
export function statusOf(status) {
  const word = statuses[status] ?? `status ${status}`;
  return { word, kind: kinds[word] ?? 'busy' };
}

/** A moment in the reader's zone. @param {string} moment */
export function localTime(moment) {
  const date = new Date(moment);
  return Number.isNaN(date.getTime())
    ? moment
    : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** @param {Task} task */
export function durationOf({ startedAt, endedAt }) {
  if (endedAt === null) return '';
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
