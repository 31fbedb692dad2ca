import { constants, createContext, Script } from 'node:vm';
import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { furnish } from './furniture.ts';

/** What a worker is started with. */
export interface Assignment {
  readonly code: string;
  readonly name: string;
  /** Furnishing as JSON. */
  readonly furnishing: string;
  readonly port: MessagePort;
  readonly flag: SharedArrayBuffer;
}

const { code, name, furnishing, port, flag } = workerData as Assignment;
const signal = new Int32Array(flag);

function bridge(request: string): string {
  try {
    port.postMessage({ request });
    Atomics.wait(signal, 0, 0);
    Atomics.store(signal, 0, 0);
    return (receiveMessageOnPort(port)?.message as string | undefined) ?? '{"error":"no answer"}';
  } catch (error) {
    return JSON.stringify({ error: String(error) });
  }
}

/** The place in the script where an error came up, from its stack. */
function placeOf(stack: string): string {
  const at = stack.indexOf(`${name}:`);
  if (at < 0) return '';
  const line = /^\d+/.exec(stack.slice(at + name.length + 1))?.[0];
  return line === undefined ? ` (${name})` : ` (${name}:${line})`;
}

function run(): string {
  // Vanilla contexts have no object of this realm behind their globals.
  const context = createContext(constants.DONT_CONTEXTIFY as unknown as object);
  const inside = (source: string, filename: string) =>
    new Script(source, { filename }).runInContext(context) as unknown;
  const furnishInside = inside(`(${furnish.toString()})`, 'furniture') as typeof furnish;
  const told = inside(
    '(function (run, found) { var s = JSON.stringify; try { var v = run(); if (v === undefined) v = found.result(); return s({ value: v === undefined ? null : v, nothing: v === undefined }); }' +
      ' catch (e) { return s({ error: String(e), stack: String(e && e.stack), missed: found.missed() }); } })',
    'frame',
  ) as (run: unknown, found: unknown) => string;
  const furnished = furnishInside(bridge, furnishing);
  const outcome = JSON.parse(told(inside(`(function () {${code}\n})`, name), furnished)) as {
    error?: string;
    stack?: string;
    missed?: readonly string[];
  };
  const called = /\.(\w+) is not a function$/.exec(outcome.error ?? '')?.[1] ?? '';
  const missed = outcome.missed?.find((path) => path.endsWith(`.${called}`));
  if (missed !== undefined) outcome.error += `: the stand-in platform has no API method ${missed}`;
  if (outcome.error !== undefined) outcome.error += placeOf(outcome.stack ?? '');
  return JSON.stringify(outcome);
}

let outcome: string;
try {
  outcome = run();
} catch (error) {
  outcome = JSON.stringify({ error: String(error) });
}
port.postMessage({ outcome });
// Nothing that the script left waiting may run any more.
process.exit(0);
