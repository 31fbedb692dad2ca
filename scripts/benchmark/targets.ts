import type { Figure, Middle } from './figures.ts';
import type { EngineName } from './options.ts';

/** What this product promises to be, beside what it was. */
export interface Verdict {
  readonly engine: EngineName;
  readonly transport: 'mount' | 'channel';
  readonly subject: string;
  readonly target: string;
  readonly measured: string;
  readonly reached: boolean;
}

const MEGABYTE = 1024 * 1024;
/** Log lines and file system metadata may reach the disk; less than this is no dump. */
const NO_DUMP_BYTES = MEGABYTE;

/** Compares the figures of one engine and transport with the targets; those without figures are left out. */
export function verdictsOf(engine: EngineName, transport: 'mount' | 'channel', middle: Middle): Verdict[] {
  const about = { engine, transport };
  const ratio = (
    subject: string,
    action: Figure['action'],
    bound: number,
    of: (figure: Figure) => number,
  ): Verdict[] => {
    const [ours, usual] = [middle(engine, action, transport), middle(engine, action, 'usual')];
    if (ours === undefined || usual === undefined) return [];
    const reached = of(ours) / of(usual);
    return [
      {
        ...about,
        subject,
        target: `≤ ${bound.toFixed(2)} × usual`,
        measured: `${reached.toFixed(2)} ×`,
        reached: reached <= bound,
      },
    ];
  };
  const all = (['first backup', 'after a day, in one range', 'after a day, spread evenly', 'restore'] as const)
    .map((action) => middle(engine, action, transport))
    .filter((figure) => figure !== undefined);
  if (all.length === 0) return [];
  const daemon = Math.max(...all.map((each) => each.daemonBytes)) / MEGABYTE;
  const disk = Math.max(...all.map((each) => each.diskBytes));
  const seconds = (figure: Figure) => figure.seconds;
  return [
    ...ratio('time of the first backup', 'first backup', 0.4, seconds),
    ...ratio('time of a backup after a day, in one range', 'after a day, in one range', 0.25, seconds),
    ...ratio('time of a restore', 'restore', 0.85, seconds),
    ...ratio('new bytes after a day, in one range', 'after a day, in one range', 0.2, (figure) => figure.newBytes),
    {
      ...about,
      subject: 'peak memory of the daemon',
      target: '≤ 150 MiB',
      measured: `${daemon.toFixed(0)} MiB`,
      reached: daemon <= 150,
    },
    {
      ...about,
      subject: "dump bytes on the master's disk",
      target: '0',
      measured:
        disk < NO_DUMP_BYTES ? `0 (${Math.round(disk / 1024)} KiB in all)` : `${(disk / MEGABYTE).toFixed(1)} MiB`,
      reached: disk < NO_DUMP_BYTES,
    },
  ];
}
