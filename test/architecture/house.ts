import { posix } from 'node:path';
import { lineAt, type Scanned, type Violation } from './source.ts';

type Finding = readonly [position: number, message: string];
type HouseRule = (source: Scanned) => readonly Finding[];

const isProduct = (path: string) => path.startsWith('addon/') || path.startsWith('storage-node/');
/** `handle` and `process` say nothing as verbs; a process of the machine's may be called one. */
const VAGUE = /\b(?:[Uu]tils?|[Hh]elpers?|[Mm]anagers?)\b|^(?:handle|process)\b/;
const EXPORT =
  /^export\s+(?:default\s+)?(?:declare\s+)?(?:abstract\s+)?(?:async\s+)?(function\*?|class|interface|type|const|let|var)\s+([\w$]+)/gm;
const SWALLOWING =
  /\bcatch\s*(?:\([^)]*\)\s*)?\{\s*\}|\.catch\(\s*(?:async\s*)?\([^)]*\)\s*=>\s*(?:\{\s*\}|undefined|null|void 0)\s*,?\s*\)/g;

function inCode(pattern: RegExp, message: (found: string) => string): HouseRule {
  return (source) => [...source.code.matchAll(pattern)].map((match) => [match.index, message(match[0])]);
}

function inComments(pattern: RegExp, message: string): HouseRule {
  return (source) =>
    source.comments.filter((comment) => pattern.test(comment.text)).map((comment) => [comment.start, message]);
}

function unexplainedCatches(source: Scanned): Finding[] {
  return [...source.code.matchAll(SWALLOWING)].flatMap((match): Finding[] => {
    const end = match.index + match[0].length;
    const lineStart = source.text.lastIndexOf('\n', match.index) + 1;
    const nextLine = source.text.indexOf('\n', end);
    const lineEnd = nextLine < 0 ? source.text.length : nextLine;
    const explained = source.comments.some(
      (comment) =>
        (comment.start >= lineStart && comment.start <= lineEnd) ||
        (comment.end <= match.index && source.text.slice(comment.end, lineStart).trim() === ''),
    );
    return explained ? [] : [[match.index, 'a swallowed error needs a comment with its reason']];
  });
}

/** Whether an exported line stands right below another: then one comment may speak for both. */
function follows({ text }: Scanned, position: number): boolean {
  const before = text.slice(0, position - 1);
  return /^export\s+const\b/.test(before.slice(before.lastIndexOf('\n') + 1));
}

function undocumentedExports(source: Scanned): Finding[] {
  if (!isProduct(source.path)) return [];
  const seen = new Set<string>();
  const spoken = new Set<string>();
  let previousName = '';
  return [...source.code.matchAll(EXPORT)].flatMap((match): Finding[] => {
    const [, kind = '', name = ''] = match;
    if (seen.has(name)) return [];
    seen.add(name);
    const documented = source.comments.some(
      (comment) =>
        comment.text.startsWith('/**') &&
        /^\s*$/.test(source.text.slice(comment.end, match.index)) &&
        comment.end <= match.index,
    );
    const derived = kind === 'type' && /\btypeof\s/.test(source.code.slice(match.index).split(';', 1)[0] ?? '');
    const grouped = kind === 'const' && follows(source, match.index) && spoken.has(previousName);
    previousName = name;
    if (documented || grouped) spoken.add(name);
    return documented || derived || grouped ? [] : [[match.index, `exported ${kind} ${name} has no doc comment`]];
  });
}

function vagueNames(source: Scanned): Finding[] {
  const isVague = (name: string) => VAGUE.test(name.replace(/([a-z0-9])([A-Z])/g, '$1 $2'));
  const file = posix.basename(source.path, '.ts');
  const names = [...source.code.matchAll(EXPORT)].filter((match) => isVague(match[2] ?? ''));
  return [
    ...(isVague(file) ? [[0, `file name ${file} says nothing of its subject`] as const] : []),
    ...names.map((match) => [match.index, `exported name ${match[2]} says nothing of its subject`] as const),
  ];
}

const onlyWhere =
  (applies: (path: string) => boolean, rule: HouseRule): HouseRule =>
  (source) =>
    applies(source.path) ? rule(source) : [];

/** The house rules by name. */
export const HOUSE_RULES: Readonly<Record<string, HouseRule>> = {
  'no console': inCode(/(?<![.\w$])console\s*\./g, () => 'the log is the only place to write to'),
  'no environment': onlyWhere(
    (path) => isProduct(path) && path !== 'addon/config.ts',
    inCode(/\bprocess\s*(?:\?\.|\.)\s*env\b/g, () => 'addon/config.ts alone reads the environment'),
  ),
  'no any': inCode(/(?<![.\w$])any\b(?!\s*[(:?<])/g, () => 'any hides what is passed; say unknown and check'),
  'no test left out': onlyWhere(
    (path) => path.startsWith('test/'),
    inCode(
      /\b(?:test|it|describe|suite|context)(?:\.\w+)*\.(?:only|skip|todo|skipIf|runIf)\b|(?<![.\w$])skip\s*\(/g,
      (found) => `${found} leaves tests out`,
    ),
  ),
  'no swallowed error': unexplainedCatches,
  'exports are documented': undocumentedExports,
  'names say their subject': vagueNames,
  'no banner': inComments(/([-=*#~_─═])\1{3,}/, 'a banner shows that a second subject moved in'),
  'nothing left over': inComments(/\b(?:TODO|FIXME|XXX|HACK)\b/, 'do it or leave it'),
};

/** Where sources break the house rules. */
export function houseViolations(sources: readonly Scanned[]): Violation[] {
  return sources.flatMap((source) =>
    Object.entries(HOUSE_RULES).flatMap(([rule, check]) =>
      check(source).map(([position, message]) => ({
        rule,
        path: source.path,
        line: lineAt(source, position),
        message,
      })),
    ),
  );
}
