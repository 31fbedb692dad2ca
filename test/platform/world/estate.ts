import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, markProcess, type ProcessMark } from '../../support/anchor.ts';
import { createNetwork } from '../../support/hosts.ts';
import type { Language } from '../language/types.ts';
import { createTasks } from './tasks.ts';
import { type Account, type Estate, Refusal } from './words.ts';

/** Limits of the account: what `quota` placeholders and GetQuotas tell, and what creation keeps to. Sizes in MB. */
export const QUOTAS: Readonly<Record<string, number>> = {
  'environment.maxcount': 30,
  'environment.maxnodescount': 64,
  'environment.maxsamenodescount': 16,
  'environment.maxcloudletsperrec': 128,
  'storage.node.disk.limitation': 204_800,
  'disk.limitation': 204_800,
  'firewall.enabled': 1,
  'environment.externalip.enabled': 1,
};

const FOLDER = 'stand-in-platform-';

/** How a platform differs from the usual one. */
export interface EstateOptions {
  readonly domain?: string;
  readonly email?: string;
  readonly quotas?: Readonly<Record<string, number>>;
  /** False: containers have no `/dev/fuse`, as on platforms that do not let them mount. */
  readonly fuse?: boolean;
  /** A command that runs longer is killed: an hour unless said. */
  readonly commandLimitMs?: number;
  /** How long a user waits for a button before the dashboard gives up: nineteen minutes unless said. What it started goes on. */
  readonly patienceMs?: number;
  readonly now?: () => Date;
  /** Where the disks of the hosts lie. */
  readonly directory?: string;
}

/** Makes an empty platform: a network, one account, nothing else. */
export async function createEstate(options: EstateOptions): Promise<{
  readonly estate: Estate;
  readonly close: () => Promise<void>;
}> {
  const network = await createNetwork();
  const disks = makeFolder(options.directory ?? '/var/tmp');
  const email = options.email ?? 'owner@example.test';
  const first: Account = { uid: '2000', email, name: email.split('@')[0] ?? email, session: secret(), sshKeys: [] };
  const accounts = [first];
  const now = options.now ?? (() => new Date());
  let lastId = 1000 + Math.floor(Math.random() * 9000);
  const find = (uid: string) => {
    const account = accounts.find((one) => one.uid === uid);
    if (account === undefined) throw new Refusal(702, `user ${uid} is not found`);
    return { uid: account.uid, email: account.email, session: account.session };
  };
  const estate: Estate = {
    network,
    disks,
    domain: options.domain ?? 'stand-in.test',
    region: { uniqueName: 'default_hn_group', displayName: 'Default' },
    environments: new Map(),
    accounts,
    installed: [],
    scripts: [],
    tasks: createTasks(now),
    mail: [],
    quotas: { ...QUOTAS, ...options.quotas },
    fuse: options.fuse ?? true,
    patienceMs: options.patienceMs ?? 19 * 60_000,
    commandLimitMs: options.commandLimitMs ?? 3_600_000,
    certificates: { authority: '' },
    now,
    language: undefined as unknown as Language,
    nextId: () => ++lastId,
    callerOf: (session) => {
      const account = accounts.find((one) => one.session === session);
      if (account === undefined) throw new Refusal(702, 'the session is not valid: sign in again');
      return find(account.uid);
    },
    caller: find,
  };
  const close = async () => {
    await network.stop();
    rmSync(disks, { recursive: true, force: true });
  };
  return { estate, close };
}

/** A folder for the disks of this run; those of runs that were killed are removed. */
function makeFolder(parent: string): string {
  for (const name of readdirSync(parent).filter((one) => one.startsWith(FOLDER))) {
    const owner = join(parent, name, 'owner');
    if (!existsSync(owner) || isRunning(JSON.parse(readFileSync(owner, 'utf8')) as ProcessMark)) continue;
    rmSync(join(parent, name), { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(parent, FOLDER));
  writeFileSync(join(folder, 'owner'), JSON.stringify(markProcess(process.pid)));
  return folder;
}

function secret(): string {
  return randomBytes(16).toString('hex');
}
