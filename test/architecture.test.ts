import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { HOUSE_RULES, houseViolations } from './architecture/house.ts';
import { importsOf, importViolations } from './architecture/imports.ts';
import { ROOMS, SINGLE_ROOM } from './architecture/rooms.ts';
import { sizeViolations } from './architecture/sizes.ts';
import { type Source, scan, type Violation } from './architecture/source.ts';

const ROOT = join(import.meta.dirname, '..');

function sourcesBelow(folder: string): Source[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .map((path) => ({ path, text: readFileSync(join(ROOT, path), 'utf8') }));
}

const folders = readdirSync(ROOT).filter((name) => ['addon', 'storage-node', 'scripts', 'test'].includes(name));
const project = folders.flatMap(sourcesBelow).map(scan);
const show = (violations: readonly Violation[]) =>
  violations.map(({ path, line, rule, message }) => `${path}:${line} ${rule}: ${message}`);
const imports = (path: string, text: string) => importViolations([scan({ path, text })]).map(({ message }) => message);
const house = (path: string, text: string) => houseViolations([scan({ path, text })]).map(({ rule }) => rule);

describe('the project', () => {
  test('has the files that the rules are about', () => {
    expect(project.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['addon/engines/engine.ts', 'storage-node/base/errors.ts', 'test/architecture.test.ts']),
    );
  });

  test('imports by the table', () => {
    expect(show(importViolations(project))).toEqual([]);
  });

  test('keeps its files within the size budget', () => {
    expect(show(sizeViolations(project))).toEqual([]);
  });

  test.for(Object.keys(HOUSE_RULES))('keeps the house rule: %s', (rule) => {
    expect(show(houseViolations(project).filter((violation) => violation.rule === rule))).toEqual([]);
  });
});

describe('the import table', () => {
  test('never points from the storage half to the add-on', () => {
    const back = Object.entries(ROOMS).filter(
      ([room, { may, types = [] }]) =>
        room.startsWith('storage-node') && [...may, ...types].some((to) => to.startsWith('addon')),
    );
    expect(back).toEqual([]);
  });

  test('lets the add-on reach the storage half by its index and its base alone', () => {
    const reached = Object.entries(ROOMS)
      .filter(([room]) => room.startsWith('addon'))
      .flatMap(([, { may, types = [] }]) => [...may, ...types])
      .filter((to) => to.startsWith('storage-node'));
    expect([...new Set(reached)].sort()).toEqual(['storage-node/base', 'storage-node/index']);
  });

  test('has no circle', () => {
    const walk = (room: string, path: readonly string[]): string[] =>
      path.includes(room)
        ? [[...path, room].join(' -> ')]
        : (ROOMS[room]?.may ?? []).flatMap((next) => walk(next, [...path, room]));
    expect(Object.keys(ROOMS).flatMap((room) => walk(room, []))).toEqual([]);
  });

  test('gives a reason with each line', () => {
    const reasons = [...Object.values(ROOMS), ...Object.values(SINGLE_ROOM)].map(({ because }) => because);
    expect(reasons.filter((reason) => reason.length < 20)).toEqual([]);
  });
});

describe('the check of imports', () => {
  test.for([
    ['a static import', "import { a } from '../flows/a.ts';"],
    ['a type import', "import type { A } from '../flows/a.ts';"],
    ['an inline type import', "import { type A } from '../flows/a.ts';"],
    ['an import over several lines', "import {\n  a,\n  b,\n} from '../flows/a.ts';"],
    ['a bare import', "import '../flows/a.ts';"],
    ['a re-export', "export * from '../flows/a.ts';"],
    ['a dynamic import', "const a = await import('../flows/a.ts');"],
    ['an import type', "type A = import('../flows/a.ts').A;"],
    ['a dynamic import in a template', `const a = \`x \${await import('../flows/a.ts')}\`;`],
    ['a spread dynamic import', "const a = [...(await import('../flows/a.ts')).list, ...import('../flows/a.ts')];"],
  ] as const)('sees %s', ([, text]) => {
    expect(imports('addon/engines/b.ts', text)[0]).toMatch(/^addon\/engines may not import addon\/flows\/a\.ts: /);
  });

  test('sees a computed import', () => {
    expect(imports('addon/engines/b.ts', 'await import(name);')).toEqual(['a computed import cannot be checked']);
  });

  test.for([
    ['in a comment', "// import { a } from '../flows/a.ts';\n/* import('../flows/a.ts') */"],
    ['in a string', 'const text = "import { a } from \'../flows/a.ts\'";'],
    ['in a template', "const text = `import { a } from '../flows/a.ts'`;"],
    ['by a method of that name', "list.import('../flows/a.ts'); Array.from('../flows/a.ts');"],
  ] as const)('sees no import %s', ([, text]) => {
    expect(importsOf(scan({ path: 'addon/engines/b.ts', text }))).toEqual([]);
  });

  test('tells types from values', () => {
    expect(imports('addon/flows/a.ts', "import type { Job } from '../jobs/job.ts';")).toEqual([]);
    expect(imports('addon/flows/a.ts', "import { type Job } from '../jobs/job.ts';")).toEqual([]);
    expect(imports('addon/flows/a.ts', "import { type Job, begin } from '../jobs/job.ts';")).toHaveLength(1);
    expect(imports('addon/flows/a.ts', "import { begin } from '../jobs/job.ts';")).toHaveLength(1);
  });

  test('lets the add-on into the storage half by the index and the base alone', () => {
    expect(imports('addon/flows/a.ts', "import { keep } from '../../storage-node/index.ts';")).toEqual([]);
    expect(imports('addon/flows/a.ts', "import { run } from '../../storage-node/base/run.ts';")).toEqual([]);
    expect(imports('addon/flows/a.ts', "import { open } from '../../storage-node/catalog/open.ts';")).toHaveLength(1);
    expect(imports('addon/engines/a.ts', "import { keep } from '../../storage-node/index.ts';")).toHaveLength(1);
  });

  test('refuses the way back', () => {
    expect(imports('storage-node/flows/a.ts', "import type { A } from '../../addon/jobs/a.ts';")[0]).toMatch(
      /never back/,
    );
  });

  test('lets retention have the words as types and nothing else of the base', () => {
    const path = 'storage-node/retention/keep.ts';
    expect(imports(path, "import type { Backup } from '../base/words.ts';")).toEqual([]);
    expect(imports(path, "import { ENGINE_NAMES } from '../base/words.ts';")).toHaveLength(1);
    expect(imports(path, "import type { Clock } from '../base/clock.ts';")).toHaveLength(1);
  });

  test('lets no room import the composition root', () => {
    expect(imports('addon/cli/serve.ts', "import { runDaemon } from '../daemon.ts';")).toHaveLength(1);
    expect(imports('addon/flows/a.ts', "import type { All } from '../main.ts';")).toHaveLength(1);
  });

  test('refuses a room without a line', () => {
    expect(imports('addon/shed/a.ts', '')).toEqual(['addon/shed has no line in the import table']);
    expect(imports('addon/shed.ts', '')).toEqual(['addon/shed has no line in the import table']);
  });

  test('lets the composition root, tests and scripts import all', () => {
    const text = "import 'ssh2';\nimport '../storage-node/catalog/open.ts';";
    for (const path of ['addon/main.ts', 'addon/daemon.ts', 'test/a.test.ts', 'scripts/bench.ts'])
      expect(imports(path, text)).toEqual([]);
  });

  test.for(Object.entries(SINGLE_ROOM))('keeps %s in its room', ([name, { only }]) => {
    const elsewhere = only.startsWith('addon/machines') ? 'addon/jobs/a.ts' : 'addon/machines/a.ts';
    const text = `import { a } from '${name}';`;
    expect(imports(elsewhere, text)[0]).toContain(`${name} is imported in ${only} only`);
    expect(imports(only.endsWith('.ts') ? only : `${only}/a.ts`, text)).toEqual([]);
  });

  test('knows packages by their subpaths, and modules of Node without their prefix', () => {
    expect(imports('addon/jobs/a.ts', "import x from 'ssh2/lib/x.js';")).toHaveLength(1);
    expect(imports('addon/jobs/a.ts', "import x from 'child_process';")).toHaveLength(1);
  });
});

describe('the check of sizes', () => {
  const files = (...lines: number[]) =>
    sizeViolations(lines.map((count, index) => ({ path: `addon/jobs/${index}.ts`, text: 'x\n'.repeat(count) })));

  test('allows the budget to the line', () => {
    expect(files(80, 80, 80, 80, 80, 150, 150, 150, 150, 300)).toEqual([]);
  });

  test.for([
    ['the median', [80, 81, 81], 81],
    ['nine of ten', [1, 1, 1, 1, 1, 1, 1, 1, 151, 151], 151],
    ['the largest', [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 301], 301],
  ] as const)('refuses more in %s', ([, lines, line]) => {
    expect(files(...lines).map((violation) => violation.line)).toEqual([line]);
  });

  test('counts files of the product alone', () => {
    expect(sizeViolations([{ path: 'test/long.test.ts', text: 'x\n'.repeat(999) }])).toEqual([]);
  });
});

describe('the check of house rules', () => {
  test.for([
    ['no console', 'console.log(1);'],
    ['no environment', 'const home = process.env.HOME;'],
    ['no environment', "const home = process.env['HOME'];"],
    ['no environment', 'const { env } = process.env;'],
    ['no any', 'let x: any;'],
    ['no any', 'let x: Map<string, any[]>;'],
    ['no any', 'const x = y as any;'],
    ['no swallowed error', 'try { a(); } catch {}'],
    ['no swallowed error', 'try {\n  a();\n} catch (error) {\n}'],
    ['no swallowed error', 'a().catch(() => {});'],
    ['no swallowed error', 'a().catch(() => undefined);'],
    ['exports are documented', 'export function begin() {}'],
    ['exports are documented', 'export async function begin() {}'],
    ['exports are documented', 'export interface Job {}'],
    ['exports are documented', 'export type Job = string;'],
    ['exports are documented', 'export const LIMIT = 1;'],
    ['exports are documented', '/** Doc. */\nexport const A = 1;\n\nexport const B = 1;'],
    ['exports are documented', '/** Doc. */\nexport const A = 1;\nexport function b() {}'],
    ['exports are documented', '/** Doc. */\nconst a = 1;\nexport class Job {}'],
    ['exports are documented', '// no doc comment\nexport class Job {}'],
    ['names say their subject', '/** D. */\nexport const jobManager = 1;'],
    ['names say their subject', '/** D. */\nexport function handleRequest() {}'],
    ['names say their subject', '/** D. */\nexport const processAll = 1;'],
    ['no banner', '// ---------- jobs'],
    ['no banner', '/* ===== */'],
    ['nothing left over', '// TODO: later'],
    ['nothing left over', '/** FIXME */\nconst a = 1;'],
  ] as const)('%s: refuses %j', ([rule, text]) => {
    expect(house('addon/jobs/a.ts', text)).toEqual([rule]);
  });

  test.for(['it.only', 'describe.skip', 'test.todo', 'test.skipIf', 'context.skip', 'test.concurrent.only'])(
    'refuses %s in tests',
    (name) => {
      expect(house('test/a.test.ts', `${name}('x', () => {});`)).toEqual(['no test left out']);
    },
  );

  test.for(['utils', 'job-helpers', 'manager', 'handle', 'process'])('refuses the file name %s', (name) => {
    expect(house(`addon/jobs/${name}.ts`, '')).toEqual(['names say their subject']);
  });

  test.for([
    'const first = AbortSignal.any([a, b]);',
    "const text = 'console.log(process.env.any)'; // no console. process.env any",
    'try { a(); } catch {\n  // the file may be gone already\n}',
    '// best effort: nobody waits for it\na().catch(() => {});',
    'a().catch(() => undefined); // best effort',
    'a().catch((error) => { log(error); });',
    '/** Doc. */\nexport function begin() {}',
    '/**\n * Doc\n * on lines.\n */\nexport interface Job {}',
    '/** Doc. */\nexport const NAMES = [1] as const;\nexport type Name = (typeof NAMES)[number];',
    '/** Doc. */\nexport function a(x: string): void;\nexport function a(x: unknown): void {}',
    '/** Names of both. */\nexport const SIDE = 1;\nexport const ASIDE = 2;\nexport const BESIDE = 3;',
    'interface Random { any<T>(list: T[]): T }',
    "export { begin } from './begin.ts';",
    'const ratio = a / b; const c = 2 / 1;',
    'const pattern = /["\'`/]/; // a quote in a pattern opens no string',
    '/** Doc. */\nexport interface ProcessMark {}',
    '/** Doc. */\nexport function endProcess() {}',
  ])('allows %j', (text) => {
    expect(house('addon/jobs/a.ts', text)).toEqual([]);
  });

  test('lets the configuration read the environment, and tests set it', () => {
    expect(house('addon/config.ts', 'process.env;')).toEqual([]);
    expect(house('test/a.ts', 'process.env.A;')).toEqual([]);
  });

  test('counts code in a template as code, and finds the way out of nested ones', () => {
    expect(house('addon/jobs/a.ts', `const a = \`x \${console.log({ a: \`}\` })} console.log\`;`)).toEqual([
      'no console',
    ]);
  });
});
