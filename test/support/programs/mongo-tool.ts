import { readFileSync, writeFileSync } from 'node:fs';
import { asksForLogin, login, reachable, type StoreState } from './mongo-store.ts';

/** Options of one of the database tools, as given on its command line and in its configuration file. */
export interface ToolOptions {
  readonly flags: ReadonlySet<string>;
  readonly state: StoreState;
}

const known = new Set(['host', 'username', 'authenticationDatabase', 'config', 'sslCAFile', 'sslPEMKeyFile']);

/** Says something the way the tools do: the time, a tab, the words, on stderr. */
export const say = (words: string): void => {
  process.stderr.write(`${new Date().toISOString()}\t${words}\n`);
};

/** Begins a stand-in: its name for `pgrep -x`, its options, its login. Ends with 1 and `Failed:` like the real ones when it may not. */
export function begin(name: string, flagsKnown: readonly string[]): ToolOptions {
  writeFileSync('/proc/self/comm', name);
  const flags = new Set<string>();
  const values = new Map<string, string>();
  for (const word of process.argv.slice(2)) {
    const [, option = '', value] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (value !== undefined && known.has(option)) values.set(option, value);
    else if (value === undefined && flagsKnown.includes(option)) flags.add(option);
    else return fail(`error parsing command line options: unknown option "${word}"`);
  }
  try {
    const state = reachable();
    const config = values.has('config') ? readFileSync(values.get('config') ?? '', 'utf8') : '';
    const password = JSON.parse(/^password: (.*)$/m.exec(config)?.[1] ?? '""') as string;
    const roles = values.has('username') ? login(values.get('username') ?? '', password) : asksForLogin() ? null : [];
    if (roles === null)
      return fail("can't create session: unable to authenticate: (AuthenticationFailed) Authentication failed.");
    return { flags, state };
  } catch (error) {
    return fail(`can't create session: could not connect to server: ${(error as Error).message}`);
  }
}

/** Ends the program as the tools do. */
export function fail(words: string): never {
  say(`Failed: ${words}`);
  process.exit(1);
}
