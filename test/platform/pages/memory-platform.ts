import type { Card, Dialog, EnvironmentView, Field, Notice, Offer, Platform, Task } from '../contract.ts';

/** What a dialog, a button or an operation was given. */
export interface Submission {
  readonly what: string;
  readonly values: Readonly<Record<string, string>>;
  readonly target?: string | undefined;
}

/** What a test decides about the platform in memory. */
export interface MemoryOptions {
  readonly offers?: readonly Offer[];
  readonly environments?: readonly EnvironmentView[];
  /** What opens behind an offer or a button. */
  readonly dialog?: Partial<Dialog>;
  /** What comes of everything that is submitted, pressed or done. */
  readonly notice?: Partial<Notice>;
  /** Waited for before an answer is given. */
  readonly hold?: () => Promise<void>;
}

/** A platform of a few variables, for tests of the pages alone: it runs nothing and writes down what it is asked. */
export interface MemoryPlatform extends Platform {
  readonly submissions: readonly Submission[];
  /** Changes what the pages show. */
  change(change: { environments?: readonly EnvironmentView[]; offers?: readonly Offer[] }): void;
  addTask(task: Partial<Task>): void;
  addMail(letter: { to: string; subject: string; body: string }): void;
}

export const plainField: Field = {
  type: 'string',
  value: '',
  required: false,
  hidden: false,
  disabled: false,
  readOnly: false,
  hideLabel: false,
  values: [],
  showIf: {},
  items: [],
  multiple: false,
  editable: false,
};

export const field = (type: string, name: string, more: Partial<Field> = {}): Field => ({
  ...plainField,
  type,
  name,
  caption: name,
  ...more,
});

export const offer = (id: string, more: Partial<Offer> = {}): Offer => ({
  id,
  name: id,
  type: 'update',
  short: `${id} in short`,
  text: `All about **${id}**`,
  logo: null,
  categories: ['apps/dev-and-admin-tools'],
  ...more,
});

export const card = (more: Partial<Card> = {}): Card => {
  const plain = { title: '', opensDialog: false, confirmText: null, loadingText: 'Applying…' };
  const backup = { ...plain, caption: 'Backup Now', confirmText: 'Back up now?', loadingText: 'Backing up…' };
  const buttons = [backup, { ...plain, caption: 'Configure', opensDialog: true }];
  return {
    uniqueName: 'addon-1',
    offer: offer('backup'),
    environment: 'shop',
    nodeGroup: 'sqldb',
    buttons,
    removable: true,
    ...more,
  };
};

export const environment = (name: string, more: Partial<EnvironmentView> = {}): EnvironmentView => {
  const node = {
    id: 101,
    nodeType: 'mariadb-dockerized',
    version: '10.11',
    address: '10.0.0.5',
    master: true,
    status: 1,
  };
  const nodes = [node, { ...node, id: 102, address: '10.0.0.6', master: false }];
  const layers = [{ nodeGroup: 'sqldb', displayName: 'SQL database', nodes, cards: [card({ environment: name })] }];
  const domain = `${name}.example.com`;
  return { name, displayName: `The ${name}`, domain, status: 1, region: 'eu-1', groups: ['web'], layers, ...more };
};

/** Makes it. */
export function createMemoryPlatform(options: MemoryOptions = {}): MemoryPlatform {
  let environments = options.environments ?? [environment('shop')];
  let offers = options.offers ?? [offer('backup'), offer('storage', { type: 'install' })];
  let tasks: Task[] = [];
  const submissions: Submission[] = [];
  const mail: { to: string; subject: string; body: string }[] = [];
  const dialog = (title: string, targets: Dialog['targets']): Dialog => ({
    id: `dialog ${title}`,
    title,
    description: '',
    fields: [],
    submitText: 'Apply',
    submitUnchanged: true,
    confirmText: null,
    loadingText: 'Applying…',
    targets,
    ...options.dialog,
  });
  const answer = async (what: string, values: Submission['values'] = {}, target?: string): Promise<Notice> => {
    submissions.push({ what, values, target });
    await options.hold?.();
    return { type: 'success', title: what, text: `${what} is done.`, result: 0, ...options.notice };
  };
  return {
    nodeKinds: [
      { nodeType: 'mariadb-dockerized', nodeGroup: 'sqldb', caption: 'MariaDB 10.11' },
      { nodeType: 'redis', nodeGroup: 'nosqldb', caption: 'Redis 7' },
    ],
    regions: ['eu-1', 'us-1'],
    submissions,
    mail,
    offers: async () => offers,
    async publish(manifest) {
      if (manifest.includes('unknown')) throw new Error('constructs that are not known: unknown');
      offers = [...offers, offer(manifest)];
      return offer(manifest);
    },
    environments: async () => environments,
    async createEnvironment(wanted) {
      submissions.push({ what: 'create', values: { wanted: JSON.stringify(wanted) } });
      const made = environment(wanted.name, { layers: [] });
      environments = [...environments, made];
      return made;
    },
    async openInstall(id, target) {
      const type = offers.find((one) => one.id === id)?.type;
      const targets = environments.flatMap(({ name, displayName, layers }) =>
        layers.map(({ nodeGroup }) => ({ value: `${name}/${nodeGroup}`, caption: `${displayName}: ${nodeGroup}` })),
      );
      const opened = dialog(`Install ${id}`, type === 'update' ? targets : []);
      return { ...opened, description: target === undefined ? opened.description : `For ${target}.` };
    },
    openButton: async (_card, caption) => dialog(caption, []),
    submit: answer,
    press: (_card, caption) => answer(caption),
    uninstall: () => answer('uninstall'),
    operate: (operation, name, details) => answer(operation, { environment: name, ...details }),
    tasks: (limit) => tasks.slice(0, limit),
    change(change) {
      environments = change.environments ?? environments;
      offers = change.offers ?? offers;
    },
    addTask(task) {
      const plain = {
        title: 'Task',
        environment: 'shop',
        startedAt: '2026-11-20T02:00:00Z',
        endedAt: null,
        state: 'running',
      } as const;
      const said = { action: 'cmd', parameters: '', output: '' };
      tasks = [{ id: `${tasks.length}`, ...plain, ...said, ...task }, ...tasks.filter(({ id }) => id !== task.id)];
    },
    addMail: (letter) => mail.push(letter),
    async [Symbol.asyncDispose]() {
      tasks = [];
    },
  };
}
