import { type FakeWorld, fakeWorld, SCOPE } from './fakeWorld.ts';
import { createLanguage, type Installation, type Language, type LanguageOptions, type Mapping } from './index.ts';

/** A language on a fake world, with one installation of a manifest. */
export interface Kit {
  readonly world: FakeWorld;
  readonly language: Language;
  readonly installation: Installation;
  readonly lines: string[];
  readonly slept: number[];
  /** Runs the action `go`. */
  go(params?: Mapping): ReturnType<Language['run']>;
  /** Lines of the console that begin with this. */
  told(start: string): string[];
}

const BASE = 'https://host.test/app';

/** What is installed is this, without having been installed: `body` is YAML that stands below a type, a name and a baseUrl. */
export async function kit(
  body: string,
  more: Partial<Installation> & { options?: LanguageOptions } = {},
): Promise<Kit> {
  const world = fakeWorld();
  const lines: string[] = [];
  const slept: number[] = [];
  const { options, ...rest } = more;
  const language = createLanguage(world, {
    log: (line) => lines.push(line),
    sleep: async (milliseconds) => void slept.push(milliseconds),
    scriptTimeoutMs: 20_000,
    ...options,
  });
  const manifest = await language.read(`type: update\nname: App\nid: app\nbaseUrl: ${BASE}\n${body}`);
  const installation: Installation = {
    uniqueName: 'app-1',
    manifest,
    settings: {},
    globals: {},
    scope: SCOPE,
    envGroups: [],
    ...rest,
  };
  return {
    world,
    language,
    installation,
    lines,
    slept,
    go: (params) => language.run(installation, 'go', params),
    told: (start) => lines.filter((line) => line.startsWith(start)),
  };
}

const indented = (text: string, by: string) => text.trim().replace(/^/gm, by);

/** What surrounds the steps of a test. */
export interface Around extends Partial<Installation> {
  readonly options?: LanguageOptions;
  /** Top-level keys, as YAML. */
  readonly body?: string;
  /** Actions beside `go`, as YAML. */
  readonly others?: string;
  readonly params?: Mapping;
  readonly prepare?: (world: FakeWorld) => void;
}

/** Runs the steps (YAML) as the action `go` and hands back what there is to look at. */
export async function run(steps: string, around: Around = {}) {
  const { body = '', others = '', params, prepare, ...more } = around;
  const actions = `actions:\n  go:\n${indented(steps, '    ')}\n${others === '' ? '' : indented(others, '  ')}\n`;
  const made = await kit(`${body}\n${actions}`, more);
  prepare?.(made.world);
  return { ...made, outcome: await made.go(params) };
}

/** Runs the steps and answers what they asked of the platform. */
export async function calls(steps: string, around: Around = {}) {
  return (await run(steps, around)).world.calls.map(({ method, parameters }) => [method, parameters] as const);
}
