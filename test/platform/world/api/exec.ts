import type { Environment, PlatformNode } from '../words.ts';
import { type Call, environmentOf, type Methods, mustRun, nodesOf } from './method.ts';

/** The result of a call whose command ended with another exit status than 0. */
export const COMMAND_FAILED = 4109;

/** What became of a command on one node. */
export interface CommandResponse {
  readonly nodeid: number;
  readonly result: number;
  readonly out: string;
  readonly errOut: string;
  readonly exitStatus: number;
  readonly error?: string;
}

// A command begins in the home of its account. The text comes over stdin and goes on by a pipe, so that it stands in no process list. Everything that a background child
// may still write is waited for, as the platform does: what is left behind must close its output.
const wrapper = `cd ~ 2>/dev/null || cd /
script=$(cat; echo x)
exec </dev/null
# Whoever still has its end of this pipe must not hold up the rest.
answers() { exec 5>&- 2>/dev/null; [ "$1" = no ] || exec yes; }
set -o pipefail
{ bash --norc <(printf %s "\${script%x}") < <(answers "$1") 2>&1 1>&5 5>&- | cat >&2; } 5>&1 | cat`;

// No HOME and no /usr/local/sbin: commands of the platform are not run in a login.
const bareEnvironment = ['env', '-i', 'PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin'];

/** Runs a command on a node as one of its accounts: the stack's restricted one unless named. */
export async function execOn(
  node: PlatformNode,
  command: string,
  options: { readonly user: string | undefined; readonly sayYes: boolean; readonly limitMs: number },
): Promise<CommandResponse> {
  const user = options.user ?? node.kind.account;
  const argv = [...bareEnvironment, 'bash', '--norc', '-c', wrapper, 'bash', options.sayYes ? 'yes' : 'no'];
  const base = { nodeid: node.id };
  if (node.status !== 1) {
    const error = `node ${node.id} is not running`;
    return { ...base, result: 4111, out: '', errOut: '', exitStatus: -1, error };
  }
  try {
    const run = await node.host.run(argv, { user, input: command, timeoutMs: options.limitMs });
    const out = { out: run.stdout.replace(/\n$/, ''), errOut: run.stderr.replace(/\n$/, '') };
    if (run.exitCode === 0) return { ...base, result: 0, ...out, exitStatus: 0 };
    const error = `exit status ${run.exitCode}`;
    return { ...base, result: COMMAND_FAILED, ...out, exitStatus: run.exitCode, error };
  } catch (error) {
    return { ...base, result: 4110, out: '', errOut: '', exitStatus: -1, error: (error as Error).message };
  }
}

function commandText(call: Call): string {
  return call.given
    .list('commandList')
    .map((one) => {
      if (typeof one === 'string') return one;
      const { command = '', params = '' } = one as { command?: unknown; params?: unknown };
      return params === '' ? String(command) : `${command} ${params}`;
    })
    .join('\n');
}

async function exec(call: Call, environment: Environment, nodes: readonly PlatformNode[]): Promise<object> {
  mustRun(environment);
  const command = commandText(call);
  const options = {
    user: call.given.text('userName'),
    sayYes: call.given.flag('sayYes', true),
    limitMs: call.estate.commandLimitMs,
  };
  const responses = await Promise.all(nodes.map((node) => execOn(node, command, options)));
  const failed = responses.find(({ result }) => result !== 0);
  if (failed === undefined) return { responses };
  const said = failed.errOut || failed.out;
  const error = `command failed on node ${failed.nodeid}: ${failed.error ?? ''}${said === '' ? '' : `: ${said}`}`;
  return { result: failed.result, error, responses };
}

const title: NonNullable<Methods[string]['title']> = (given) => {
  const [first] = given.list('commandList');
  const command = typeof first === 'string' ? first : (first as { command?: string } | undefined)?.command;
  return String(command ?? '').split('\n')[0] || 'Execute a command';
};
const method = (selector: string): Methods[string] => ({
  parameters:
    selector === 'nodeId'
      ? ['envName', 'session', selector, 'commandList', 'sayYes', 'userName']
      : ['envName', 'session', selector, 'commandList', 'sayYes', 'async', 'userName'],
  title,
  run: async (call) => {
    const environment = environmentOf(call);
    call.given.required(selector);
    return await exec(call, environment, nodesOf(call, environment));
  },
});

/** Commands on nodes. */
export const execMethods: Methods = {
  'environment.control.ExecCmdById': method('nodeId'),
  'environment.control.ExecCmdByGroup': method('nodeGroup'),
  'environment.control.ExecCmdByType': method('nodeType'),
};
