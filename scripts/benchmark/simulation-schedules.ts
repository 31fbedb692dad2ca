import type { ScheduleFields } from '../../addon/schedule/schedule.ts';
import { type Random, randomOf } from './random.ts';

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Santiago',
  'Asia/Kolkata',
  'Asia/Tokyo',
  'Africa/Cairo',
  'Australia/Lord_Howe',
];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** How the schedules of a hosting platform might be mixed: of a hundred environments, so many each. */
const MIX: readonly (readonly [share: number, make: (random: Random) => ScheduleFields])[] = [
  [25, () => ({ scheduleType: '1', cronTime: '@daily' })],
  [15, (random) => ({ scheduleType: '3', cronTime: `0 ${random.below(6)} * * *`, tz: random.any(ZONES) })],
  [
    20,
    (random) => ({
      scheduleType: '2',
      backupTime: `${random.below(24)}:${two(random.below(60))}`,
      tz: random.any(ZONES),
      ...someDays(random),
    }),
  ],
  [
    15,
    (random) => ({
      scheduleType: '3',
      cronTime: `${random.below(60)} ${random.below(24)} * * *`,
      tz: random.any(ZONES),
    }),
  ],
  [
    10,
    (random) => ({
      scheduleType: '3',
      cronTime: `${random.below(60)} 2 * * ${random.below(7)}`,
      tz: random.any(ZONES),
    }),
  ],
  [4, () => ({ scheduleType: '1', cronTime: '@monthly' })],
  [
    4,
    (random) => ({
      scheduleType: '3',
      cronTime: `${random.below(2) * random.below(60)} * * * *`,
      tz: random.any(ZONES),
    }),
  ],
  [2, (random) => ({ scheduleType: '3', cronTime: '0 */4 * * *', tz: random.any(ZONES) })],
  [5, (random) => ({ scheduleType: '4', everyHours: random.any(['6', '12', '24']) })],
];

/** One of so many is backed up every quarter of an hour. */
const QUARTERLY = 1_000;

const two = (value: number) => String(value).padStart(2, '0');

function someDays(random: Random): Record<string, string> {
  const first = random.below(DAYS.length);
  return Object.fromEntries(DAYS.filter((_, day) => day === first || random.below(7) < 5).map((day) => [day, 'true']));
}

/** The schedule of one simulated environment: always the same for the same number. */
export function mixedSchedule(index: number): ScheduleFields {
  const random = randomOf(index + 1);
  if (index % QUARTERLY === QUARTERLY - 1)
    return { scheduleType: '3', cronTime: '*/15 * * * *', tz: random.any(ZONES) };
  let left = index % 100;
  for (const [share, make] of MIX) {
    if (left < share) return make(random);
    left -= share;
  }
  throw new Error('the shares do not add up to a hundred');
}
