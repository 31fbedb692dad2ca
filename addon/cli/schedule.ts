import { type Command, Option } from 'commander';
import { AddonError } from '../../storage-node/base/errors.ts';
import { type PreviewedShift, previewSchedule } from '../schedule/preview.ts';
import { parseSchedule, type ScheduleFields } from '../schedule/schedule.ts';
import { type Output, table } from './output.ts';

interface PreviewOptions {
  readonly cron?: string;
  readonly time?: string;
  readonly days?: string;
  readonly every?: string;
  readonly zone: string;
  readonly from?: string;
  readonly count: string;
  readonly json?: boolean;
}

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const OPTION_OF: Readonly<Record<string, string>> = {
  'settings.cronTime': '--cron',
  'settings.backupTime': '--time',
  'settings.everyHours': '--every',
  'settings.tz': '--zone',
};
const MOST_RUNS = 1000;
const EXAMPLES = `
Examples:
  dbbackup schedule preview --cron "30 2 * * *" --zone Europe/Berlin
  dbbackup schedule preview --cron daily
  dbbackup schedule preview --time 03:30 --days mon,fri --zone America/New_York --count 10
  dbbackup schedule preview --every 24h --from 2026-03-28T00:00:00Z --json
`;

/** Adds `dbbackup schedule preview`: when a schedule would run, and how daylight saving shifts it. Needs no daemon. */
export function addScheduleVerb(program: Command, output: Output, now: () => Date): void {
  program
    .command('schedule')
    .description('what a schedule means')
    .addOption(ignored())
    .command('preview')
    .description('the next runs of a schedule, in its zone and in UTC')
    .option('--cron <expression>', 'five crontab fields, or a name: hourly, daily, weekly, monthly, yearly')
    .option('--time <HH:MM>', 'a time of day, on all days unless --days names some')
    .option('--days <list>', 'with --time: of sun, mon, tue, wed, thu, fri, sat')
    .option('--every <hours>', 'so many hours after the latest backup of any kind, such as 24h')
    .option('--zone <name>', 'IANA time zone', 'UTC')
    .option('--from <instant>', 'look from this moment on, such as 2026-03-28T00:00:00Z; now if not given')
    .option('--count <number>', 'how many runs', '5')
    .option('--json', 'answer as a JSON array of UTC instants')
    .addOption(ignored())
    .addHelpText('after', EXAMPLES)
    .action((options: PreviewOptions) => preview(options, output, now));
}

/** Other verbs need it, and scripts give it to all. */
const ignored = () => new Option('--data <dir>').hideHelp();

function preview(options: PreviewOptions, output: Output, now: () => Date): void {
  const schedule = named(() => parseSchedule(fieldsOf(options)));
  const { words, zone, runs, shifts } = previewSchedule(schedule, fromOf(options, now), countOf(options));
  if (options.json === true) {
    output.line(JSON.stringify(runs.map((run) => run.utc)));
    return;
  }
  output.line(`${words}\n`);
  const head = ['RUN', `IN ${zone}`, 'AHEAD OF UTC', 'IN UTC'];
  const rows = runs.map((run, index) => [String(index + 1), run.local, run.offset, inUtc(run.utc)]);
  output.line(table(head, rows));
  if (schedule.kind === 'interval') return;
  output.line(
    shifts.length === 0
      ? `\n${zone} has no daylight saving: the runs stay where they are in UTC.`
      : `\nDaylight saving shifts the runs:\n${shifts.map(shiftLines).join('\n')}`,
  );
}

function shiftLines({ date, from, to, runs }: PreviewedShift): string {
  const there = runs.map((run) => `${run.local} (${inUtc(run.utc)})`).join(', then ');
  return `  ${date}  the clock goes from ${from} to ${to}; runs around it: ${there}`;
}

function inUtc(moment: string): string {
  return `${moment.slice(0, 16).replace('T', ' ')} UTC`;
}

function fieldsOf({ cron, time, days, every, zone }: PreviewOptions): ScheduleFields {
  const kinds = [cron, time, every].filter((value) => value !== undefined);
  if (kinds.length !== 1)
    throw refused('give one of --cron, --time and --every', '--cron "30 2 * * *", --time 03:30 or --every 24h');
  if (days !== undefined && time === undefined)
    throw refused('--days: goes with --time only', '--time 03:30 --days mon');
  if (cron !== undefined) return { scheduleType: /^\s*@?[a-z]+\s*$/i.test(cron) ? '1' : '3', cronTime: cron, tz: zone };
  if (every !== undefined) return { scheduleType: '4', everyHours: every.replace(/\s*h(?:ours?)?$/i, ''), tz: zone };
  return { scheduleType: '2', backupTime: time, tz: zone, ...ticked(days) };
}

function ticked(days: string | undefined): Record<string, string> {
  const chosen =
    days === undefined
      ? DAYS
      : days
          .toLowerCase()
          .split(',')
          .map((day) => day.trim());
  for (const day of chosen) {
    if (!DAYS.includes(day))
      throw refused(`--days: ${JSON.stringify(day)} is none of ${DAYS.join(', ')}`, '--days mon,fri');
  }
  return Object.fromEntries(chosen.map((day) => [day, 'true']));
}

function fromOf({ from }: PreviewOptions, now: () => Date): Date {
  if (from === undefined) return now();
  const example = '--from 2026-03-28T00:00:00Z';
  const [, date = ''] =
    /^(\d{4}-\d\d-\d\d)(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d))?$/.exec(from) ?? [];
  const moment = new Date(from);
  const day = new Date(date);
  // The calendar of JavaScript takes 30 February for 2 March.
  if (Number.isNaN(moment.getTime()) || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== date)
    throw refused(`--from: ${JSON.stringify(from)} is not a moment with its zone`, example);
  return moment;
}

function countOf({ count }: PreviewOptions): number {
  if (/^[1-9]\d{0,3}$/.test(count) && Number(count) <= MOST_RUNS) return Number(count);
  throw refused(`--count: ${JSON.stringify(count)} is not a whole number from 1 to ${MOST_RUNS}`, '--count 5');
}

/** Says the option’s name where the schedule says the setting’s. */
function named<Value>(parse: () => Value): Value {
  try {
    return parse();
  } catch (thrown) {
    if (!(thrown instanceof AddonError)) throw thrown;
    const message = thrown.message.replace(/^settings\.\w+/, (setting) => OPTION_OF[setting] ?? setting);
    throw new AddonError(thrown.code, message, { hint: thrown.hint, cause: thrown });
  }
}

function refused(message: string, example: string): AddonError {
  return new AddonError('request-invalid', message, { hint: `for example: ${example}.` });
}
