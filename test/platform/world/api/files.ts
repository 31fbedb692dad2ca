import type { Host } from '../../../support/hosts.ts';
import { type PlatformNode, Refusal } from '../words.ts';
import { type Call, environmentOf, type Methods, mustRun, nodesOf } from './method.ts';

const FILE_EXISTS = 4036;

function nodesFor(call: Call): readonly PlatformNode[] {
  const environment = environmentOf(call);
  mustRun(environment);
  const nodes = nodesOf(call, environment);
  return call.given.flag('masterOnly') ? nodes.filter((node) => node.master) : nodes;
}

async function must(host: Host, argv: readonly string[], input?: string): Promise<string> {
  const run = await host.run(argv, input === undefined ? {} : { input });
  if (run.exitCode !== 0) throw new Refusal(4001, (run.stderr || `exit status ${run.exitCode}`).trim());
  return run.stdout;
}

const exists = async (host: Host, path: string) => (await host.run(['test', '-e', path])).exitCode === 0;

/** Files are written by root and belong to the stack's account, unless another is named or they belong to someone already. */
const writeScript = `path=$1 mode=$2 owner=$3
  [ -e "$path" ] || made=yes
  mkdir -p "$(dirname -- "$path")"
  if [ "$mode" = append ]; then cat >>"$path"; else cat >"$path"; fi
  [ -z "\${made-}" ] || chown "$owner:" "$path"`;

const path = ({ given }: Call) => {
  const wanted = given.required('path');
  if (!wanted.startsWith('/')) throw new Refusal(3, `path ${wanted} is not absolute`);
  return wanted;
};

/** Files on nodes. What is written does not stand in the tasks log; how much of it does. */
export const fileMethods: Methods = {
  'environment.file.Read': {
    parameters: ['envName', 'session', 'path', 'nodeType', 'nodeGroup', 'nodeid'],
    run: async (call) => {
      const [node] = nodesFor(call);
      return { body: await must(node?.host as Host, ['cat', '--', path(call)]) };
    },
  },
  'environment.file.Write': {
    parameters: [
      'envName',
      'session',
      'path',
      'body',
      'nodeType',
      'nodeGroup',
      'nodeid',
      'masterOnly',
      'isAppendMode',
      'userName',
    ],
    title: (given) => `Write ${given.text('path') ?? ''}`,
    run: async (call) => {
      const mode = call.given.flag('isAppendMode') ? 'append' : 'write';
      const nodes = nodesFor(call);
      for (const node of nodes) {
        const owner = call.given.text('userName') ?? node.kind.account;
        await must(node.host, ['sh', '-ec', writeScript, 'sh', path(call), mode, owner], call.given.text('body') ?? '');
      }
      return { responses: nodes.map((node) => ({ nodeid: node.id, result: 0 })) };
    },
  },
  'environment.file.Create': {
    parameters: ['envName', 'session', 'path', 'isdir', 'nodeType', 'nodeGroup', 'nodeid'],
    title: (given) => `Create ${given.text('path') ?? ''}`,
    run: async (call) => {
      for (const node of nodesFor(call)) {
        if (await exists(node.host, path(call)))
          throw new Refusal(FILE_EXISTS, `${path(call)} exists on node ${node.id}`);
        const make = call.given.flag('isdir') ? 'mkdir -p -- "$1"' : 'mkdir -p -- "$(dirname -- "$1")"; : >"$1"';
        await must(node.host, ['sh', '-ec', `${make}; chown "$2:" "$1"`, 'sh', path(call), node.kind.account]);
      }
      return {};
    },
  },
  'environment.file.Delete': {
    parameters: ['envName', 'session', 'path', 'nodeType', 'nodeGroup', 'nodeid'],
    title: (given) => `Delete ${given.text('path') ?? ''}`,
    run: async (call) => {
      for (const node of nodesFor(call)) {
        if (!(await exists(node.host, path(call))))
          throw new Refusal(4035, `${path(call)} is not found on node ${node.id}`);
        await must(node.host, ['rm', '-rf', '--one-file-system', '--', path(call)]);
      }
      return {};
    },
  },
  'environment.file.Rename': {
    parameters: ['envName', 'session', 'oldPath', 'newPath', 'nodeType', 'nodeGroup', 'nodeid'],
    title: (given) => `Rename ${given.text('oldPath') ?? ''}`,
    run: async (call) => {
      for (const node of nodesFor(call))
        await must(node.host, ['mv', '--', call.given.required('oldPath'), call.given.required('newPath')]);
      return {};
    },
  },
  'environment.file.GetList': {
    parameters: ['envName', 'session', 'path', 'nodeType', 'nodeGroup', 'nodeid'],
    run: async (call) => {
      const [node] = nodesFor(call);
      const found = await must(node?.host as Host, [
        'find',
        path(call),
        '-mindepth',
        '1',
        '-maxdepth',
        '1',
        '-printf',
        '%y\\t%s\\t%T@\\t%f\\0',
      ]);
      const object = found
        .split('\0')
        .filter(Boolean)
        .map((line) => {
          const [type, size, changed, ...name] = line.split('\t');
          return {
            name: name.join('\t'),
            isdir: type === 'd',
            size: Number(size),
            lastmodified: Number(changed) * 1000,
          };
        });
      return { object };
    },
  },
  'environment.file.ReplaceInBody': {
    parameters: ['envName', 'session', 'path', 'pattern', 'replacement', 'nth', 'nodeType', 'nodeGroup', 'nodeid'],
    title: (given) => `Replace in ${given.text('path') ?? ''}`,
    run: async (call) => {
      for (const node of nodesFor(call)) {
        const body = await must(node.host, ['cat', '--', path(call)]);
        const pattern = new RegExp(call.given.required('pattern'), 'g');
        const replaced = body.replace(pattern, call.given.text('replacement') ?? '');
        await must(node.host, ['sh', '-ec', 'cat >"$1"', 'sh', path(call)], replaced);
      }
      return {};
    },
  },
};
