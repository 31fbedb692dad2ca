import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'acorn';
import { bareName, type Complain, type Document, formsOf, stepsOf } from './document.ts';

const FOLDER = 'scripts/platform';
/** What the platform may put into a script before it runs: a whole text, with a default, or as base64, which has no character of code. */
const WHOLE_TEXT = /"\$\{(?:env|targetNodes|settings|quota)\.[A-Za-z.]+(?::|\.toBase64\(\))\}"/g;

/** Scripts of the platform's own engine: ES5, and no `${` but for whole texts that the platform fills in. */
export function checkScripts(root: string, complainOf: (file: string) => Complain): void {
  for (const name of readdirSync(join(root, FOLDER)).filter((file) => file.endsWith('.js'))) {
    const text = readFileSync(join(root, FOLDER, name), 'utf8');
    const complain = complainOf(`${FOLDER}/${name}`);
    if (text.replace(WHOLE_TEXT, '""').includes('${'))
      complain(
        'placeholder in script',
        '',
        'the platform puts something in place of every dollar with braces, in comments and strings too',
      );
    checkCode(text, '', complain);
  }
}

/** Code that stands in a manifest. */
export function checkInlineScripts({ content }: Document, complain: Complain): void {
  const inits = [
    ['onBeforeInit', content.onBeforeInit],
    ['onBeforeInstall', content.onBeforeInstall],
    ...formsOf(content).map(([name, form]) => [`settings.${name}.onBeforeInit`, form.onBeforeInit] as const),
  ] as const;
  const steps = stepsOf(content)
    .filter(({ key }) => bareName(key) === 'script')
    .map(({ where, value }) => [where, value] as const);
  for (const [where, code] of [...inits, ...steps]) {
    if (typeof code === 'string' && /[\s;(]/.test(code)) checkCode(code, where, complain);
  }
}

function checkCode(text: string, where: string, complain: Complain): void {
  try {
    parse(text.replace(/\$\{[^}]*\}/g, 'x'), { ecmaVersion: 5, allowReturnOutsideFunction: true });
  } catch (error) {
    complain('not ES5', where, `the platform’s engine would refuse it: ${(error as Error).message}`);
  }
}
