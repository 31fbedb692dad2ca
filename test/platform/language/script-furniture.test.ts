import { describe, expect, test } from 'vitest';
import { run } from './kit.ts';
import { scriptStep, valueOfCode } from './script-step.ts';

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
