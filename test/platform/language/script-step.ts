import { type Around, run } from './kit.ts';

/** The base of the manifests that tests run, where their files are found. */
export const BASE = 'https://host.test/app/';

/** A step that runs this code. */
export const scriptStep = (code: string) => `- script: |\n${code.replace(/^/gm, '    ')}`;

/** Runs code as a script; answers what it returned, or the error that it ended with. */
export async function valueOfCode(code: string, around: Around = {}): Promise<unknown> {
  const { outcome } = await run(
    scriptStep(`var value = (function () {\n${code}\n})();\nreturn { result: 0, value: value };`),
    around,
  );
  return outcome.answer.error ?? outcome.answer.value;
}
