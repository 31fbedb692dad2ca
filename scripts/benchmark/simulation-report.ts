import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { columns } from './report.ts';
import type { Simulated } from './simulation.ts';

const MOST_CPU_SECONDS = 5;
const MOST_BYTES = 200e6;
/** Ten times as many environments may take so much more than ten times as long, each. */
const MOST_GROWTH = 1.5;

/** One thing to reach, and whether it was. */
export interface SimulationVerdict {
  readonly subject: string;
  readonly target: string;
  readonly measured: string;
  readonly reached: boolean;
}

/** What the figures of a simulation are held against. Answers nothing on growth where only one size was simulated. */
export function simulationVerdicts(simulated: readonly Simulated[]): SimulationVerdict[] {
  const largest = simulated.at(-1);
  const [smallest] = simulated;
  if (largest === undefined || smallest === undefined) return [];
  const wrong = simulated.reduce((sum, each) => sum + each.missing + each.repeated, 0);
  const cpu = largest.cpuSecondsPerDay;
  const growth = perEnvironment(largest) / perEnvironment(smallest);
  const verdict = (subject: string, target: string, measured: string, reached: boolean) => ({
    ...{ subject, target, measured, reached },
  });
  return [
    verdict('every occurrence ran exactly once', '0 missing or repeated', String(wrong), wrong === 0),
    verdict('CPU for a day', `< ${MOST_CPU_SECONDS} s`, `${cpu.toFixed(2)} s`, cpu < MOST_CPU_SECONDS),
    verdict('memory', '< 200 MB', megabytes(largest.memoryBytes), largest.memoryBytes < MOST_BYTES),
    ...(simulated.length < 2
      ? []
      : [
          verdict(
            'CPU for each schedule, against fewer',
            `< ${MOST_GROWTH} ×`,
            `${growth.toFixed(2)} ×`,
            growth < MOST_GROWTH,
          ),
        ]),
  ];
}

function perEnvironment({ cpuSecondsPerDay, environments }: Simulated): number {
  return cpuSecondsPerDay / environments;
}

/** The figures as a table, and the targets. */
export function simulationReport(simulated: readonly Simulated[]): string {
  const rows = simulated.map((each) => [
    `${each.environments} environments`,
    String(each.days),
    String(each.occurrences),
    String(each.ran),
    String(each.missing),
    String(each.repeated),
    String(each.mostAtOnce),
    `${each.lateness95Seconds} s`,
    `${each.latenessMostSeconds} s`,
    each.cpuSecondsPerDay.toFixed(2),
    megabytes(each.memoryBytes),
  ]);
  const heading = [
    '',
    'days',
    'due',
    'ran',
    'missing',
    'repeated',
    'at once',
    'late 95 %',
    'late most',
    'CPU s/day',
    'memory',
  ];
  const verdicts = simulationVerdicts(simulated).map(({ subject, target, measured, reached }) => [
    ...[subject, target, measured, reached ? 'reached' : 'missed'],
  ]);
  const note =
    'due: named by the schedules; ran: ended jobs; at once: due at the same moment, at most; late: from that moment to the begin of the work,\n' +
    'which is played and takes 2 to 20 s, 64 at a time; what is due at the end may still run';
  return `${columns([heading, ...rows])}\n${note}\n\n${columns([['target', '', 'measured', ''], ...verdicts])}`;
}

/** Puts the figures into the file of all figures; what others measured stays in it. */
export function recordSimulation(file: string, machine: string, simulated: readonly Simulated[]): void {
  const former: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const simulation = {
    at: new Date().toISOString(),
    machine,
    targets: simulationVerdicts(simulated),
    figures: simulated,
  };
  writeFileSync(file, `${JSON.stringify({ ...(former as object), simulation }, null, 2)}\n`);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
