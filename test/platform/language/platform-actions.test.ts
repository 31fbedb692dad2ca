import { describe, expect, test } from 'vitest';
import { SCOPE } from './fakeWorld.ts';
import { type Around, run } from './kit.ts';

const calls = async (steps: string, around: Around = {}) =>
  (await run(steps, around)).world.calls.map(({ method, parameters }) => [method, parameters] as const);
const commands = async (steps: string, around: Around = {}) =>
  (await calls(steps, around)).map(([method, parameters]) => {
    const { commandList, nodeGroup, nodeId, userName, sayYes } = parameters as Record<string, unknown>;
    const [{ command }] = JSON.parse(String(commandList)) as [{ command: string }];
    return {
      by: method.replace('environment.control.ExecCmd', ''),
      to: nodeGroup ?? nodeId,
      command,
      userName,
      sayYes,
    };
  });

describe('cmd', () => {
  test.for([
    ['a layer', '- cmd[sqldb]: ls', [['ByGroup', 'sqldb']]],
    ['a layer with a space before', '- cmd [sqldb]: ls', [['ByGroup', 'sqldb']]],
    ['one node', '- cmd[21]: ls', [['ById', 21]]],
    ['a placeholder', '- cmd[${targetNodes.master.id}]: ls', [['ById', 22]]],
    [
      'nodes of a type',
      '- cmd[mariadb-dockerized]: ls',
      [
        ['ById', 21],
        ['ById', 22],
      ],
    ],
    [
      'several',
      '- cmd[cp, 22]: ls',
      [
        ['ByGroup', 'cp'],
        ['ById', 22],
      ],
    ],
    [
      'all layers',
      '- cmd[*]: ls',
      [
        ['ByGroup', 'cp'],
        ['ByGroup', 'sqldb'],
      ],
    ],
    ['a property beside', '- { cmd: ls, nodeGroup: cp }', [['ByGroup', 'cp']]],
    [
      'the id, before the layer and the type',
      '- { cmd: ls, nodeType: nginxphp, nodeGroup: cp, nodeId: 21 }',
      [['ById', 21]],
    ],
    ['the selector, before a property beside', '- { "cmd[sqldb]": ls, nodeGroup: cp }', [['ByGroup', 'sqldb']]],
    ['what is inside, before the selector', '- "cmd[sqldb]": { command: ls, nodeGroup: cp }', [['ByGroup', 'cp']]],
    ['what the custom action was called with', '- own[cp]', [['ByGroup', 'cp']]],
    ['its own selector, before that of the custom action', '- held[cp]', [['ByGroup', 'sqldb']]],
  ] as const)('goes to %s', async ([, steps, expected]) => {
    const found = await commands(steps, { others: 'own: { cmd: ls }\nheld: { "cmd[sqldb]": ls }' });
    expect(found.map(({ by, to }) => [by, to])).toEqual(expected);
  });

  test('goes to layers by names of the manifest', async () => {
    const around = { body: 'nodeGroupAlias: { "${targetNodes.nodeGroup}": database }' };
    expect((await commands('- cmd[database]: "echo ${nodes.database.master.id}"', around))[0]).toMatchObject({
      to: 'sqldb',
      command: 'echo 22',
    });
  });

  test.for([
    ['nobody', '- cmd[proxy]: ls', 'no node is proxy'],
    ['a node that is gone', '- cmd[99]: ls', 'no node is 99'],
    ['no target', '- cmd: ls', 'no node is named by cmd'],
  ] as const)('is result 11022 for %s', async ([, steps, error]) => {
    expect((await run(steps)).outcome.answer).toEqual({ result: 11022, error });
  });

  test('is result 11022 where there is no environment', async () => {
    const { outcome, told } = await run('- log: a\n- cmd[cp]: ls', { scope: { caller: SCOPE.caller } });
    expect(outcome.answer.result).toBe(11022);
    expect(told('')).toEqual(['a']);
  });

  test('is one command, also of several lines, as the restricted user, saying yes', async () => {
    expect(await commands('- cmd[cp]: [cd /tmp, "ls \\"${env.name}\\""]')).toEqual([
      { by: 'ByGroup', to: 'cp', command: 'cd /tmp\nls "shop"', userName: undefined, sayYes: true },
    ]);
    expect(await commands('- { "cmd[cp]": ls, user: root, sayYes: false }')).toMatchObject([
      { userName: 'root', sayYes: false },
    ]);
  });

  test('answers with its output, and fails with it', async () => {
    const steps = '- cmd[cp]: ls\n- log: "${response.out} ${response.responses[0].nodeid}"';
    expect((await run(steps)).told('')).toEqual(['done 21']);
    const failed = await run(`${steps}`, {
      prepare: (world) => {
        const responses = [{ nodeid: 11, result: 4109, out: '', errOut: 'no such file' }];
        world.answers['environment.control.ExecCmdByGroup'] = { result: 4109, error: 'exit 2', responses };
      },
    });
    expect(failed.outcome.answer).toMatchObject({ result: 4109, errOut: 'no such file' });
    expect(failed.told('')).toEqual([]);
  });

  test('of several layers gives all answers, one after the other only by sync', async () => {
    const order: unknown[] = [];
    const { outcome } = await run('- { "cmd[cp,sqldb]": ls, sync: true }', {
      prepare: (world) => {
        world.answers['environment.control.ExecCmdByGroup'] = (parameters) => {
          const { nodeGroup } = parameters as { nodeGroup: string };
          order.push(nodeGroup);
          return { result: nodeGroup === 'cp' ? 1 : 0, responses: [{ out: nodeGroup }] };
        };
      },
    });
    expect(order).toEqual(['cp', 'sqldb']);
    expect(outcome.answer).toMatchObject({ result: 1, responses: [{ out: 'cp' }, { out: 'sqldb' }] });
  });
});

const FILLED = { envName: 'shop', appid: 'app-shop', session: 'session-17' };

describe('methods of the platform', () => {
  test.for([
    [
      'api',
      '- { "api[cp]": env.control.RestartNodesByGroup, isSequential: true }',
      [['environment.control.RestartNodesByGroup', { ...FILLED, nodeGroup: 'cp', isSequential: true }]],
    ],
    [
      'api with properties beside',
      '- { api: jelastic.environment.control.SetNodeGroupDisplayName, nodeGroup: cp, displayName: Web }',
      [['environment.control.SetNodeGroupDisplayName', { ...FILLED, nodeGroup: 'cp', displayName: 'Web' }]],
    ],
    [
      'a list of methods',
      '- api: [{ method: env.control.StopEnv, params: { a: 1 } }, { method: env.control.StartEnv }]',
      [
        ['environment.control.StopEnv', { ...FILLED, a: 1 }],
        ['environment.control.StartEnv', FILLED],
      ],
    ],
    [
      'a list with its parameters beside the method, about nodes of another environment',
      '- { api: [{ method: env.control.ExecCmdById, envName: other, nodeId: 77, commandList: [{ command: ls }] }], async: true }',
      [
        [
          'environment.control.ExecCmdById',
          { ...FILLED, envName: 'other', nodeId: 77, commandList: [{ command: 'ls' }], async: true },
        ],
      ],
    ],
    [
      'a path about a layer of another environment',
      '- { env.control.SetNodeGroupDisplayName: { displayName: S }, envName: other, nodeGroup: storage }',
      [
        [
          'environment.control.SetNodeGroupDisplayName',
          { ...FILLED, envName: 'other', nodeGroup: 'storage', displayName: 'S' },
        ],
      ],
    ],
    [
      'a path as the name',
      '- { "env.control.ApplyNodeGroupData[cp]": { data: { keep: "${env.name}", sure: true } } }',
      [['environment.control.ApplyNodeGroupData', { ...FILLED, nodeGroup: 'cp', data: { keep: 'shop', sure: true } }]],
    ],
    [
      'a path without anything',
      '- environment.control.GetContainerEnvVarsByGroup[sqldb]',
      [['environment.control.GetContainerEnvVarsByGroup', { ...FILLED, nodeGroup: 'sqldb' }]],
    ],
    [
      'a path of another room',
      '- utils.scheduler.CreateEnvTask: { script: a, trigger: "cron:0" }',
      [['utils.scheduler.CreateEnvTask', { ...FILLED, appid: 'platform-scripts', script: 'a', trigger: 'cron:0' }]],
    ],
    [
      'parameters of its own, before those that are filled in',
      '- env.control.GetEnvInfo: { envName: other }',
      [['environment.control.GetEnvInfo', { ...FILLED, envName: 'other' }]],
    ],
  ] as const)('are called by %s', async ([, steps, expected]) => {
    expect(await calls(steps)).toEqual(expected);
  });

  test('answer into response, and stop the chain', async () => {
    const { told, outcome } = await run(
      '- env.control.GetEnvInfo\n- log: "${response.env.status}"\n- env.control.StopEnv\n- log: after',
      {
        prepare: (world) => {
          world.answers['environment.control.GetEnvInfo'] = { result: 0, env: { status: 4 } };
          world.answers['environment.control.StopEnv'] = { result: 11, error: 'environment not found' };
        },
      },
    );
    expect(told('')).toEqual(['4']);
    expect(outcome.answer).toEqual({ result: 11, error: 'environment not found' });
  });
});

describe('files and topology', () => {
  test.for([
    [
      'createFile',
      '- createFile[cp]: /tmp/a',
      'environment.file.Create',
      { path: '/tmp/a', isdir: false, nodeGroup: 'cp' },
    ],
    [
      'createDirectory',
      '- createDirectory[11]: /tmp/d',
      'environment.file.Create',
      { path: '/tmp/d', isdir: true, nodeId: 11 },
    ],
    [
      'writeFile',
      '- writeFile: [{ path: /a, body: "${env.name}", nodeGroup: cp }]',
      'environment.file.Write',
      { path: '/a', body: 'shop', nodeGroup: 'cp' },
    ],
    [
      'appendFile',
      '- appendFile[cp]: { path: /a, body: x }',
      'environment.file.Write',
      { path: '/a', body: 'x', isAppendMode: true },
    ],
    [
      'replaceInFile',
      '- replaceInFile[cp]: { path: /a, replacements: [{ pattern: x, replacement: y }] }',
      'environment.file.ReplaceInBody',
      { path: '/a', pattern: 'x', replacement: 'y' },
    ],
    [
      'upload',
      '- upload: [{ nodeGroup: cp, sourcePath: https://a.test/x, destPath: /x }]',
      'environment.file.Upload',
      { sourcePath: 'https://a.test/x', destPath: '/x' },
    ],
    [
      'unpack',
      '- unpack: [{ nodeGroup: cp, sourcePath: https://a.test/x.zip, destPath: /x }]',
      'environment.file.Unpack',
      { destPath: '/x' },
    ],
    [
      'addNodes',
      '- addNodes: { nodeType: proxysql, nodeGroup: proxy, cloudlets: 8 }',
      'environment.control.AddNode',
      { nodeType: 'proxysql' },
    ],
    [
      'setNodeDisplayName of a layer',
      '- setNodeDisplayName[cp]: Web',
      'environment.control.SetNodeGroupDisplayName',
      { displayName: 'Web', nodeGroup: 'cp' },
    ],
    [
      'setNodeDisplayName of a node',
      '- setNodeDisplayName[11]: Web',
      'environment.control.SetNodeDisplayName',
      { displayName: 'Web', nodeId: 11 },
    ],
    ['setNodeCount', '- setNodeCount[cp]: 3', 'environment.control.SetNodeCount', { count: 3, nodeGroup: 'cp' }],
    ['setExtIpEnabled', '- setExtIpEnabled[cp]: true', 'environment.control.SetExtIpEnabled', { enabled: true }],
    ['restartNodes', '- restartNodes[cp]', 'environment.control.RestartNodes', { nodeGroup: 'cp' }],
    [
      'restartNodes of one',
      '- restartNodes: { nodeId: 11, reboot: true }',
      'environment.control.RestartNodeById',
      { nodeId: 11, reboot: true },
    ],
    [
      'restartServices',
      '- restartServices: { nodeGroup: cp }',
      'environment.control.RestartServices',
      { nodeGroup: 'cp' },
    ],
    ['restartContainers', '- restartContainers[cp]', 'environment.control.RestartNodes', { nodeGroup: 'cp' }],
    ['addContext', '- addContext[cp]: { name: a, type: GIT }', 'environment.control.AddContext', { name: 'a' }],
    [
      'deploy',
      '- deploy[cp]: { archive: https://a.test/a.zip, name: a }',
      'environment.control.DeployApp',
      { name: 'a' },
    ],
  ] as const)('%s', async ([, steps, method, parameters]) => {
    const [[called, given] = []] = await calls(steps);
    expect(called).toBe(method);
    expect(given).toMatchObject({ envName: 'shop', ...parameters });
    expect((given as Record<string, unknown>).userName).toBeUndefined();
  });

  test('old helpers say that they are not played', async () => {
    const { outcome } = await run('- restoreSqlDump: {}');
    expect(outcome.answer.error).toContain('restoreSqlDump is a database helper');
  });
});

describe('without an environment', () => {
  const nowhere: Around = { scope: { caller: SCOPE.caller }, body: 'addons: [{ id: extra, name: Extra }]' };

  test.for([
    ['cmd', '- cmd[cp]: ls'],
    ['a file', '- writeFile[cp]: { path: /a, body: b }'],
    ['addNodes', '- addNodes: { nodeType: nginx }'],
    ['setExtIpEnabled', '- setExtIpEnabled[cp]: true'],
    ['installAddon', '- installAddon: extra'],
  ] as const)('%s is result 11022', async ([, steps]) => {
    const { outcome, world } = await run(steps, nowhere);
    expect(outcome.answer.result).toBe(11022);
    expect(world.calls).toEqual([]);
  });

  test.for([
    ['a method', '- users.account.GetUserInfo', 'users.account.GetUserInfo'],
    ['api', '- api: users.account.GetUserInfo', 'users.account.GetUserInfo'],
    ['a script', "- script: 'return api.users.account.GetUserInfo();'", 'users.account.GetUserInfo'],
    ['install', '- install: a.jps', 'marketplace.jps.Install'],
  ] as const)('%s works', async ([, steps, method]) => {
    const { outcome, world } = await run(steps, nowhere);
    expect(outcome.answer.result).toBe(0);
    expect(world.calls.map((call) => call.method)).toEqual([method]);
    expect(world.of(method)[0]?.envName).toBeUndefined();
  });
});

describe('install', () => {
  const addons = 'addons: [{ id: extra, name: Extra, onInstall: { log: x } }]';

  test.for([
    ['an address', '- install: https://a.test/m.jps', [{ jps: 'https://a.test/m.jps', nodeGroup: 'sqldb' }]],
    ['a path', '- install: addons/m.jps', [{ jps: 'https://host.test/app/addons/m.jps' }]],
    [
      'options beside',
      '- { install: m.jps, envName: other, nodeGroup: cp, settings: { a: "${env.name}" }, loggerName: L }',
      [
        {
          jps: 'https://host.test/app/m.jps',
          envName: 'other',
          nodeGroup: 'cp',
          settings: { a: 'shop' },
          loggerName: 'L',
        },
      ],
    ],
    [
      'options inside',
      '- install: { jps: m.jps, settings: { a: 1 }, displayName: D }',
      [{ settings: { a: 1 }, displayName: 'D' }],
    ],
    [
      'several side by side',
      '- install: [{ jps: a.jps }, { jps: b.jps }]',
      [{ jps: 'https://host.test/app/a.jps' }, { jps: 'https://host.test/app/b.jps' }],
    ],
    ['several layers', '- install[cp,sqldb]: a.jps', [{ nodeGroup: 'cp' }, { nodeGroup: 'sqldb' }]],
    [
      'what an answer holds',
      '- script: return { result:0, jps:MANIFEST };\n- install: ${response.jps}\n  envName: twin',
      [{ envName: 'twin', jps: expect.stringContaining('"name":"App"') }],
    ],
    [
      'an add-on of its own',
      '- installAddon: { id: extra, nodeGroup: cp }',
      [{ nodeGroup: 'cp', jps: expect.stringContaining('"name":"Extra"') }],
    ],
    ['an add-on by its selector', '- installAddon[cp]: { id: extra }', [{ nodeGroup: 'cp' }]],
  ] as const)('of %s asks the platform', async ([, steps, expected]) => {
    const found = (await run(steps, { body: addons })).world.of('marketplace.jps.Install');
    expect(found).toMatchObject(
      expected.map((parameters) => ({ session: 'session-17', envName: 'shop', ...parameters })),
    );
    expect(found).toHaveLength(expected.length);
  });

  test('of a manifest in place leaves its placeholders to it and gives it the base', async () => {
    const { world } = await run('- install: { type: update, name: B, onInstall: { log: "${env.name}" } }');
    const [parameters] = world.of('marketplace.jps.Install');
    expect(JSON.parse(String(parameters?.jps))).toEqual({
      baseUrl: 'https://host.test/app/',
      type: 'update',
      name: 'B',
      onInstall: { log: '${env.name}' },
    });
  });

  test('of an add-on of its own lends it actions, forms, responses, globals and settings', async () => {
    const around: Around = {
      body: 'settings: { main: { fields: [] } }\nresponses: { 1: { message: a } }\naddons: [{ id: extra, name: Extra, globals: { b: own }, actions: { x: { log: own } } }]',
      others: 'x: { log: lent }\ny: { log: lent }',
      globals: { a: '1', b: '2' },
      settings: { s: 'v' },
    };
    const [parameters] = (await run('- installAddon: extra', around)).world.of('marketplace.jps.Install');
    expect(parameters?.settings).toEqual({ s: 'v' });
    expect(JSON.parse(String(parameters?.jps))).toMatchObject({
      type: 'update',
      name: 'Extra',
      settings: { main: { fields: [] } },
      globals: { a: '1', b: 'own' },
      actions: { go: [{ installAddon: 'extra' }], x: { log: 'own' }, y: { log: 'lent' } },
      responses: { 1: { message: 'a' } },
    });
  });

  test('of an add-on that is not there fails', async () => {
    expect((await run('- installAddon: none', { body: addons })).outcome.answer).toEqual({
      result: 1,
      error: 'actions.go: there is no add-on none',
    });
  });

  test('stops the chain when one of several fails', async () => {
    const { outcome, told } = await run('- install: [{ jps: a.jps }, { jps: b.jps }]\n- log: after', {
      prepare: (world) => {
        world.answers['marketplace.jps.Install'] = (parameters) => ({
          result: String((parameters as { jps: string }).jps).endsWith('a.jps') ? 0 : 8,
        });
      },
    });
    expect(outcome.answer.result).toBe(8);
    expect(told('')).toEqual([]);
  });
});
