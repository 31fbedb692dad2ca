import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { mustCommand } from '../../support/commands.ts';
import type { Host } from '../../support/hosts.ts';

/** What a host writes, as a directory of this machine: the upper half of an overlay. */
export interface Disk {
  /** To be given as `upper` of a host of this name. */
  readonly upper: string;
  readonly changes: string;
  remove(): void;
}

let count = 0;

/** An empty disk for a host of this name. */
export function freshDisk(disks: string, host: string): Disk {
  const upper = join(disks, `${++count}`);
  const changes = join(upper, host, 'changes');
  mkdirSync(changes, { recursive: true });
  return { upper, changes, remove: () => rmSync(upper, { recursive: true, force: true }) };
}

/** An empty folder that all nodes of a layer hold as theirs. */
export function sharedFolder(disks: string): string {
  const folder = join(disks, `shared-${randomBytes(6).toString('hex')}`);
  mkdirSync(folder);
  return folder;
}

/** Sends a signal to everything that runs in a host, save its first process. */
export async function signalAll(host: Host, signal: 'STOP' | 'CONT' | 'KILL'): Promise<void> {
  // Not kill -1: that would reach what runs this very script.
  const script = `for entry in /proc/[0-9]*; do
    pid=\${entry#/proc/}
    case $pid in 1 | $$ | $PPID) ;; *) kill -${signal} "$pid" 2>/dev/null ;; esac
  done; true`;
  await host.must(['sh', '-c', script]);
}

/** Does something while nothing runs in these hosts, so that what it copies is what a power cut would leave. */
export async function whileStill(hosts: readonly Host[], work: () => Promise<unknown>): Promise<void> {
  try {
    await Promise.all(hosts.map((host) => signalAll(host, 'STOP')));
    await work();
  } finally {
    await Promise.all(hosts.map((host) => signalAll(host, 'CONT')));
  }
}

/** Copies what a folder holds into another, with owners, modes and attributes. */
export async function copyFolder(from: string, to: string): Promise<void> {
  await mustCommand(['cp', '-a', '--reflink=auto', `${from}/.`, to]);
}

/** Copies everything that a host has written. */
export async function copyWhole(host: Host, from: Disk, to: Disk): Promise<void> {
  await whileStill([host], () => copyFolder(from.changes, to.changes));
}

/** Moves these absolute paths, where they were written to, from one disk to another; nothing may run on either. */
export async function movePaths(from: Disk, to: Disk, paths: readonly string[]): Promise<void> {
  const script = `from=$1 to=$2; shift 2
    for path; do
      [ -e "$from/$path" ] || [ -L "$from/$path" ] || continue
      # A path inside one that was moved already is there.
      [ ! -e "$to/$path" ] || continue
      made= parent=$(dirname -- "$path")
      while [ "$parent" != / ]; do made="$parent
$made" parent=$(dirname -- "$parent"); done
      printf %s "$made" | while IFS= read -r parent; do
        [ -d "$to/$parent" ] || { mkdir "$to/$parent"; chmod --reference="$from/$parent" "$to/$parent"; chown --reference="$from/$parent" "$to/$parent"; }
      done
      mv -- "$from/$path" "$to/$path"
    done`;
  await mustCommand(['bash', '-ec', script, 'bash', from.changes, to.changes, ...paths]);
}
