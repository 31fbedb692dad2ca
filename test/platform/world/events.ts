import type { Answer, Notice } from '../contract.ts';
import { type Estate, type Installed, Refusal } from './words.ts';

/** An event of an environment, as its add-ons hear of it. */
export interface Happening {
  /** Without `onBefore` and `onAfter`: `RedeployContainer`. */
  readonly name: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Known before: what is about to be touched. */
  readonly response?: Readonly<Record<string, unknown>>;
}

/** What was refused by an add-on, with the words of its `stopEvent`. */
export class Stopped extends Refusal {
  readonly type: Notice['type'];

  constructor(by: string, type: Notice['type'], message: string) {
    super(4600, message, { type, message, stoppedBy: by });
    this.type = type;
  }
}

/** Tells all add-ons of an environment of one event; answers what failed. A handler that stops it counts with the events before only. */
export async function fire(
  estate: Estate,
  environment: string,
  event: { readonly name: string; readonly params: object; readonly response: object },
): Promise<{ readonly failures: readonly string[]; readonly stopped: Stopped | null }> {
  const failures: string[] = [];
  const here = estate.installed.filter((one) => one.environment === environment);
  for (const one of here) {
    const scope = scopeOf(estate, one);
    one.installation.scope = scope;
    const data = { name: event.name, params: { ...event.params }, response: { ...event.response } };
    const run = () => estate.language.fire(one.installation, data);
    const outcome = await run().catch((error: unknown) => ({
      answer: { result: 99, error: (error as Error).message } as Answer,
      stopped: null,
      handlers: 1,
    }));
    if (outcome.stopped !== null)
      return { failures, stopped: new Stopped(one.offer.name, outcome.stopped.type, outcome.stopped.message) };
    if (outcome.answer.result !== 0)
      failures.push(
        `${one.offer.name}: ${outcome.answer.message ?? outcome.answer.error ?? `result ${outcome.answer.result}`}`,
      );
  }
  return { failures, stopped: null };
}

/** For whom and where an add-on runs by now. */
export function scopeOf(estate: Estate, one: Installed) {
  const environment = one.environment === null ? undefined : estate.environments.get(one.environment);
  const owner = environment?.owner ?? one.installation.scope.caller.uid;
  return {
    caller: estate.caller(owner),
    ...(one.environment === null ? {} : { environment: one.environment }),
    ...(one.nodeGroup === '' ? {} : { nodeGroup: one.nodeGroup }),
  };
}

/**
 * Does something that add-ons may refuse: tells them before, does it, tells them after.
 * Rejects with `Stopped` when one refuses. A handler that fails changes nothing of what happened: its words are added to the answer.
 */
export async function withEvents<Result extends Readonly<Record<string, unknown>>>(
  estate: Estate,
  environment: string,
  happenings: readonly Happening[],
  work: () => Promise<Result>,
): Promise<Result & { readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  for (const { name, params, response = {} } of happenings) {
    const before = await fire(estate, environment, { name: `onBefore${name}`, params, response });
    if (before.stopped !== null) throw before.stopped;
    warnings.push(...before.failures);
  }
  const result = await work();
  for (const { name, params, response } of [...happenings].reverse()) {
    const answer = { result: 0, ...result, ...(response?.nodes === undefined ? {} : response) };
    const after = await fire(estate, environment, { name: `onAfter${name}`, params, response: answer });
    warnings.push(...after.failures);
  }
  return { ...result, warnings };
}
