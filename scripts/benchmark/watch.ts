import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Host } from '../../test/support/hosts.ts';

/** What an operation took. Memory and disk are those of its programs on the master, without the database server's own. */
export interface Usage {
  readonly seconds: number;
  /** Greatest sum of resident memory at one moment. */
  readonly masterBytes: number;
  /** What they wrote into files that are not in memory (tmpfs); newer kernels count files on a FUSE mount too. */
  readonly writtenBytes: number;
  /** The daemon's own peak of resident memory meanwhile; 0 without a daemon. */
  readonly daemonBytes: number;
}

/** Whose usage is looked at. */
export interface Watched {
  readonly master: Host;
  /** Name of the server's processes, left out. */
  readonly server: string;
  /** Pids in the master that were there before any operation: not counted as memory. */
  readonly idle: ReadonlySet<string>;
  /** The daemon's pid on this machine, where there is one. */
  readonly daemon?: number;
}

/** Looking takes the machine's time too, and more of it from a flow that leaves none idle. */
const SAMPLE_MS = 100;
const PAGE_BYTES = 4096;

/** The processes that a host has now. */
export function processesOf(host: Host): ReadonlySet<string> {
  return new Set(readdirSync(`/proc/${host.pid}/root/proc`).filter((name) => /^\d+$/.test(name)));
}

/** Runs `work` and looks at the master ten times a second meanwhile. */
export async function watch<Result>(
  watched: Watched,
  work: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly usage: Usage }> {
  if (watched.daemon !== undefined) writeFileSync(`/proc/${watched.daemon}/clear_refs`, '5');
  const servers = new Map<string, boolean>();
  let last = sampleOf(watched, servers).writtenBytes;
  let highest = last;
  let masterBytes = 0;
  let writtenBytes = 0;
  const look = () => {
    const now = sampleOf(watched, servers);
    masterBytes = Math.max(masterBytes, now.residentBytes);
    // A parent's count takes over that of a child when it ends: the sum falls for one look when that happens during it, and for good
    // when one ends whom nobody waits for.
    writtenBytes += Math.max(0, now.writtenBytes - highest);
    highest = Math.max(last, now.writtenBytes);
    last = now.writtenBytes;
  };
  const timer = setInterval(look, SAMPLE_MS);
  const startedAt = performance.now();
  try {
    const result = await work();
    const seconds = (performance.now() - startedAt) / 1000;
    look();
    return { result, usage: { seconds, masterBytes, writtenBytes, daemonBytes: peakOf(watched.daemon) } };
  } finally {
    clearInterval(timer);
  }
}

/** `servers` remembers of each process whether it is the server's. */
function sampleOf(
  { master, server, idle }: Watched,
  servers: Map<string, boolean>,
): { residentBytes: number; writtenBytes: number } {
  let residentBytes = 0;
  let writtenBytes = 0;
  for (const pid of processesOf(master)) {
    const process = `/proc/${master.pid}/root/proc/${pid}`;
    try {
      const isServer = servers.get(pid) ?? readFileSync(`${process}/comm`, 'utf8').trim() === server;
      if (idle.has(pid)) servers.set(pid, isServer);
      if (isServer) continue;
      writtenBytes += Number(/^write_bytes: (\d+)$/m.exec(readFileSync(`${process}/io`, 'utf8'))?.[1] ?? 0);
      if (!idle.has(pid)) residentBytes += Number(readFileSync(`${process}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
    } catch {
      // It ended while it was looked at.
    }
  }
  return { residentBytes, writtenBytes };
}

function peakOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}
