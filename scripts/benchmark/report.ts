import { ACTIONS, type Figure, type Flow, type Middle } from './figures.ts';
import { type EngineName, TRANSPORTS } from './options.ts';
import { type Verdict, verdictsOf } from './targets.ts';

const FLOWS: readonly Flow[] = ['dump', 'usual', 'mount', 'channel'];
const NAMES: Readonly<Record<Flow, string>> = {
  dump: '(a) dump to /dev/null',
  usual: '(b) usual flow',
  mount: '(c) ours, mount',
  channel: '(c) ours, channel',
};

/** Pads cells into columns; all but the first are set to the right. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) => row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))))
    .map((row) => row.join('  ').trimEnd())
    .join('\n');
}

/** The figures of one engine, what each operation spent its time on, and the targets. */
export function engineReport(engine: EngineName, dumpBytes: number, middle: Middle): string {
  const lines = [`${engine}: a dump of ${megabytes(dumpBytes)} MB`, '', figureTable(engine, middle), ''];
  for (const action of ACTIONS) {
    for (const flow of FLOWS) {
      const figure = middle(engine, action, flow);
      if (figure !== undefined && Object.keys(figure.steps).length > 0) lines.push(stepLine(action, figure));
    }
  }
  const verdicts = TRANSPORTS.flatMap((transport) => verdictsOf(engine, transport, middle));
  if (verdicts.length > 0) lines.push('', verdictTable(verdicts));
  return lines.join('\n');
}

function figureTable(engine: EngineName, middle: Middle): string {
  const rows = ACTIONS.flatMap((action) => {
    const usual = middle(engine, action, 'usual');
    return FLOWS.flatMap((flow) => {
      const figure = middle(engine, action, flow);
      if (figure === undefined) return [];
      return [[action, NAMES[flow], ...cells(figure, usual)]];
    });
  });
  const heading = ['', 'seconds', '× usual', 'new bytes', '× usual', 'memory', 'disk', 'daemon'];
  const table = columns([heading, ...rows.map(([action, flow, ...rest]) => [`${action}, ${flow}`, ...rest])]);
  return `${table}\nnew bytes: growth of the stored files in MB; memory: peak of our programs on the master, disk: written there, daemon: its peak, all in MB`;
}

function cells(figure: Figure, usual: Figure | undefined): string[] {
  const against = (of: (figure: Figure) => number) =>
    usual === undefined || of(usual) === 0 || figure.flow === 'usual' ? '' : (of(figure) / of(usual)).toFixed(2);
  const stores = figure.flow !== 'dump' && figure.action !== 'restore';
  return [
    figure.seconds.toFixed(2),
    against((each) => each.seconds),
    stores ? megabytes(figure.newBytes) : '',
    stores ? against((each) => each.newBytes) : '',
    megabytes(figure.masterBytes),
    megabytes(figure.diskBytes),
    figure.daemonBytes === 0 ? '' : megabytes(figure.daemonBytes),
  ];
}

function stepLine(action: string, figure: Figure): string {
  const steps = Object.entries(figure.steps).filter(([, seconds]) => seconds >= 0.005);
  return `${action}, ${NAMES[figure.flow]}: ${steps.map(([step, seconds]) => `${step} ${seconds.toFixed(2)}`).join(', ')}`;
}

function verdictTable(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ transport, subject, target, measured, reached }) => [
    `${transport}: ${subject}`,
    target,
    measured,
    reached ? 'reached' : 'missed',
  ]);
  return columns([['target', '', 'measured', ''], ...rows]);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
