import type { Access, Engine } from '../../addon/engines/engine.ts';
import type { Machine } from '../../addon/machines/machine.ts';
import type { Host } from '../support/host.ts';

/** A running server on a host, and what the suite may do to it behind the engine's back. */
export interface EngineTrial {
  readonly host: Host;
  readonly machine: Machine;
  readonly access: Access;
  /** Whatever was there: afterwards the server holds exactly this data, always the same. One part of it is larger than 4 MB. */
  fill(): Promise<void>;
  /** All that a backup has to bring back (schema, rows, accounts, grants), as text to compare. */
  fingerprint(): Promise<string>;
  /** Takes everything away that `fill` made. */
  destroy(): Promise<void>;
  /** Later changes inside what `fill` made: rows more and less, objects more, a password changed, a grant more. */
  change(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Makes one more database (no rows, or a few) and answers its fingerprint at any later time, `absent` where there is none. */
  makeDatabase?(name: string, rows: number): Promise<() => Promise<string>>;
  dropDatabase?(name: string): Promise<void>;
  /** An account that may log in and no more, with words that the refusal has to name. */
  weak?(): Promise<{ readonly access: Access; readonly missing: readonly string[] }>;
  /** Another server, which is a replica. */
  replica?(): Promise<{ readonly machine: Machine; readonly access: Access }>;
}

/** What not every kind of server has. */
export type Deed = 'makeDatabase' | 'weak' | 'replica' | 'password' | 'unreachable';

/** One engine on one kind of server. */
export interface Contract {
  /** As the test names say it: `MariaDB 10.11`. */
  readonly name: string;
  readonly engine: Engine;
  /** Called once. The server runs on a host of its own. */
  readonly start: () => Promise<EngineTrial>;
  /** Name of the program that dumps, as `pkill -x` knows it. */
  readonly dumpProgram: string;
  /** What this kind of server does not have, with the reason. */
  readonly without?: Partial<Record<Deed, string>>;
}

/** Names that users give and shells, SQL and file systems stumble over. */
export const ODD_NAMES = [
  'with space',
  `single'quote`,
  'double"quote',
  'back`tick',
  '$HOME $(id) $x',
  'new\nline',
  'tab\there',
  'ünï-日本-код',
  '-leading-dash',
  '--help',
  'per%cent_%s',
  'com,ma;semi',
  'sl/ash',
  'back\\slash',
  '..',
  '*?[x]',
  '#hash',
] as const;
