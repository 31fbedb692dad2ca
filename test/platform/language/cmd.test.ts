import { describe, expect, test } from 'vitest';
import { SCOPE } from './fakeWorld.ts';
import { type Around, calls, run } from './kit.ts';

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
