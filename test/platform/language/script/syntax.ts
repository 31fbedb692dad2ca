import { parse } from 'acorn';

/** Code as the engine runs it, or why it does not. */
export type Accepted = { readonly code: string; readonly newer: string | null } | { readonly refused: string };

/** Rhino on the platform takes Java's imports; a line stays a line. */
function withoutImports(code: string): string {
  return code.replace(
    /^([ \t]*)import[ \t]+([\w.]+\.(\w+))[ \t]*;?/gm,
    (_, space: string, path: string, name: string) => `${space}var ${name} = ${path};`,
  );
}

/** The last line of what is quoted in messages. */
const quoted = (code: string, line: number) => (code.split('\n')[line - 1] ?? '').trim().slice(0, 80);

function faultOf(code: string, ecmaVersion: 5 | 'latest'): { message: string; line: number } | null {
  try {
    parse(code, { ecmaVersion, allowReturnOutsideFunction: true, sourceType: 'script' });
    return null;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const { loc } = error as SyntaxError & { loc?: { line: number } };
    return { message: error.message.replace(/ \(\d+:\d+\)$/, ''), line: loc?.line ?? 1 };
  }
}

/** Holds code to ES5 with `return` at its top; `vendor` also takes what is newer and says where it begins. */
export function accept(given: string, name: string, syntax: 'es5' | 'vendor'): Accepted {
  const packages = /^[ \t]*import[ \t]+[\w.]+\.\*/m.exec(given);
  if (packages !== null) return { refused: `${name}: ${packages[0].trim()} is not known: import classes by name` };
  const code = withoutImports(given);
  const old = faultOf(code, 5);
  if (old === null) return { code, newer: null };
  const where = `${name}:${old.line}`;
  const latest = faultOf(code, 'latest');
  if (latest !== null) return { refused: `${name}:${latest.line}: ${latest.message}: ${quoted(code, latest.line)}` };
  if (syntax === 'es5') return { refused: `${where}: newer than ES5: ${quoted(code, old.line)}` };
  if (/\bimport\s*\(/.test(code)) return { refused: `${name}: import() is not known` };
  return { code, newer: `${where} is newer than ES5: ${quoted(code, old.line)}` };
}
