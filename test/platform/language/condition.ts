import { constants, createContext, Script } from 'node:vm';
import { execute } from './code.ts';
import { type Frame, resolveText, sourcesOf } from './frame.ts';
import type { Result } from './script/run.ts';
import { accept } from './script/syntax.ts';
import type { Mapping } from './types.ts';

const LONGEST_MS = 2000;
/** Names that only a script's own thread can offer, because it may stand still for an answer. */
const OUTSIDE = /\b(?:jelastic|api|hivext|java|com|org|getParam)\b/;

/** Evaluates what asks nobody, in a context that has nothing but these values. */
function evaluate(code: string, name: string, values: Mapping): Result {
  const accepted = accept(code, name, 'vendor');
  if ('refused' in accepted) return { error: accepted.refused };
  try {
    const context = createContext(constants.DONT_CONTEXTIFY as unknown as object);
    const setUp = 'for (var __n in __v) globalThis[__n] = __v[__n];';
    new Script(`var __v = JSON.parse(${JSON.stringify(JSON.stringify(values))}); ${setUp}`).runInContext(context);
    const value: unknown = new Script(`(function () {${code}\n})()`).runInContext(context, { timeout: LONGEST_MS });
    return { value };
  } catch (error) {
    return { error: String(error) };
  }
}

/** Whether a condition is met; null, and a line in the log, where it is no valid expression. */
export async function conditionOf(text: string, frame: Frame): Promise<boolean | null> {
  const { engine, installation, place } = frame;
  const expression = await resolveText(text, frame);
  const { families } = await sourcesOf(frame);
  const values = { ...families, self: families.this };
  const code = `return !!(function () { return (${expression}\n); }).call(self);`;
  const name = `${place} condition`;
  const result = OUTSIDE.test(expression)
    ? await execute(code, name, {
        engine,
        scope: installation.scope,
        manifest: installation.manifest,
        variables: values,
      })
    : evaluate(code, name, values);
  if ('value' in result) return result.value === true;
  engine.options.log(`invalid condition: ${expression} (${result.error})`);
  return null;
}
