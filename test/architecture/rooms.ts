/** What one room may import besides itself. A target is a room, or one file where only that file is meant. */
export interface RoomRule {
  readonly may: readonly string[];
  /** Targets from which types alone may come. */
  readonly types?: readonly string[];
  readonly because: string;
}

const BASE = 'storage-node/base';
const STORAGE = 'storage-node/index';

/** The import table of the design. A room that is not in it may not exist. */
export const ROOMS: Readonly<Record<string, RoomRule>> = {
  'addon/flows': {
    may: ['addon/engines', 'addon/machines', 'addon/schedule', STORAGE, BASE],
    types: ['addon/jobs', 'addon/notify'],
    because:
      'a flow walks through rooms and reports to its job and to whoever tells of it, but does not decide when jobs run',
  },
  'addon/engines': {
    may: ['addon/machines', BASE],
    because: 'an engine talks through a machine, never to ssh, to the storage or to another engine’s flow',
  },
  'addon/machines': { may: [BASE], because: 'running a command there needs no knowledge of what the command is for' },
  'addon/schedule': { may: [BASE], because: 'when something is due is a pure question of settings and time' },
  'addon/jobs': { may: [BASE], because: 'a job is a row with legal moves; what it does is given to it' },
  'addon/notify': { may: [BASE], because: 'telling someone must never reach back into what it tells of' },
  'addon/config': { may: ['addon/policies'], because: 'configuration is read before any room exists' },
  'addon/policies': { may: [BASE], because: 'configuration is read before any room exists' },
  'addon/compiled': { may: [], because: 'nothing has been loaded yet' },
  'addon/hooks': {
    may: ['addon/flows', 'addon/jobs', 'addon/schedule', BASE],
    because: 'a hook checks a request and calls one flow',
  },
  'addon/server': {
    may: ['addon/flows', 'addon/jobs', 'addon/schedule', 'addon/hooks', BASE],
    because: 'the HTTP door parses, calls and answers; the shapes of its requests are the schemas of the hooks',
  },
  'addon/cli': {
    may: ['addon/flows', 'addon/jobs', 'addon/schedule', 'addon/hooks', BASE],
    because: 'a verb asks the daemon; the shapes of requests and answers are the schemas of the hooks',
  },
  'storage-node/index': {
    may: ['storage-node/flows'],
    types: [
      'storage-node/repository',
      'storage-node/catalog',
      'storage-node/retention',
      'storage-node/shares',
      'storage-node/base',
    ],
    because: 'it lists what the add-on may ask of this half, and does nothing itself',
  },
  'storage-node/flows': {
    may: ['storage-node/repository', 'storage-node/catalog', 'storage-node/retention', 'storage-node/shares', BASE],
    because: 'a flow walks through rooms; it knows nothing of databases, masters or schedules',
  },
  'storage-node/repository': { may: [BASE], because: 'restic’s manual alone can make it wrong' },
  'storage-node/catalog': { may: [BASE], because: 'SQLite’s manual alone can make it wrong' },
  'storage-node/shares': {
    may: [BASE],
    because: 'the manuals of sftp-server and of the kernel alone can make it wrong',
  },
  'storage-node/retention': {
    may: [],
    types: ['storage-node/base/words.ts'],
    because: 'deciding what stays needs no one, only the words for what it decides on',
  },
  'storage-node/base': { may: [], because: 'the ground floor knows no one' },
};

/** Those that may import everything: the files of the composition root, tests, and scripts for people. No room may import these. */
export const UNBOUND = ['addon/main', 'addon/command', 'addon/daemon', 'addon/rooms', 'test', 'scripts', '.'];

/** Packages, or modules of Node’s, that only one room (or one file) of the product may import. */
export const SINGLE_ROOM: Readonly<Record<string, { readonly only: string; readonly because: string }>> = {
  ssh2: { only: 'addon/machines', because: 'its streams end in ways that one room has to know' },
  execa: { only: 'storage-node/base', because: 'every child process has the bounds that run.ts gives it' },
  fastify: { only: 'addon/server', because: 'flows must be callable without HTTP' },
  'node:sqlite': { only: 'storage-node/catalog', because: 'its classes are still being renamed' },
  'cron-parser': { only: 'addon/schedule', because: 'it is wrong about days and daylight saving in known cases' },
  luxon: { only: 'addon/schedule', because: 'time zones exist in one room; everything stored is UTC' },
  'node-cron': { only: 'addon/schedule', because: 'it must never evaluate a user’s expression' },
  nodemailer: { only: 'addon/notify', because: 'who is told, and how, is decided in one room' },
  standardwebhooks: { only: 'addon/notify', because: 'a signature is made where the message is sent' },
  'prom-client': { only: 'addon/server', because: 'flows must be countable without Prometheus' },
  commander: { only: 'addon/cli', because: 'arguments are parsed at one door' },
  pino: { only: 'storage-node/base/log.ts', because: 'secrets are taken out at the single log door' },
  'node:child_process': { only: 'storage-node/base/run.ts', because: 'children must die with the daemon' },
};

/** The room of a file: `addon/flows`, `addon/config` for a file of the ground level, `test`, `scripts`, or `.`. */
export function roomOf(path: string): string {
  const [first = '', second] = path.split('/');
  if (second === undefined) return '.';
  if (first !== 'addon' && first !== 'storage-node') return first;
  return `${first}/${second.replace(/\.ts$/, '')}`;
}
