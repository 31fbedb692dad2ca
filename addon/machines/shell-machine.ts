import { randomBytes } from 'node:crypto';
import type { Log } from '../../storage-node/base/log.ts';
import { type Conversation, type Talk, talk } from './conversation.ts';
import type { Machine, Outcome, RunLimits } from './machine.ts';
import { place } from './place.ts';
import { programText } from './program.ts';
import { pump } from './pump.ts';
import { runText, sessionText } from './session.ts';

/** What a script is told, and how long it may take, besides its own text. */
export type ScriptOptions = Pick<Talk, 'feed' | 'onOutput'> & { readonly limits?: RunLimits };

/** Runs a script of ours in a session of its own: `subject` says what for. The text may use what sessionText defines. */
export type RunScript = (
  subject: string,
  text: (session: { readonly id: string; readonly shell: string }) => string,
  options?: ScriptOptions,
) => Promise<Outcome>;

/** Where a machine's shells come from. */
export interface Shells {
  readonly name: string;
  readonly log: Log;
  /** The shell that runs our scripts there; it is a POSIX shell. */
  readonly shell?: string;
  open(): Promise<Conversation>;
  close(): Promise<void>;
}

/** A machine over anything that can open a shell on it. */
export function machineOver(shells: Shells): Machine {
  const { name, log, shell = '/bin/sh' } = shells;
  const script: RunScript = async (subject, text, options = {}) => {
    options.limits?.signal?.throwIfAborted();
    const id = randomBytes(16).toString('hex');
    const whole = sessionText(id, shell) + text({ id, shell });
    return await talk(await shells.open(), { subject: `${subject} on ${name}`, id, script: whole, ...options });
  };
  return {
    name,
    run: async (command, limits = {}) => {
      const body = programText(command);
      return await script(command.argv[0] ?? '', () => runText(body), { limits });
    },
    pump: (pipeline, limits = {}) => pump(script, pipeline, limits),
    place: (file, limits = {}) => place({ name, log }, script, file, limits),
    [Symbol.asyncDispose]: () => shells.close(),
  };
}
