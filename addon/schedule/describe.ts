import type { CronFields, Schedule } from './schedule.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October'];
const ALL_MONTHS = [...MONTHS, 'November', 'December'];

const two = (value: number) => String(value).padStart(2, '0');
const list = (words: readonly string[]) =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

function dayWords({ daysOfMonth, months, daysOfWeek, days }: CronFields): string | undefined {
  const everyDay = daysOfMonth.length === 31;
  const everyWeekday = daysOfWeek.length === 7;
  const everyMonth = months.length === 12;
  if (days === 'either') return undefined;
  if (everyDay && everyWeekday && everyMonth) return 'every day';
  if (everyDay && everyMonth) return `every ${list(daysOfWeek.map((day) => DAYS[day] ?? ''))}`;
  if (!everyWeekday || everyDay) return undefined;
  const ofMonth = daysOfMonth.length === 1 ? `day ${daysOfMonth[0]}` : `days ${list(daysOfMonth.map(String))}`;
  return `on ${ofMonth} of ${everyMonth ? 'every month' : list(months.map((month) => ALL_MONTHS[month - 1] ?? ''))}`;
}

function words(fields: CronFields): string | undefined {
  const { minutes, hours } = fields;
  const day = dayWords(fields);
  const [minute = 0] = minutes;
  if (day === undefined) return undefined;
  if (hours.length === 24 && minutes.length === 1 && day === 'every day')
    return minute === 0 ? 'every hour, on the hour' : `every hour at ${minute} minutes past`;
  const times = hours.flatMap((hour) => minutes.map((each) => `${two(hour)}:${two(each)}`));
  return times.length <= 4 ? `${day} at ${list(times)}` : undefined;
}

/** The schedule in words for people, with its zone: `every Monday and Friday at 03:30 (Europe/Berlin)`. */
export function describeSchedule(schedule: Schedule): string {
  if (schedule.kind === 'interval') {
    const hours = schedule.everyHours === 1 ? 'one hour' : `${schedule.everyHours} hours`;
    return `${hours} after the latest backup of any kind`;
  }
  return `${words(schedule.fields) ?? `at crontab times ${schedule.expression}`} (${schedule.zone})`;
}
