/** The answer of an API call, an action or a script. `result` 0 is success; everything else ends a chain of actions. */
export interface Answer {
  readonly result: number | string;
  readonly error?: string;
  readonly message?: string;
  readonly type?: string;
  readonly [key: string]: unknown;
}

/** The account whose session a call carries. */
export interface Caller {
  readonly uid: string;
  readonly email: string;
  readonly session: string;
}

/** For whom and for which layer something runs. Without an environment, it is an installation that has none yet. */
export interface Scope {
  readonly caller: Caller;
  readonly environment?: string;
  readonly nodeGroup?: string;
}

/** One line of the tasks log: what ran where, and what came of it. */
export interface Task {
  readonly id: string;
  readonly title: string;
  readonly environment: string | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly state: 'running' | 'done' | 'failed';
  /** What the dashboard shows of it: the method or action, its parameters as sent, and the whole answer. */
  readonly action: string;
  readonly parameters: string;
  readonly output: string;
}

/**
 * What the manifest language needs of the platform around it.
 * `facts` answers `env` (with `nodes`), `nodes` (by node group and by node type, each an array of nodes), `targetNodes` (the array of the scope's layer),
 * `user`, `account`, `quota` (`{ name: value, data: { name: { value } } }`), `platformUrl` and `engine`. A node has the keys that GetEnvInfo gives, and `nodeGroup`.
 * `call` writes its own lines of the tasks log; `task` is for what is no call: a script, an event, an installation.
 * A nested `install` is a call of `marketplace.jps.Install` with `jps` (an address, or a whole manifest as text that says its `baseUrl`). What the language is
 * to the platform (read, open, install, press, fire) its own types say: test/platform/language/types.ts; the platform keeps its installations.
 */
export interface World {
  /** What the placeholders `env`, `nodes`, `targetNodes`, `user`, `account` and `quota` read, as of now. */
  facts(scope: Scope): Promise<Readonly<Record<string, unknown>>>;
  /**
   * Calls a method of the platform's API by its dotted path (`environment.control.GetEnvInfo`), its parameters by name or by position.
   * Never rejects for a failure of the call: that is an answer whose result is not 0. An unknown method is named in the answer's error.
   */
  call(
    method: string,
    parameters: Readonly<Record<string, unknown>> | readonly unknown[],
    scope: Scope,
  ): Promise<Answer>;
  /** Whether the platform has this method: scripts ask by `api.env.control.ApplyEnvProperty ? … : …`. Left out: it has all. */
  knows?(method: string): boolean;
  /** The text behind an address of a manifest. Rejects, naming it, when there is none. */
  fetch(address: string): Promise<string>;
  /** Writes a line of the tasks log around the work. */
  task<Result>(
    about: { title: string; action: string; parameters: string; scope: Scope },
    work: () => Promise<Result>,
  ): Promise<Result>;
}

/** A field of a dialog, ready to be shown: localisation chosen, placeholders resolved, defaults applied. */
export interface Field {
  readonly type: string;
  readonly name?: string;
  readonly caption?: string;
  /** As a string, as the platform submits it. */
  readonly value: string;
  readonly placeholder?: string;
  readonly required: boolean;
  readonly hidden: boolean;
  readonly disabled: boolean;
  readonly readOnly: boolean;
  readonly hideLabel: boolean;
  readonly tooltip?: string;
  readonly markup?: string;
  readonly cls?: string;
  readonly inputType?: string;
  readonly regex?: string;
  readonly regexText?: string;
  readonly vtype?: string;
  readonly vtypeText?: string;
  /** Choices of lists and radios, in their order; of a checkboxlist, each box by its own name, the ticked ones listed in `value`. */
  readonly values: readonly { readonly value: string; readonly caption: string }[];
  /** Name of another field and, by its value, the choices of this one. */
  readonly dependsOn?: { readonly field: string; readonly values: Readonly<Record<string, Field['values']>> };
  /** By the value of this field, the fields that it shows. */
  readonly showIf: Readonly<Record<string, readonly Field[]>>;
  /** Parts of a compositefield. */
  readonly items: readonly Field[];
  readonly min?: number;
  readonly max?: number;
  readonly increment?: number;
  readonly multiple: boolean;
  /** Between the chosen values where there may be several; a comma where not given. */
  readonly delimiter?: string;
  readonly editable: boolean;
}

/** A dialog that is open: only it can be submitted. */
export interface Dialog {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly fields: readonly Field[];
  readonly submitText: string;
  readonly submitUnchanged: boolean;
  /** Asked before it is submitted; null where the manifest asks nothing. */
  readonly confirmText: string | null;
  readonly loadingText: string;
  /** Install dialogs only: where the add-on may go, each as `environment/nodeGroup`; empty where it makes an environment of its own. */
  readonly targets: readonly { readonly value: string; readonly caption: string }[];
}

/** What the user sees after an action: success with the manifest's text, or a pop-up of this type. */
export interface Notice {
  readonly type: 'success' | 'info' | 'warning' | 'error';
  readonly title: string;
  /** Markdown of the manifest, or text of an answer. */
  readonly text: string;
  readonly result: number | string;
}

/** An add-on of the marketplace. */
export interface Offer {
  readonly id: string;
  readonly name: string;
  readonly type: 'update' | 'install';
  readonly short: string;
  readonly text: string;
  /** A data address, or the address of the picture. */
  readonly logo: string | null;
  readonly categories: readonly string[];
}

/** A card: what is installed on a layer, and its buttons. */
export interface Card {
  readonly uniqueName: string;
  readonly offer: Offer;
  readonly environment: string;
  readonly nodeGroup: string;
  readonly buttons: readonly {
    readonly caption: string;
    readonly title: string;
    /** Whether pressing it opens a dialog; else it runs, after its confirmation. */
    readonly opensDialog: boolean;
    readonly confirmText: string | null;
    readonly loadingText: string;
    /** A page to open instead. */
    readonly href?: string;
    /** Stands in the card's menu, beside Uninstall. */
    readonly inMenu?: boolean;
  }[];
  readonly removable: boolean;
}

/** One environment as the pages show it. */
export interface EnvironmentView {
  readonly name: string;
  readonly displayName: string;
  readonly domain: string;
  readonly status: number;
  readonly region: string;
  readonly groups: readonly string[];
  readonly layers: readonly {
    readonly nodeGroup: string;
    readonly displayName: string;
    readonly nodes: readonly {
      readonly id: number;
      readonly nodeType: string;
      readonly version: string;
      readonly address: string;
      readonly master: boolean;
      readonly status: number;
    }[];
    readonly cards: readonly Card[];
  }[];
}

/** Something that a user does to an environment or a layer; each fires the events of its name before and after. */
export type Operation =
  | 'start'
  | 'stop'
  | 'restart'
  | 'redeploy'
  | 'clone'
  | 'transfer'
  | 'scale-out'
  | 'scale-in'
  | 'migrate'
  | 'reset-password'
  | 'delete';

/**
 * The details by which an operation is told more than its environment; what is not given is the first layer, or the usual.
 * stop, start, delete: none. restart, redeploy: `nodeGroup`, redeploy also `tag`. clone: `name`, `displayName`. transfer: `owner`, an address
 * of mail. scale-out, scale-in: `nodeGroup`, `count` (so many more or fewer). migrate: `region`. reset-password: `nodeGroup`, `password`.
 */
export type OperationDetail = 'nodeGroup' | 'tag' | 'name' | 'displayName' | 'owner' | 'count' | 'region' | 'password';

/** A kind of node that an environment may be made of, and the group that its layer usually has. */
export interface NodeKind {
  readonly nodeType: string;
  readonly nodeGroup: string;
  readonly caption: string;
}

/** The platform as its pages, the demo and the tests use it. */
export interface Platform extends AsyncDisposable {
  /** What createEnvironment knows; where not given, pages ask for node types as text. */
  readonly nodeKinds?: readonly NodeKind[];
  /** Regions that exist, by name. */
  readonly regions?: readonly string[];
  offers(): Promise<readonly Offer[]>;
  /** The picture behind the address of a logo; undefined where it cannot be had. */
  picture?(address: string): Promise<{ readonly type: string; readonly body: Uint8Array } | undefined>;
  /** Puts a manifest (its address or its text) on the marketplace. Rejects with the constructs that are not known. */
  publish(manifest: string): Promise<Offer>;
  environments(): Promise<readonly EnvironmentView[]>;
  createEnvironment(wanted: {
    readonly name: string;
    readonly displayName?: string;
    readonly nodes: readonly { readonly nodeType: string; readonly nodeGroup: string; readonly count?: number }[];
  }): Promise<EnvironmentView>;
  /** `target` is the layer that the user chose first, where the dialog depends on it; else the first that fits counts. */
  openInstall(offer: string, target?: string): Promise<Dialog | Notice>;
  openButton(card: string, caption: string): Promise<Dialog | Notice>;
  /** Submits a dialog, or presses a button that has none. Values are strings by field name; `target` says where an add-on goes. */
  submit(dialog: string, values: Readonly<Record<string, string>>, target?: string): Promise<Notice>;
  press(card: string, caption: string): Promise<Notice>;
  uninstall(card: string): Promise<Notice>;
  operate(operation: Operation, environment: string, details?: Readonly<Record<string, string>>): Promise<Notice>;
  /** Newest first. */
  tasks(limit?: number): readonly Task[];
  /** Mail that the platform sent. */
  readonly mail: readonly { readonly to: string; readonly subject: string; readonly body: string }[];
}
