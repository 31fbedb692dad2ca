import type { Host, HostNetwork } from '../../support/hosts.ts';
import type { Answer, Caller, Offer } from '../contract.ts';
import type { Face, Installation, Language } from '../language/types.ts';
import type { Kind, Service } from './kinds.ts';
import type { Tasks } from './tasks.ts';

/** One host of an environment. */
export interface PlatformNode {
  readonly id: number;
  readonly nodeGroup: string;
  /** As GetEnvInfo reports it: the base name. */
  readonly kind: Kind;
  /** As it was asked for, which may be an alias with a version. */
  readonly asked: string;
  readonly tag: string;
  readonly image: string | undefined;
  host: Host;
  service: Service | undefined;
  master: boolean;
  /** 1 running, 2 down. */
  status: number;
  displayName: string;
  password: string;
  diskLimit: number;
  fixedCloudlets: number;
  flexibleCloudlets: number;
  readonly variables: Record<string, string>;
  readonly mounts: MountPoint[];
  readonly endpoints: Record<string, unknown>[];
}

/** What GetMountPoints tells of one. */
export interface MountPoint {
  readonly path: string;
  readonly sourcePath: string;
  readonly sourceNodeId: number | null;
  readonly sourceHost: string | null;
  readonly protocol: string;
  readonly name: string;
  readonly readOnly: boolean;
  readonly type: 'INTERNAL' | 'EXTERNAL';
}

/** A group of nodes of one type. */
export interface Layer {
  readonly name: string;
  readonly kind: Kind;
  displayName: string;
  /** What ApplyNodeGroupData left here. */
  readonly data: Record<string, unknown>;
  /** What stands in for the file system that the nodes of a storage cluster have in common. */
  readonly shared: string | undefined;
  /** What each further node is made from. */
  readonly template: Readonly<Record<string, unknown>>;
}

/** An add-on or package that is installed somewhere. */
export interface Installed {
  readonly uniqueName: string;
  readonly appid: string;
  readonly installation: Installation;
  readonly offer: Offer;
  readonly face: Face;
  /** Null: a package that works without an environment. */
  environment: string | null;
  readonly nodeGroup: string;
}

/** A customer's environment. */
export interface Environment {
  readonly appid: string;
  readonly name: string;
  displayName: string;
  region: string;
  /** As the platform counts: 1 running, 2 down, 4 sleep, 6 creating, 7 cloning, 10 migrating, 11 broken. */
  status: number;
  owner: string;
  readonly creator: string;
  groups: string[];
  readonly properties: Record<string, unknown>;
  readonly layers: Map<string, Layer>;
  readonly nodes: PlatformNode[];
  readonly rules: Record<string, unknown>[];
  readonly triggers: Record<string, unknown>[];
}

/** Who uses the platform. */
export interface Account {
  readonly uid: string;
  readonly email: string;
  readonly name: string;
  /** Changes when environments change hands: what was handed out before opens nothing. */
  session: string;
  readonly sshKeys: Record<string, unknown>[];
}

/** A refusal of the platform: the answer that a call gets instead of what it asked for. */
export class Refusal extends Error {
  readonly result: number;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(result: number, message: string, more: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.result = result;
    this.more = more;
  }

  get answer(): Answer {
    return { result: this.result, error: this.message, ...this.more };
  }
}

/** A script kept by dev.scripting. */
export interface StoredScript {
  readonly name: string;
  readonly type: string;
  readonly code: string;
  readonly owner: string;
  readonly appid: string;
}

/** A mail that the platform sent. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
}

/** Everything that the parts of the platform share. */
export interface Estate {
  readonly network: HostNetwork;
  readonly disks: string;
  readonly domain: string;
  readonly region: { readonly uniqueName: string; readonly displayName: string };
  readonly environments: Map<string, Environment>;
  readonly accounts: Account[];
  readonly installed: Installed[];
  readonly scripts: StoredScript[];
  readonly tasks: Tasks;
  readonly mail: Mail[];
  readonly quotas: Readonly<Record<string, number>>;
  readonly fuse: boolean;
  readonly commandLimitMs: number;
  readonly patienceMs: number;
  readonly certificates: { authority: string };
  readonly now: () => Date;
  /** The manifest language; set once, right after the world that it needs. */
  language: Language;
  nextId(): number;
  /** Whose session this is; refuses one that is nobody's. */
  callerOf(session: string): Caller;
  /** The session of an account as it is now. */
  caller(uid: string): Caller;
}
