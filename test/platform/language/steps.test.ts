import { describe, expect, test } from 'vitest';
import { type Around, run } from './kit.ts';

const said = async (steps: string, around: Around = {}) => (await run(steps, around)).told('');

describe('a chain', () => {
  test('runs step after step, as names, maps, lists, and several actions in one map', async () => {
    const steps = '- log: one\n- other\n- - log: three\n- { log: four, other: }';
    expect(await said(steps, { others: 'other: { log: two }' })).toEqual(['one', 'two', 'three', 'four', 'two']);
  });

  test('may be a single step', async () => {
    expect(await said('log: one')).toEqual(['one']);
    expect(await said('other', { others: 'other: { log: two }' })).toEqual(['two']);
  });

  test('stops at the first result that is not 0', async () => {
    const { told, outcome } = await run(`- log: a\n- script: 'return { result: 5, message: "no" };'\n- log: b`);
    expect(outcome.answer).toMatchObject({ result: 5, message: 'no' });
    expect(told('')).toEqual(['a']);
  });

  test('names an action that does not exist', async () => {
    const { outcome } = await run('- dance: 1');
    expect(outcome.answer).toEqual({ result: 1, error: 'actions.go: the action dance is not known' });
  });

  test('that never ends is ended', async () => {
    const { outcome } = await run('- go');
    expect(outcome.answer).toMatchObject({ result: 1, error: expect.stringContaining('without end') });
  });
});

describe('if, elif and else', () => {
  const around: Around = {
    settings: { a: 'x', n: '5' },
    others: "said: { log: yes }\nown: [{ \"if (this.x == 3 && '${this.x}' == '3')\": said }]",
    prepare: (world) => {
      world.answers['system.service.GetVersion'] = { result: 0, version: '8.4-1' };
    },
  };

  test.for([
    ['a placeholder in quotes', `- if ('\${settings.a}' == 'x'): [{ log: true }]`],
    ['a placeholder as it is', '- if (${settings.n} > 4): [{ log: true }]'],
    ['bare objects', '- if (env.status == 1 && nodes.sqldb.length == 2): { log: true }'],
    ['settings that are not there', '- if (!settings.none): { log: true }'],
    ['a layer that is not there', '- if (!nodes.proxy): { log: true }'],
    ['an expression of JavaScript', `- if (/^Sh/.test("\${env.displayName}")): { log: true }`],
    ['arguments', '- own: { x: 3 }'],
    [
      'a call of the platform',
      "- if (jelastic.system.service.GetVersion().version.split('-').shift() >= '5.1'): { log: true }",
    ],
    ['what is not met', '- if (1 == 2): { log: no }\n- else: { log: true }'],
    [
      'the first branch that is met',
      '- if (1 == 2): { log: a }\n- elif (2 == 2): { log: true }\n- elif (3 == 3): { log: b }\n- else: { log: c }',
    ],
    ['else with a step between', '- if (1 == 2): { log: a }\n- sleep: 1\n- else: { log: true }'],
    ['both in one step', '- { "if (1 == 2)": { log: a }, else: { log: true } }'],
    ['an action by its name', '- if (1 == 1): said'],
    [
      'one inside of another',
      '- if (1 == 1):\n    - if (2 == 1): { log: a }\n    - else: { log: true }\n- else: { log: b }',
    ],
  ] as const)('follow %s', async ([, steps]) => {
    expect(await said(steps, around)).toEqual(['true']);
  });

  test('skip a condition that is no expression, say so, and go on', async () => {
    const { told, outcome } = await run(
      '- if (nodes.proxy.length > 1 &&): { log: a }\n- if (nodes.proxy.id > 1): { log: b }\n- log: c',
    );
    expect(outcome.answer.result).toBe(0);
    expect(told('invalid condition')).toHaveLength(2);
    expect(told('').filter((line) => line.length === 1)).toEqual(['c']);
  });

  test('reach nothing of the machine', async () => {
    const steps =
      "- if (typeof process != 'undefined' || typeof require != 'undefined'): { log: out }\n- else: { log: in }";
    expect(await said(steps)).toEqual(['in']);
    expect(
      await said(
        '- if (env.constructor.constructor("return typeof process")() == "object"): { log: out }\n- else: { log: in }',
      ),
    ).toEqual(['in']);
  });
});

describe('forEach', () => {
  const lines = async (steps: string, around: Around = {}) =>
    (await said(steps, around)).filter((line) => !line.startsWith('forEach'));

  test.for([
    ['all nodes', '- forEach(env.nodes): { log: "${@i.id}" }', ['11', '21', '22']],
    ['a layer, by a name of its own', '- forEach(n:nodes.sqldb): { log: "${@n.id} ${@}" }', ['21 0', '22 1']],
    [
      'what an answer holds',
      "- script: 'return { result: 0, list: [3, 4] };'\n- forEach(response.list): { log: '${@i}' }",
      ['3', '4'],
    ],
    [
      'a path of which a part is a placeholder',
      '- forEach(nodes.${targetNodes.nodeGroup}): { log: "${@i.id}" }',
      ['21', '22'],
    ],
    ['a placeholder', '- forEach(x:${globals.list}): { log: "${@x}" }', ['a', 'b']],
    ['arguments', '- other: { list: [1, 2] }', ['1', '2']],
    ['a list with commas', '- forEach(x:${settings.names}): { log: "${@x}" }', ['p', 'q']],
    ['settings', '- forEach(settings): { log: "${@i}" }', ['p, q']],
    ['nothing', '- forEach(nodes.proxy): { log: a }\n- forEach(${globals.none}): { log: b }', []],
  ] as const)('goes over %s', async ([, steps, expected]) => {
    const around = {
      globals: { list: ['a', 'b'] },
      settings: { names: 'p, q' },
      others: 'other: [{ "forEach(this.list)": { log: "${@i}" } }]',
    };
    expect(await lines(steps, around)).toEqual(expected);
  });

  test('may stand in another one, each with its counter', async () => {
    const steps =
      '- forEach(a:nodes.sqldb):\n    - forEach(b:nodes.sqldb): { log: "${@@a}${@@b}${@} ${@a.id}-${@b.id}" }';
    expect(await lines(steps)).toEqual(['000 21-21', '011 21-22', '100 22-21', '111 22-22']);
  });

  test('stops with the first step that fails', async () => {
    const { outcome, told } = await run(
      "- forEach(env.nodes):\n    - log: '${@i.id}'\n    - script: 'return { result: 3 };'",
    );
    expect(outcome.answer.result).toBe(3);
    expect(told('')).toEqual(['11']);
  });
});

describe('custom actions', () => {
  test.for([
    ['a map, by its keys', '- own: { a: 1, b: "${env.name}" }', ['1 shop {"a":1,"b":"shop"}']],
    ['a text', '- text: hello', ['hello']],
    ['a list of texts, each by itself', '- text: [a, b]', ['a', 'b']],
    ['nothing', '- text', ['${this}']],
  ] as const)('see as `this` %s', async ([, steps, expected]) => {
    const others = 'own: { log: "${this.a} ${this.b} ${this}" }\ntext: { log: "${this}" }';
    const found = await said(steps, { others });
    expect(found).toEqual(expected.map((line) => (line === '${this}' ? '{}' : line)));
  });

  test('hide an action of the platform of the same name', async () => {
    expect(
      await said('- deploy: 1\n- install: { a: 2 }', { others: 'deploy: { log: own }\ninstall: { log: "${this.a}" }' }),
    ).toEqual(['own', '2']);
  });

  test('have locals of their own', async () => {
    const steps = '- set: { x: 1 }\n- own\n- log: "${this.x}"';
    expect(
      await said(steps, { others: 'own: [{ log: "${this.x:none}" }, { set: { x: 2 } }, { log: "${this.x}" }]' }),
    ).toEqual(['none', '2', '1']);
  });

  test('are called with arguments from outside', async () => {
    expect(await said('- log: "${this.who}"', { params: { who: 'Anna' } })).toEqual(['Anna']);
  });
});

describe('set and setGlobals', () => {
  test('globals stay with the installation; a list stays a list', async () => {
    const { installation, told } = await run(
      '- setGlobals: { list: "${nodes.sqldb}", name: "${env.name}!" }\n- log: "${globals.list.length} ${globals.name}"',
    );
    expect(told('')).toEqual(['2 shop!']);
    expect(installation.globals).toMatchObject({ name: 'shop!', list: [{ id: 21 }, { id: 22 }] });
  });
});

test('settings know the address of the user, which is none of them', async () => {
  const steps = '- log: "${settings.jelastic_email}"\n- log: "${settings.toJSON()}"';
  expect(await said(steps, { settings: { a: '1' } })).toEqual(['anna@example.test', '{"a":"1"}']);
});

describe('response', () => {
  test('is what the action just before answered, and nothing older', async () => {
    const steps = "- script: 'return { result: 0, a: 1 };'\n- log: '${response.a}'\n- log: '${response.a:gone}'";
    expect(await said(steps)).toEqual(['1', 'gone']);
  });

  test('is seen inside of a block and of a custom action', async () => {
    const steps = "- script: 'return { result: 0, a: 1 };'\n- if (response.a == 1):\n    - own";
    expect(await said(steps, { others: 'own: { log: "${response.a}" }' })).toEqual(['1']);
  });
});

describe('return', () => {
  test('ends everything that the event began', async () => {
    const { outcome, told } = await run('- own\n- log: after', {
      others: 'own: [{ log: before }, { return: { result: 7, message: "${env.name}" } }]',
    });
    expect(outcome.answer).toEqual({ result: 7, message: 'shop' });
    expect(told('')).toEqual(['before']);
  });

  test.for([
    ['a text, which is an error', '- return: Stop', { result: 11039, type: 'error', message: 'Stop' }],
    ['a type', '- return: { type: warning, message: Mind }', { result: 'warning', type: 'warning', message: 'Mind' }],
    ['success', '- return: { result: 0, message: Fine }', { result: 0, message: 'Fine' }],
    ['a number in quotes', '- return: { result: "702" }', { result: 702 }],
  ] as const)('gives back %s', async ([, steps, answer]) => {
    expect((await run(steps)).outcome.answer).toEqual(answer);
  });
});

describe('assert, sleep and log', () => {
  test('assert only writes a line', async () => {
    const { outcome, told } = await run(
      '- assert: ["1 == 1", { condition: "1 == 2", message: "on ${env.name}" }]\n- assert: this is none',
    );
    expect(outcome.answer.result).toBe(0);
    expect(told('assert')).toEqual([
      'assert passed: 1 == 1',
      'assert failed: 1 == 2: on shop',
      'assert failed: this is none',
    ]);
  });

  test('sleep waits for milliseconds', async () => {
    expect((await run('- sleep: 1500\n- sleep: "${settings.wait}"', { settings: { wait: '20' } })).slept).toEqual([
      1500, 20,
    ]);
  });

  test('log shows maps as JSON', async () => {
    expect(await said('- log: "${event.params:[env.status]}"\n- log: { a: 1 }')).toEqual(['1', '{"a":1}']);
  });
});

test('what a user typed never becomes a placeholder, an expression or a step', async () => {
  const typed = `a' + api.a.b.Steal() + '\${globals.secret}\n- log: x <b>"$(id)"`;
  const around: Around = { settings: { typed }, globals: { secret: 's' } };
  const steps = `- script: 'return { result: 0, typed: typed };'
  params: { typed: "\${settings.typed}" }
- log: "\${response.typed}"
- cmd[cp]: echo \${settings.typed.toBase64()}`;
  const { told, world } = await run(steps, around);
  expect(told('')).toEqual([typed]);
  expect(String(world.of('environment.control.ExecCmdByGroup')[0]?.commandList)).toContain(
    Buffer.from(typed).toString('base64'),
  );
  expect(world.of('a.b.Steal')).toEqual([]);
});

test('after a condition that is no expression, else runs', async () => {
  expect((await run('- if (this is none): { log: a }\n- else: { log: b }')).told('b')).toEqual(['b']);
});
