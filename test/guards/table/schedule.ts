import type { Guard } from '../guard.ts';

const due = (name: string, group = '') => ({ file: 'test/addon/flows/due.test.ts', name, group });

/** What schedules promise: each occurrence once, and none for ever silent. */
export const scheduleGuards: readonly Guard[] = [
  {
    name: 'a run is queued and the next one planned as one write',
    file: 'addon/flows/due.ts',
    text: '    queue.together(() => {\n',
    without: '    ((work: () => void) => work())(() => {\n',
    test: due('a run is queued and the next one planned, or neither of them'),
  },
  {
    name: 'runs that were missed are caught up a few at a time',
    file: 'addon/flows/due.ts',
    text: 'limit: CATCH_UPS }',
    without: 'limit: 1e6 }',
    test: due('those who wait longest come first'),
  },
  {
    name: 'nothing begins in a blackout of the storage',
    file: 'addon/flows/due.ts',
    text: '  if (outsideBlackouts(rooms.runPolicy.blackouts, now) !== now) return;\n',
    without: '',
    test: { file: 'test/addon/flows/due-blackout.test.ts', name: 'of the storage nothing begins' },
  },
  {
    name: 'what waits in the queue waits for the end of a blackout',
    file: 'addon/jobs/turns.ts',
    text: '      if (free > now) {',
    without: '      if (free > Number.MAX_VALUE) {',
    test: { file: 'test/addon/jobs/blackout.test.ts', name: 'what nobody waits for begins when its hours allow it' },
  },
  {
    name: 'a backup by hand restarts the clock',
    file: 'addon/flows/due.ts',
    text: '    if (backedUpSince(name, fields, now, rooms)) return nextRunOf(name, fields, rooms);\n',
    without: '',
    test: due('begin anew with a', 'hours since the latest backup'),
  },
  {
    name: 'a plan that a wrong clock made does not stay',
    file: 'storage-node/catalog/environments.ts',
    text: 'OR planned_at > ?)',
    without: 'OR (planned_at > ? AND 0))',
    test: due('forward by a year and back again'),
  },
  {
    name: 'no reading of the clock runs twice',
    file: 'addon/schedule/plan.ts',
    text: '    if (label === former?.label && !isHourly(schedule.fields)) continue;\n',
    without: '',
    test: { file: 'test/addon/schedule/plan.test.ts', name: 'never repeats a reading of the clock' },
  },
  {
    name: 'a time that comes twice counts the first time',
    file: 'addon/schedule/occurrences.ts',
    text: 'hourly ? moments : moments.slice(0, 1)',
    without: 'moments',
    test: { file: 'test/addon/schedule/occurrences.test.ts', name: 'daily at a time that comes twice' },
  },
  {
    name: 'a time that is skipped counts once',
    file: 'addon/schedule/occurrences.ts',
    text: ' ? [] : [change];',
    without: ' ? [] : [];',
    test: { file: 'test/addon/schedule/occurrences.test.ts', name: 'daily at a time that is skipped' },
  },
];
