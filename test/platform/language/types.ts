import type { Answer, Dialog, Field, Notice, Scope, World } from '../contract.ts';

/** A map of the manifest, as read. */
export type Mapping = Readonly<Record<string, unknown>>;

/** Something in a manifest that this stand-in does not know, and where it stands. */
export interface Unknown {
  readonly kind: 'key' | 'field type' | 'field property' | 'action' | 'event' | 'button property' | 'script';
  readonly construct: string;
  /** Path in the document, as `actions.backup[0].frobnicate`. */
  readonly path: string;
  /** Line in the text, from 1; of the mixin's text where it stands there. */
  readonly line: number;
  /** Address of the text, or null where it was pasted. */
  readonly address: string | null;
}

/** A manifest that was read: plain data. */
export interface Manifest {
  readonly id: string;
  readonly name: string;
  readonly type: 'update' | 'install';
  /** Mixins merged in, base address fixed. */
  readonly document: Mapping;
  /** Base of relative addresses, with a slash at its end; null for pasted text without one. */
  readonly baseUrl: string | null;
  readonly address: string | null;
  /** Empty when everything in it is known. */
  readonly unknown: readonly Unknown[];
  /** The result of a mixin that could not be loaded (11042); installing answers with it. */
  readonly broken: Answer | null;
}

/** What is installed somewhere: plain data that the world keeps. Runs change `settings`, `globals` and `scope` in place. */
export interface Installation {
  readonly uniqueName: string;
  manifest: Manifest;
  settings: Record<string, unknown>;
  globals: Record<string, unknown>;
  scope: Scope;
  /** Options of the installation that its scripts see in MANIFEST. */
  readonly envGroups: readonly string[];
}

/** An event of the platform. `params` and `response` are what handlers read as `event.params` and `event.response`. */
export interface PlatformEvent {
  /** As `onBeforeStop`. */
  readonly name: string;
  readonly params?: Mapping;
  readonly response?: Mapping;
}

/** What came of a chain of actions. */
export interface Outcome {
  readonly answer: Answer;
  /** Set when a handler stopped the event that it was called for. */
  readonly stopped: { readonly type: Notice['type']; readonly message: string } | null;
  /** How many handlers ran: 0 when nothing in the manifest wanted the event. */
  readonly handlers: number;
}

/** A form that is ready to be shown; the world adds id and targets and makes a Dialog of it. */
export type Form = Pick<
  Dialog,
  'title' | 'description' | 'fields' | 'submitText' | 'submitUnchanged' | 'confirmText' | 'loadingText'
>;

/** A form, or why it cannot be shown. */
export type Opened = { readonly form: Form } | { readonly failure: Answer };

/** Where and with what something is installed. */
export interface InstallOptions {
  readonly uniqueName: string;
  /** Environment and layer for an add-on; for a package the caller alone suffices. */
  readonly scope: Scope;
  readonly settings?: Mapping;
  /** Packages that make an environment: its name, or one is made up. */
  readonly envName?: string;
  readonly displayName?: string;
  readonly region?: string;
  readonly envGroups?: readonly string[];
  readonly ownerUid?: string;
}

/** What came of an installation; it is installed only when the answer's result is 0. */
export interface Installed {
  readonly installation: Installation;
  readonly answer: Answer;
  readonly notice: Notice;
  /** Text to be mailed to the user, where the manifest has one. */
  readonly email: string | null;
}

/** How old a script must be. */
export type Syntax = 'es5' | 'vendor';

/** What a language instance allows and how it does what has no place in World. */
export interface LanguageOptions {
  /**
   * `es5` refuses newer syntax and newer built-ins in scripts; `vendor` runs it and says so in the log. Default: es5.
   * May be decided for each manifest; there is none for scripts of the account.
   */
  readonly syntax?: Syntax | ((manifest: Manifest | null) => Syntax);
  readonly locale?: string;
  /** Lines of the platform's console: `log`, asserts, invalid conditions. */
  readonly log?: (line: string) => void;
  /** A script that runs longer is ended. Default: 19 minutes, what a dashboard waits. */
  readonly scriptTimeoutMs?: number;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Version of the platform, for `fn.compareEngine`. Default: 8.10. */
  readonly engine?: string;
  /** Default: `https://app.platform.test/`. */
  readonly platformUrl?: string;
}

/** The manifest language on top of a world. */
export interface Language {
  /** Reads YAML or JSON and its mixins. Rejects only text that is neither; what is not known is listed in `unknown`. */
  read(text: string, address?: string): Promise<Manifest>;
  /** The install dialog. Runs onBeforeInit; its failure is 11041. */
  openInstall(manifest: Manifest, scope: Scope): Promise<Opened>;
  /** The dialog of a card's button, by its caption. Null when the button has none. */
  openButton(installation: Installation, caption: string): Promise<Opened | null>;
  /** Installs: onBeforeInit again, onBeforeInstall, the environment of a package, onInstall. */
  install(manifest: Manifest, options: InstallOptions): Promise<Installed>;
  /** Runs a button's action with the values of its form (`null` where it has none). */
  press(installation: Installation, caption: string, values: Mapping | null): Promise<Outcome & { notice: Notice }>;
  /** Runs a custom action, as `marketplace.installation.ExecuteAction` does. */
  run(installation: Installation, action: string, params?: Mapping): Promise<Outcome>;
  /** Calls the handlers of an event in their order. */
  fire(installation: Installation, event: PlatformEvent): Promise<Outcome>;
  /** Runs the code that the platform keeps for an account (`dev.scripting.Eval`). */
  script(code: string, name: string, params: Mapping, scope: Scope): Promise<Answer>;
  /** Description, short description, logo and buttons as a marketplace or card shows them. */
  face(manifest: Manifest): Promise<Face>;
}

/** How a manifest shows itself. */
export interface Face {
  readonly text: string;
  readonly short: string;
  readonly logo: string | null;
  readonly categories: readonly string[];
  readonly permanent: boolean;
  readonly buttons: readonly Button[];
}

/** A button of a card, or an entry of its menu. */
export interface Button {
  readonly caption: string;
  readonly title: string;
  readonly action: string;
  readonly form: string | null;
  readonly confirmText: string | null;
  readonly loadingText: string;
  readonly successText: string;
  readonly submitText: string;
  readonly submitUnchanged: boolean;
  readonly href: string | null;
  readonly inMenu: boolean;
}

export type { Answer, Field, Notice, Scope, World };
