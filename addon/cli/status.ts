import { toAddonError } from '../../storage-node/base/errors.ts';
import type { EnvironmentStanding } from '../flows/standing.ts';
import type { StatusReport } from '../flows/status.ts';
import type { VerbContext } from './context.ts';
import { size, table, visible, when } from './output.ts';

/** Exit statuses as monitoring systems read them. */
const EXIT = { ok: 0, warning: 1, critical: 2 } as const;

/** What `dbbackup status --help` says of its exit status. */
export const STATUS_HELP = `
Exit statuses (as Nagios and its kin read them):
    0  ok
    1  warning: a backup failed, or none was taken yet, while none is overdue; little room; messages not sent
    2  critical: a backup is overdue, stored backups are damaged, no room, or no daemon answers
`;

/** `dbbackup status [ENVIRONMENT]`: how everything stands. Answers the exit status; a daemon that is down is an answer too. */
export async function status(
  environment: string | undefined,
  options: { readonly problems?: boolean },
  { client, output, json }: VerbContext,
): Promise<number> {
  const query = environment === undefined ? '' : `?environment=${encodeURIComponent(environment)}`;
  let report: StatusReport;
  try {
    report = await client.call<StatusReport>('GET', `/status${query}`);
  } catch (thrown) {
    const error = toAddonError(thrown);
    if (error.code !== 'daemon-unreachable') throw error;
    const reasons = [`no backup is taken: ${error.message}`];
    output.line(
      json ? JSON.stringify({ state: 'critical', reasons, daemon: false }) : `DBBACKUP CRITICAL - ${reasons[0]}`,
    );
    if (!json) output.note(`hint: ${error.hint}`);
    return EXIT.critical;
  }
  if (json) output.line(JSON.stringify({ daemon: true, ...report }));
  else for (const line of linesOf(report, options.problems === true)) output.line(line);
  return EXIT[report.state];
}

const ORDER = ['overdue', 'failing', 'never', 'ok'];

function linesOf({ state, reasons, environments, storage, jobs, messages }: StatusReport, problems: boolean): string[] {
  const total = environments.length;
  const said =
    reasons.length > 0 ? reasons.join('; ') : `${total} ${total === 1 ? 'environment' : 'environments'} backed up`;
  const rows = [...environments]
    .filter((each) => !problems || each.verdict !== 'ok' || each.damaged || each.suspicious)
    .sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict))
    .map((each) => [
      each.environment,
      each.verdict,
      when(each.lastSuccess?.takenAt ?? null),
      each.lastSuccess === null ? '-' : age(each.lastSuccess.ageSeconds),
      each.lastSuccess === null ? '-' : size(each.lastSuccess.bytes),
      when(each.nextRun),
      wrong(each),
    ]);
  const head = ['ENVIRONMENT', 'VERDICT', 'LAST SUCCESS', 'AGE', 'SIZE', 'NEXT RUN', 'WHAT IS WRONG'];
  const growth =
    storage.growthBytesPerDay === null
      ? 'growth not known yet'
      : storage.fullInSeconds === null
        ? 'not growing'
        : `full in ${age(storage.fullInSeconds)} at ${size(storage.growthBytesPerDay)} a day`;
  return [
    `DBBACKUP ${state.toUpperCase()} - ${visible(said)}`,
    ...(rows.length === 0 ? [] : ['', table(head, rows)]),
    '',
    `storage: ${size(storage.freeBytes)} of ${size(storage.totalBytes)} free, ${growth}`,
    `jobs: ${jobs.running} running, ${jobs.queued} waiting`,
    `messages: ${messages.waiting} waiting, ${messages.troubled.length} could not be sent`,
    ...messages.troubled
      .slice(0, 10)
      .map(
        (each) => `  ${each.channel} about ${each.event} ${each.environment}: ${visible(each.problem)} (${each.state})`,
      ),
  ];
}

function wrong({ failing, damaged, suspicious }: EnvironmentStanding): string {
  const said = [
    ...(damaged ? ['stored backups are damaged: dbbackup check'] : []),
    ...(suspicious ? ['the newest backup looks like a loss of data: dbbackup list'] : []),
    ...(failing === null
      ? []
      : [`${failing.times} failed since ${when(failing.since)}: ${failing.code}: ${failing.message}`]),
  ];
  return said.join('; ') || '-';
}

function age(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}
