import { randomUUID } from 'node:crypto';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { callFunction } from '../functions.ts';
import { parseYaml } from '../yaml.ts';
import type { Furnishing } from './furniture.ts';
import { NEWER, newerIn } from './newer.ts';
import { accept } from './syntax.ts';

/** What a script may ask of the platform while it runs. */
export interface Hosting {
  readonly call: (method: string, args: readonly unknown[]) => Promise<unknown>;
  readonly knows: (method: string) => boolean;
  readonly fetch: (address: string) => Promise<string>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly log: (line: string) => void;
  readonly timeoutMs: number;
}

/** A script that is to run. */
export interface Script extends Omit<Furnishing, 'newer'> {
  readonly code: string;
  /** Its address, or the place in the manifest that it stands at. */
  readonly name: string;
}

/** What a script returned (undefined where nothing), or why it has no value. */
export type Result = { readonly value: unknown } | { readonly error: string };

type Request = {
  kind: string;
  method?: string;
  args?: unknown[];
  address?: string;
  milliseconds?: number;
  text?: string;
  length?: number;
};

async function answer(request: Request, hosting: Hosting): Promise<unknown> {
  switch (request.kind) {
    case 'call':
      return hosting.call(request.method ?? '', request.args ?? []);
    case 'knows':
      return hosting.knows(request.method ?? '');
    case 'fetch':
      return hosting.fetch(request.address ?? '');
    case 'sleep':
      return hosting.sleep(request.milliseconds ?? 0);
    case 'log':
      return hosting.log(request.text ?? '');
    case 'yaml':
      return parseYaml(request.text ?? '');
    case 'uuid':
      return randomUUID();
    default:
      return callFunction('password', [String(request.length ?? 10)], '');
  }
}

/** Answers one request of a script that stands still until then. */
async function serve(request: string, port: MessagePort, signal: Int32Array, hosting: Hosting): Promise<void> {
  let reply: string;
  try {
    reply = JSON.stringify({ value: await answer(JSON.parse(request) as Request, hosting) });
  } catch (error) {
    reply = JSON.stringify({ error: error instanceof Error ? error.message : String(error) });
  }
  port.postMessage(reply);
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
}

/** Runs a script in a thread and a context of its own, where calls of the platform stand still until they are answered. */
export async function runScript(script: Script, hosting: Hosting): Promise<Result> {
  const accepted = accept(script.code, script.name, script.syntax);
  if ('refused' in accepted) return { error: accepted.refused };
  if (accepted.newer !== null) hosting.log(accepted.newer);
  const { port1, port2 } = new MessageChannel();
  const flag = new SharedArrayBuffer(4);
  const { syntax, variables, parameters, form, name } = script;
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: {
      code: accepted.code,
      name,
      furnishing: JSON.stringify({ syntax, variables, parameters, form, newer: NEWER } satisfies Furnishing),
      port: port2,
      flag,
    },
    transferList: [port2],
    env: {},
    argv: [],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 256 },
  });
  const { promise, resolve } = Promise.withResolvers<Result>();
  const timer = setTimeout(
    () => resolve({ error: `${name} ran longer than ${hosting.timeoutMs / 1000} s and was ended` }),
    hosting.timeoutMs,
  );
  const named = (error: string) => {
    const [, message = error, place = ''] = /^(.*?)( \([^()]*:\d+\))?$/s.exec(error) ?? [];
    return `${message}${syntax === 'es5' ? newerIn(message) : ''}${place}`;
  };
  port1.on('message', (message: { request?: string; outcome?: string }) => {
    if (message.request !== undefined) void serve(message.request, port1, new Int32Array(flag), hosting);
    if (message.outcome === undefined) return;
    const outcome = JSON.parse(message.outcome) as { value?: unknown; nothing?: boolean; error?: string };
    if (outcome.error !== undefined) resolve({ error: named(outcome.error) });
    else resolve({ value: outcome.nothing ? undefined : outcome.value });
  });
  worker.on('error', (error) => resolve({ error: `${name}: ${error}` }));
  worker.on('exit', () => setTimeout(() => resolve({ error: `${name} ended without an answer` }), 50));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    port1.close();
    await worker.terminate();
  }
}
