import { displayTime } from '../../storage-node/base/clock.ts';
import type { EventName, Happening } from './happening.ts';
import { ago, bytesInWords, lastGoodLine, named, names, oneLine, span } from './words.ts';

/** What a mail says. */
export interface Letter {
  readonly subject: string;
  readonly text: string;
}

interface Text {
  readonly subject: (happening: Happening) => string;
  /** Paragraphs; empty ones are left out. */
  readonly body: (happening: Happening) => readonly string[];
}

const of = ({ environment }: Happening) => named(environment);
const name = ({ environment }: Happening) => environment?.name ?? '';
const sentence = (text: string) => {
  const line = oneLine(text, 1000);
  return line === '' ? '' : `${line.charAt(0).toUpperCase()}${line.slice(1)}${/[.!?…]$/.test(line) ? '' : '.'}`;
};
const reason = ({ error }: Happening) => (error ? `What went wrong: ${sentence(error.message)}` : '');
const remedy = ({ error }: Happening) => (error ? `What to do: ${sentence(error.hint)}` : '');
const lastGood = ({ lastGood: backup, at }: Happening) => lastGoodLine(backup, at);
const next = ({ nextRun }: Happening) =>
  nextRun ? `The next backup is planned for ${displayTime(new Date(nextRun))}.` : '';
const job = (happening: Happening) => (happening.job ? `Everything it wrote down: dbbackup logs ${happening.job}` : '');
const still = ({ since, failures = 1, at, reminder = 0 }: Happening) =>
  since && (reminder > 0 || failures > 1)
    ? `It has been failing since ${ago(since, at)}; ${failures} ${failures === 1 ? 'backup has' : 'backups have'} failed since then.`
    : '';
const made = ({ backup, at }: Happening) =>
  backup
    ? `Backup ${backup.id}, taken ${ago(backup.takenAt, at)}: ${names(backup.databases)}; ${bytesInWords(backup.bytes)}, of which ${bytesInWords(backup.storedBytes)} were new to the storage.`
    : '';
const warned = ({ warnings = [] }: Happening) =>
  warnings.length === 0 ? '' : ['Mind:', ...warnings.slice(0, 20).map((each) => `- ${oneLine(each, 500)}`)].join('\n');
const room = ({ storage }: Happening) => {
  if (storage === undefined) return '';
  const { freeBytes, totalBytes, fullInSeconds } = storage;
  const growth =
    fullInSeconds === null
      ? 'At present it does not grow.'
      : `At the present growth it is full in ${span(fullInSeconds * 1000)}.`;
  return `${bytesInWords(freeBytes)} of ${bytesInWords(totalBytes)} are free. ${growth}`;
};

/** What is said of each event. */
const TEXTS: Readonly<Record<EventName, Text>> = {
  'backup.failed': {
    subject: (it) => `backup of ${of(it)} failed`,
    body: (it) => [
      `A backup of ${of(it)} failed. Nothing of it was kept, and no earlier backup was removed.`,
      reason(it),
      remedy(it),
      still(it),
      lastGood(it),
      next(it),
      job(it),
    ],
  },
  'backup.overdue': {
    subject: (it) => `backup of ${of(it)} is overdue`,
    body: (it) => [
      `No backup of ${of(it)} has been completed in the time that its schedule promises.${it.since ? ` One should have begun at ${ago(it.since, it.at)}.` : ''}`,
      lastGood(it),
      `What to do: look at what ran (dbbackup jobs ${name(it)}) and take one now (dbbackup backup ${name(it)}).`,
      next(it),
    ],
  },
  'backup.recovered': {
    subject: (it) => `backup of ${of(it)} works again`,
    body: (it) => [
      `A backup of ${of(it)} was completed.${it.since ? ` The trouble had lasted since ${ago(it.since, it.at)}.` : ''}`,
      made(it),
      warned(it),
      next(it),
      'There is nothing to do.',
    ],
  },
  'backup.suspicious': {
    subject: (it) => `backup of ${of(it)} looks like a loss of data`,
    body: (it) => [
      `The newest backup of ${of(it)} is complete, but much of what earlier ones held is not in it. It is kept, and so is the last good one before it.`,
      warned(it),
      made(it),
      `What to do: look at the database. If the data was deleted on purpose, say so (dbbackup accept ${it.backup?.id ?? 'ID'}); if not, choose an earlier backup (dbbackup list ${name(it)}) and restore it.`,
      job(it),
    ],
  },
  'backup.done': {
    subject: (it) => `backup of ${of(it)} is complete`,
    body: (it) => [`A backup of ${of(it)} was completed.`, made(it), warned(it), next(it)],
  },
  'restore.done': {
    subject: (it) => `restore of ${of(it)} is done`,
    body: (it) => [
      `The databases of ${of(it)} now hold what a backup holds.`,
      made(it),
      warned(it),
      'What they held before was saved as a backup of its own, unless that was switched off.',
      job(it),
    ],
  },
  'restore.failed': {
    subject: (it) => `restore of ${of(it)} failed`,
    body: (it) => [
      `A restore of ${of(it)} did not come to its end. Its databases may hold old data, new data, or a part of either.`,
      reason(it),
      remedy(it),
      job(it),
    ],
  },
  'repository.damaged': {
    subject: (it) => `stored backups of ${of(it)} are damaged`,
    body: (it) => [
      `A check found damage in the stored backups of ${of(it)}.`,
      reason(it),
      remedy(it),
      `Take a new backup soon (dbbackup backup ${name(it)}) and ask the operator of the storage to look at its disk.`,
      job(it),
    ],
  },
  'repository.sound': {
    subject: (it) => `stored backups of ${of(it)} are sound again`,
    body: (it) => [`A check of the stored backups of ${of(it)} found no damage any more.`, 'There is nothing to do.'],
  },
  'host-key.changed': {
    subject: (it) => `database node of ${of(it)} shows another host key`,
    body: (it) => [
      `The database node of ${of(it)} does not show the host key that it was installed with. Someone may have put another machine in its place; until that is settled no backup is taken and nothing is restored.`,
      reason(it),
      remedy(it),
      lastGood(it),
      job(it),
    ],
  },
  'storage.filling': {
    subject: () => 'backup storage is nearly full',
    body: (it) => [
      'The disk of the backup storage is nearly full. When it is, backups fail; those that exist stay.',
      room(it),
      'What to do: enlarge the storage, keep fewer backups, or delete some.',
    ],
  },
  'storage.relieved': {
    subject: () => 'backup storage has room again',
    body: (it) => ['The disk of the backup storage has room again.', room(it), 'There is nothing to do.'],
  },
  'news.many': {
    subject: () => 'more is happening than is mailed',
    body: () => [
      'You were mailed of many events within an hour. Further ones are not mailed until there are fewer; they go on to webhooks and metrics.',
      'What to do: see how everything stands (dbbackup status --problems). Many troubles at once often have one cause: the storage, its disk or its network.',
    ],
  },
  'summary.daily': {
    subject: ({ summary = [] }) => {
      const bad = summary.filter(({ verdict }) => verdict !== 'ok').length;
      return bad === 0
        ? `daily summary: all ${summary.length} environments are backed up`
        : `daily summary: ${bad} of ${summary.length} environments need attention`;
    },
    body: (it) => [summaryTable(it), room(it)],
  },
};

function summaryTable({ summary = [], at }: Happening): string {
  const order = ['overdue', 'failing', 'never', 'ok'];
  const sorted = [...summary].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const lines = sorted.slice(0, 500).map(({ environment, verdict, lastSuccess }) => {
    return `${verdict.padEnd(8)} ${environment}: ${lastSuccess === null ? 'no backup yet' : ago(lastSuccess, at)}`;
  });
  const rest = sorted.length > 500 ? [`… and ${sorted.length - 500} more`] : [];
  return [...lines, ...rest].join('\n') || 'No environment is installed.';
}

/** The event in words for a customer: what happened, to what, since when, what to do. Plain text, one line of subject. */
export function letterOf(happening: Happening): Letter {
  const { subject, body } = TEXTS[happening.event];
  const again = (happening.reminder ?? 0) > 0 ? 'reminder: ' : '';
  const paragraphs = body(happening).filter((paragraph) => paragraph !== '');
  const moment = `This happened at ${displayTime(new Date(happening.at))}.`;
  return {
    subject: oneLine(`[dbbackup] ${again}${subject(happening)}`, 180),
    text: `${[...paragraphs, moment].join('\n\n')}\n`,
  };
}
