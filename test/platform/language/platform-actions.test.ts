import { describe, expect, test } from 'vitest';
import { SCOPE } from './fakeWorld.ts';
import { type Around, calls, run } from './kit.ts';

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
