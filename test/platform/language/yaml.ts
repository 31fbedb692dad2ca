import { LineCounter, parseDocument } from 'yaml';
import { indentQuotes } from './lenient.ts';
import { isMapping } from './mapping.ts';

/** Of the words of 1.1 for booleans the platform's reader leaves out the single letters. */
function withoutLetters(tag: unknown): unknown {
  if (!isMapping(tag) || tag.tag !== 'tag:yaml.org,2002:bool' || !(tag.test instanceof RegExp)) return tag;
  const isTrue = tag.test.test('yes');
  return {
    ...tag,
    test: isTrue ? /^(?:yes|Yes|YES|true|True|TRUE|on|On|ON)$/ : /^(?:no|No|NO|false|False|FALSE|off|Off|OFF)$/,
  };
}

type ParseOptions = Parameters<typeof parseDocument>[1];

const YAML_1_1 = {
  version: '1.1',
  merge: true,
  uniqueKeys: false,
  strict: false,
  customTags: (tags: readonly unknown[]) => tags.map(withoutLetters),
};

function attempt(text: string) {
  const lines = new LineCounter();
  return { parsed: parseDocument(text, { ...YAML_1_1, lineCounter: lines } as ParseOptions), lines };
}

/**
 * Reads YAML as of version 1.1, as the platform does: `yes` and `off` are booleans, `12:30` is a number, of two equal keys the last wins.
 * `problem` is what is wrong with a text that is none, with its place.
 */
export function readYaml(text: string) {
  const strictly = attempt(text);
  const [problem] = strictly.parsed.errors;
  const { parsed, lines } = problem === undefined ? strictly : attempt(indentQuotes(text));
  return { parsed, lines, problem: parsed.errors.length === 0 ? null : (problem?.message ?? '') };
}

/** The value of a text in YAML. Throws where it is none. */
export function parseYaml(text: string): unknown {
  const { parsed, problem } = readYaml(text);
  if (problem !== null) throw new Error(problem);
  return parsed.toJS({ maxAliasCount: 1000 });
}
