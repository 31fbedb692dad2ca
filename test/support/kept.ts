import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { endProcess, type ProcessMark } from './anchor.ts';

/** What is left to know about hosts that outlive their starter. */
export interface KeptHosts {
  readonly switch: ProcessMark;
  readonly hosts: readonly {
    readonly name: string;
    readonly address: string;
    readonly enter: readonly string[];
    readonly process: ProcessMark;
  }[];
}

/** Writes down kept hosts, so that another process can stop them. */
export function writeKept(file: string, kept: KeptHosts): void {
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600 });
}

/** Reads what writeKept wrote. */
export function readKept(file: string): KeptHosts {
  return JSON.parse(readFileSync(file, 'utf8')) as KeptHosts;
}

/** Stops hosts kept by another process and removes the file. Hosts that are gone already are fine; directories given as `upper` stay. */
export async function stopKept(file: string): Promise<void> {
  const kept = readKept(file);
  await Promise.all(kept.hosts.map((host) => endProcess(host.process)));
  await endProcess(kept.switch);
  rmSync(file);
}
