import { describe, expect, test } from 'vitest';
import { SCOPE } from './fakeWorld.ts';
import { kit, run } from './kit.ts';
import { BASE, scriptStep, valueOfCode } from './script-step.ts';

describe('a script', () => {
  test('may be lines, a path, or an address', async () => {
    const files = (world: { files: Record<string, string> }) => {
      world.files[`${BASE}a.js`] = 'return { result: 0, from: "path" };';
      world.files['https://x.test/b.js'] = 'return { result: 0, from: "address" };';
    };
    const steps = `- script: ["var a = 'lines';", "return { result: 0, from: a };"]\n- log: "\${response.from}"\n- script: a.js\n- log: "\${response.from}"\n- script: https://x.test/b.js?_r=1\n- log: "\${response.from}"`;
    const { told, outcome } = await run(steps, {
      prepare: (world) => {
        files(world);
        world.files['https://x.test/b.js?_r=1'] = world.files['https://x.test/b.js'] ?? '';
      },
    });
    expect(outcome.answer.result).toBe(0);
    expect(told('')).toEqual(['lines', 'path', 'address']);
  });

  test('is the text itself when its path leads nowhere, and a failure when its address does', async () => {
    expect((await run('- script: return')).outcome.answer.result).toBe(0);
    expect((await run('- script: https://x.test/gone.js')).outcome.answer).toMatchObject({
      result: 99,
      error: expect.stringContaining('https://x.test/gone.js'),
    });
  });

  test('has its placeholders replaced, in comments and strings and in fetched files too', async () => {
    const { told } = await run('- script: a.js\n- log: "${response.a} ${response.b}"', {
      settings: { a: 'x' },
      prepare: (world) => {
        world.files[`${BASE}a.js`] =
          '// ${settings.a}\nvar seen = "${settings.a}-${env.name}-${nodes.cp.id}";\nreturn { result: 0, a: seen, b: "${settings.none}" };';
      },
    });
    expect(told('')).toEqual(['x-shop-11 ${settings.none}']);
  });

  test.for([
    ['names of its own', 'return a + b;', 'x1'],
    ['getParam', 'return getParam("a") + getParam("none", "d");', 'xd'],
  ] as const)('reads its parameters by %s', async ([, code, expected]) => {
    const steps = `- script: 'return { result: 0, value: (function () { ${code} })() };'\n  params: { a: "\${settings.a}", b: 1 }`;
    expect((await run(steps, { settings: { a: 'x' } })).outcome.answer.value).toBe(expected);
  });

  test('has parameters beside it too, lists and maps as JSON', async () => {
    const steps =
      "- script: 'return { result: 0, value: a + typeof b + b };'\n  a: one\n  params: { b: '${nodes.cp.first.id}' }";
    expect((await run(steps)).outcome.answer.value).toBe('onestring11');
    const listed =
      "- script: 'return { result: 0, value: JSON.parse(all).length };'\n  params: { all: '${nodes.sqldb}' }";
    expect((await run(listed)).outcome.answer.value).toBe(2);
  });

  test('says which parameter it requires and does not have', async () => {
    const { outcome } = await run(
      scriptStep('//@req(name, token)\nreturn name;')
        .replace('script: |', 'script: |')
        .concat('\n  params: { name: a }'),
    );
    expect(outcome.answer.error).toBe('actions.go script: parameter token is required and not given');
  });

  test('runs once for each node of its selector', async () => {
    const { world } = await run("- script[sqldb]: 'return api.a.b.Note({ id: nodeId, group: nodeGroup });'");
    expect(world.of('a.b.Note')).toEqual([
      { id: 21, group: 'sqldb' },
      { id: 22, group: 'sqldb' },
    ]);
  });

  test('in Java is not known', async () => {
    expect((await run('- { script: a, type: java }')).outcome.answer.error).toContain(
      'scripts of type java are not known',
    );
  });
});

describe('calls of the platform from a script', () => {
  test('stand still for the answer, by position or by name, under either name', async () => {
    const { world } = await run(
      scriptStep(
        "var info = jelastic.env.control.GetEnvInfo('shop', session);\nreturn api.environment.control.StopEnv({ envName: info.env.envName, session: session });",
      ),
      {
        prepare: (fake) => {
          fake.answers['environment.control.GetEnvInfo'] = { result: 0, env: { envName: 'shop' } };
        },
      },
    );
    expect(world.calls.map(({ method, parameters }) => [method, parameters])).toEqual([
      ['environment.control.GetEnvInfo', ['shop', 'session-17']],
      ['environment.control.StopEnv', { envName: 'shop', session: 'session-17' }],
    ]);
  });

  test('may be asked for before they are made', async () => {
    expect(
      await valueOfCode('return (api.env.control.Nowhere ? "a" : "b") + (api.env.control.GetEnvs ? "c" : "d");'),
    ).toBe('bc');
    expect(await valueOfCode('return api.env.control.Nowhere();')).toBe(
      'TypeError: api.env.control.Nowhere is not a function: the stand-in platform has no API method env.control.Nowhere (actions.go script:2)',
    );
  });

  test('write to the console of the platform', async () => {
    const { told } = await run(
      scriptStep(
        "jelastic.marketplace.console.WriteLog('one');\napi.marketplace.console.WriteLog(appid, session, 'two');",
      ),
    );
    expect(told('')).toEqual(['one', 'two']);
  });
});

describe('a script that goes wrong', () => {
  test('is result 99 with the error and its place', async () => {
    const { outcome } = await run('- script: a.js', {
      prepare: (world) => {
        world.files[`${BASE}a.js`] = 'var a = {};\n\nreturn a.b.c;';
      },
    });
    expect(outcome.answer).toMatchObject({
      result: 99,
      error: expect.stringMatching(/^TypeError: .*\(https:\/\/host\.test\/app\/a\.js:3\)$/),
    });
  });

  test('that never ends is ended', async () => {
    const { outcome } = await run(scriptStep('while (true) {}'), { options: { scriptTimeoutMs: 300 } });
    expect(outcome.answer).toEqual({ result: 99, error: 'actions.go script ran longer than 0.3 s and was ended' });
  });

  test('that waits for an answer that never comes is ended', async () => {
    const { outcome } = await run(scriptStep('return api.a.b.Slow();'), {
      options: { scriptTimeoutMs: 300 },
      prepare: (world) => {
        world.call = () => new Promise(() => undefined);
      },
    });
    expect(outcome.answer.error).toContain('ran longer than 0.3 s');
  });
});

describe('what a script returns', () => {
  test.for([
    ['nothing', 'return;', { result: 0 }],
    ['a map without a result', 'return { a: 1 };', { result: 0, a: 1 }],
    ['a number', 'return 4;', { result: 4 }],
    ['a number as text', 'return { result: "0" };', { result: 0 }],
    ['a word', 'return { result: "warning", message: "m" };', { result: 'warning', message: 'm' }],
    ['a text, which is an error', 'return "Stop";', { result: 11039, error: 'Stop', message: 'Stop' }],
  ] as const)('may be %s', async ([, code, answer]) => {
    expect((await run(scriptStep(code))).outcome.answer).toEqual(answer);
  });
});

describe('onAfterReturn', () => {
  test('sets globals and calls actions, after the script and before the next step', async () => {
    const steps = `${scriptStep("return { result: 0, key: 'v', onAfterReturn: { setGlobals: { a: 1 }, own: { x: 'y' }, call: [{ action: 'own', params: { x: 'z' } }, 'plain'] } };")}\n- log: "\${response.key} \${globals.a}"`;
    const { told } = await run(steps, {
      others: 'own: { log: "own ${this.x} ${globals.a}" }\nplain: { log: "plain" }',
    });
    expect(told('')).toEqual(['own y 1', 'own z 1', 'plain', 'v 1']);
  });

  test('calls methods of the platform', async () => {
    const code =
      "return { result: 0, onAfterReturn: { 'marketplace.jps.install': [{ jps: 'a', region: 'r1' }, { jps: 'b' }], 'api[cp]': 'env.control.RestartNodesByGroup' } };";
    const { world } = await run(scriptStep(code));
    expect(world.calls.map(({ method, parameters }) => [method, (parameters as Record<string, unknown>).jps])).toEqual([
      ['marketplace.jps.install', 'a'],
      ['marketplace.jps.install', 'b'],
      ['environment.control.RestartNodesByGroup', undefined],
    ]);
  });

  test('that fails stops the chain; after a failed script nothing of it is done', async () => {
    const failing = await run(`${scriptStep('return { result: 0, onAfterReturn: { gone: 1 } };')}\n- log: after`);
    expect(failing.outcome.answer).toMatchObject({ result: 1, error: expect.stringContaining('gone') });
    expect(failing.told('')).toEqual([]);
    const failed = await run(scriptStep('return { result: 3, onAfterReturn: { setGlobals: { a: 1 } } };'));
    expect(failed.installation.globals).toEqual({});
  });

  test('leaves its keys to the next step only', async () => {
    const steps = `${scriptStep("return { result: 0, key: 'v' };")}\n- log: "\${response.key}"\n- log: "\${response.key:gone}"`;
    expect((await run(steps)).told('')).toEqual(['v', 'gone']);
  });
});

describe('a script of the account', () => {
  test('answers what it returned, and only runs', async () => {
    const { language } = await kit('');
    expect(
      await language.script(
        '//@auth\n//@req(action)\nreturn { result: 5, did: action };',
        'nightly',
        { action: 'x' },
        SCOPE,
      ),
    ).toEqual({
      result: 0,
      response: { result: 5, did: 'x' },
    });
    expect(await language.script('return ${settings.a};', 'nightly', {}, SCOPE)).toMatchObject({
      result: 99,
      error: expect.stringContaining('nightly:1'),
    });
  });
});
