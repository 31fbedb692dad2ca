import { describe, expect, test } from 'vitest';
import { SCOPE } from './fakeWorld.ts';
import type { Manifest, Syntax } from './index.ts';
import { kit, run } from './kit.ts';

const BASE = 'https://host.test/app/';
const scriptStep = (code: string) => `- script: |\n${code.replace(/^/gm, '    ')}`;
/** Runs a script with `jelastic.a.b.Tell(…)` at hand; what it returned is under `value`. */
const valueOfCode = async (code: string, around: Parameters<typeof run>[1] = {}) => {
  const { outcome } = await run(
    scriptStep(`var value = (function () {\n${code}\n})();\nreturn { result: 0, value: value };`),
    around,
  );
  return outcome.answer.error ?? outcome.answer.value;
};

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

describe('what a script finds', () => {
  test.for([
    [
      'its session and user',
      'return [session, user.uid, user.email, typeof appid];',
      ['session-17', '17', 'anna@example.test', 'string'],
    ],
    ['no signature', 'return typeof signature;', 'undefined'],
    ['toJSON', 'return toJSON({ a: [1] });', '{"a":[1]}'],
    [
      'toJSON of what was thrown',
      'try { new com.hivext.api.core.utils.Transport().get("https://x.test/none"); } catch (e) { return toJSON(e); }',
      expect.stringContaining('https://x.test/none'),
    ],
    ['toNative', 'return toNative("[1,2]").length + toNative({ a: 1 }).a + toNative("x");', '3x'],
    ['the manifest', "return eval('(' + MANIFEST + ')').name + eval('(' + MANIFEST + ')').envGroups.length;", 'App0'],
    ['another page', 'return new com.hivext.api.core.utils.Transport().get("https://x.test/page");', 'page text'],
    ['codes of answers', 'return com.hivext.api.Response.ERROR_UNKNOWN;', 99],
    [
      'time zones of Java',
      'var z = java.util.TimeZone.getTimeZone("Europe/Berlin"); return [z.getRawOffset(), z.useDaylightTime(), z.getOffset(Date.UTC(2026, 6, 1))];',
      [3_600_000, true, 7_200_000],
    ],
    ['a zone that does not exist, which is GMT', 'return java.util.TimeZone.getTimeZone("Nowhere").getRawOffset();', 0],
    ['a pause', 'java.lang.Thread.sleep(1500); return 1;', 1],
    ['addresses encoded', 'return java.net.URLEncoder.encode("a b&c", "UTF-8");', 'a+b%26c'],
    ['texts of Java', 'return String(new java.lang.String("x"));', 'x'],
    [
      'a substitutor',
      'return new org.apache.commons.lang3.text.StrSubstitutor({ token: "t" }, "<", ">").replace("a<token>");',
      'at',
    ],
  ] as const)('is %s', async ([, code, expected]) => {
    const made = await valueOfCode(code, {
      prepare: (world) => {
        world.files['https://x.test/page'] = 'page text';
      },
    });
    expect(made).toEqual(expected);
  });

  test('is a signature where it asks for one', async () => {
    expect((await run(scriptStep('//@auth\nreturn { result: 0, value: signature };'))).outcome.answer.value).toBe(
      'session-17',
    );
  });

  test('is a class by its import', async () => {
    const code =
      'import java.util.TimeZone;\nvar zones = toNative(TimeZone.getAvailableIDs());\nreturn { result: 0, many: zones.length > 300 };';
    expect((await run(scriptStep(code))).outcome.answer).toMatchObject({ result: 0, many: true });
  });

  test.for([
    ['a class', 'return new java.io.File("/etc/passwd");', 'Error: java.io.File is not known to this stand-in'],
    ['a method', 'return java.lang.System.exit(1);', 'Error: java.lang.System.exit is not known to this stand-in'],
    ['a package', 'return com.example.Thing.run();', 'Error: com.example.Thing.run is not known to this stand-in'],
  ] as const)('is not %s that this stand-in does not play, and it says which', async ([, code, message]) => {
    expect(await valueOfCode(code)).toBe(`${message} (actions.go script:2)`);
  });

  test('is nothing of Node', async () => {
    expect(
      await valueOfCode(
        'return [typeof process, typeof require, typeof console, typeof setTimeout, typeof fetch, typeof Buffer, typeof WebAssembly].join();',
      ),
    ).toBe('undefined,undefined,undefined,undefined,undefined,undefined,undefined');
    for (const thing of ['toJSON', 'getParam', 'api.a.b.C', 'this', 'session', 'java.util.TimeZone.getDefault()']) {
      expect(await valueOfCode(`return ${thing}.constructor.constructor("return typeof process")();`)).toMatch(
        /^undefined$|TypeError|not known/,
      );
    }
  });
});

describe('older ways of vendors', () => {
  test.for([
    ['a result handed over', 'api.local.ReturnResult({ result: 0, value: 1 });', 1],
    ['another spelling of getParam', 'return { result: 0, value: getparam("none", "d") };', 'd'],
    [
      'JSON of Java',
      'import org.json.JSONObject;\nvar o = new JSONObject(\'{"a":{"b":[1]}}\');\nreturn { result: 0, value: [toNative(o).a.b[0], o.getJSONObject("a").b.length, o.has("z")] };',
      [1, 1, false],
    ],
    [
      'code of another file',
      'var Thing = new Function("return " + new com.hivext.api.core.utils.Transport().get("https://x.test/thing.js"))();\nreturn { result: 0, value: new Thing().name() };',
      'thing',
    ],
    [
      'classes named and never used',
      'var a = com.hivext.api.environment.response.EnvironmentResponse, b = java.text.SimpleDateFormat;\nreturn { result: 0, value: 1 };',
      1,
    ],
    [
      'a zone by its older name',
      'return { result: 0, value: java.util.TimeZone.getTimeZone("GMT0").getID() };',
      'GMT0',
    ],
    [
      'YAML of Java',
      'return { result: 0, value: toNative(new org.yaml.snakeyaml.Yaml().load("a: [yes, y]")).a };',
      [true, 'y'],
    ],
    [
      'loggers of Java, which nobody here reads',
      'var log = org.slf4j.LoggerFactory.getLogger("mine");\nlog.debug("one");\nreturn { result: 0, value: log.warn("two") === undefined };',
      true,
    ],
    ['names that nobody declared', 'found = 2;\nreturn { result: 0, value: found };', 2],
  ] as const)('run: %s', async ([, code, expected]) => {
    const { outcome } = await run(scriptStep(code), {
      prepare: (world) => {
        world.files['https://x.test/thing.js'] = 'function Thing() { this.name = function () { return "thing"; }; }';
      },
    });
    expect(outcome.answer).toEqual({ result: 0, value: expected });
  });

  test('say which constant nobody here has', async () => {
    const { outcome } = await run(
      scriptStep('return { result: com.hivext.api.environment.response.EnvironmentResponse.ENVIRONMENT_NOT_RUNNING };'),
    );
    expect(outcome.answer.error).toContain(
      'com.hivext.api.environment.response.EnvironmentResponse.ENVIRONMENT_NOT_RUNNING is not known',
    );
  });
});

describe('the syntax of scripts', () => {
  const newer = [
    ['let', 'let a = 1;\nreturn a;', 1],
    ['an arrow function', 'return (() => 1)();', 1],
    ['a template', 'return `a`;', 1],
    ['a class', '\nclass A {}\nreturn 1;', 2],
    ['for of', 'var s = 0;\nfor (var a of [1]) s += a;\nreturn s;', 2],
    ['a default', 'function f(a = 1) { return a; }\nreturn f();', 1],
    ['a comma at the end of arguments', 'return Math.max(1,\n2,\n);', 3],
  ] as const;

  test.for(newer)('refuses %s with its line', async ([, code, line]) => {
    const { outcome } = await run(scriptStep(code));
    expect(outcome.answer).toMatchObject({
      result: 99,
      error: expect.stringMatching(new RegExp(`^actions\\.go script:${line}: newer than ES5: `)),
    });
  });

  test.for(newer)('lets vendors have %s, and says so', async ([, code, line]) => {
    const { outcome, told } = await run(scriptStep(code), { options: { syntax: 'vendor' } });
    expect(outcome.answer.error ?? '').not.toContain('newer than ES5');
    expect(told(`actions.go script:${line} is newer than ES5: `)).toHaveLength(1);
  });

  test('names a built-in that ES5 has not, with its line', async () => {
    const { outcome } = await run(scriptStep('var a = [1];\nreturn { result: 0, value: a.includes(1) };'));
    expect(outcome.answer).toMatchObject({
      error: expect.stringContaining('is not a function: includes is newer than ES5 (actions.go script:2)'),
    });
    const mine = await run(scriptStep('return { result: mine() };'));
    expect(mine.outcome.answer.error).toBe('ReferenceError: mine is not defined (actions.go script:1)');
  });

  test('is decided for each manifest where that is wanted', async () => {
    const seen: unknown[] = [];
    const options = {
      syntax: (manifest: Manifest | null): Syntax => {
        seen.push(manifest?.id);
        return manifest === null ? 'es5' : 'vendor';
      },
    };
    const { outcome, language } = await run(scriptStep('let a = 1;\nreturn { result: 0, value: a };'), { options });
    expect(outcome.answer).toEqual({ result: 0, value: 1 });
    expect((await language.script('let a = 1;', 'nightly', {}, SCOPE)).error).toBe(
      'nightly:1: newer than ES5: let a = 1;',
    );
    expect(seen).toEqual(['app', undefined]);
  });

  test('names file and line of what is no JavaScript at all', async () => {
    const { outcome } = await run('- script: a.js', {
      options: { syntax: 'vendor' },
      prepare: (world) => {
        world.files[`${BASE}a.js`] = 'var a;\nvar b = ;';
      },
    });
    expect(outcome.answer.error).toBe(`${BASE}a.js:2: Unexpected token: var b = ;`);
  });

  test('refuses imports of whole packages', async () => {
    expect((await run(scriptStep('import java.util.*;\nreturn 1;'))).outcome.answer.error).toContain(
      'import java.util.* is not known',
    );
  });

  test.for([
    ['[1].includes(1)', 'TypeError'],
    ['"a".startsWith("a")', 'TypeError'],
    ['Object.assign({}, {})', 'TypeError'],
    ['Array.from([1])', 'TypeError'],
    ['typeof Promise + typeof Map + typeof Symbol', 'undefinedundefinedundefined'],
  ] as const)('has no built-ins newer than ES5: %s', async ([code, expected]) => {
    expect(await valueOfCode(`return ${code};`)).toContain(expected);
    expect(await valueOfCode(`return ${code};`, { options: { syntax: 'vendor' } })).not.toContain?.('TypeError');
  });

  test('has what ES5 has', async () => {
    expect(
      await valueOfCode(
        'return [Object.keys({ a: 1 })[0], [3, 1].sort().map(String).join(), JSON.stringify([1]), " a ".trim()];',
      ),
    ).toEqual(['a', '1,3', '[1]', 'a']);
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
