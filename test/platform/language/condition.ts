import { execute } from './code.ts';
import { type Frame, resolveText, sourcesOf } from './frame.ts';

/** Whether a condition is met; null, and a line in the log, where it is no valid expression. */
export async function conditionOf(text: string, frame: Frame): Promise<boolean | null> {
  const { engine, installation, place } = frame;
  const expression = await resolveText(text, frame);
  const { families } = await sourcesOf(frame);
  const result = await execute(
    `return !!(function () { return (${expression}\n); }).call(self);`,
    `${place} condition`,
    { engine, scope: installation.scope, manifest: null, variables: { ...families, self: families.this } },
  );
  if ('value' in result) return result.value === true;
  engine.options.log(`invalid condition: ${expression} (${result.error})`);
  return null;
}
