/** What the script's side asks of the platform's side, as text both ways. */
export type Bridge = (request: string) => string;

/** What a script finds when it starts. */
export interface Furnishing {
  readonly syntax: 'es5' | 'vendor';
  readonly variables: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Name of the form that the variable `settings` is, or null where there is none; `` is the whole of jps.settings. */
  readonly form: string | null;
  /** Built-ins by what they stand on, which scripts that are held to ES5 do not find. */
  readonly newer: Readonly<Record<string, readonly string[]>>;
}

/** What can be read from outside once the script has ended. */
export interface Furnished {
  /** What the script handed to `api.local.ReturnResult`. */
  readonly result: () => unknown;
  /** Methods that the script looked for and that the platform has not. */
  readonly missed: () => readonly string[];
}

/**
 * Furnishes the context of a script with the platform's names. Its source text is evaluated inside of that context, so it
 * refers to nothing around it, and nothing of Node is ever handed in but `bridge`, which stays in here.
 */
export function furnish(bridge: Bridge, given: string): Furnished {
  const furnishing = JSON.parse(given) as Furnishing;
  const scope = globalThis as unknown as Record<string, unknown>;
  const { parse, stringify } = JSON;
  const ask = (request: object): unknown => {
    const answer = parse(bridge(stringify(request))) as { value?: unknown; error?: string };
    if (answer.error !== undefined) throw new Error(answer.error);
    return answer.value;
  };
  const notKnown = (what: string) => new Error(`${what} is not known to this stand-in`);
  // Kept from what ES5 scripts lose below.
  const Trap = Proxy;
  const International = Intl;
  const asked: Record<string, boolean> = {};

  const method = (path: string): unknown => {
    const known = asked[path] ?? ask({ kind: 'knows', method: path });
    asked[path] = known === true;
    if (known !== true) return undefined;
    return (...args: unknown[]) => ask({ kind: 'call', method: path, args });
  };
  let returned: unknown;
  const returnResult = (value: unknown) => {
    returned = value;
  };
  const api = (path: string, depth: number): unknown =>
    new Trap({} as Record<string, unknown>, {
      get: (_, key) => {
        if (typeof key === 'symbol' || key === 'toString' || key === 'valueOf') return () => `[api ${path}]`;
        const inner = path === '' ? key : `${path}.${key}`;
        if (inner === 'local.ReturnResult') return returnResult;
        return depth === 2 ? method(inner) : api(inner, depth + 1);
      },
    });
  for (const name of ['jelastic', 'api', 'hivext']) scope[name] = api('', 0);

  // What was thrown has nothing that JSON shows by itself.
  const thrown = (_: string, value: unknown) =>
    value instanceof Error ? { name: value.name, message: value.message } : value;
  scope.toJSON = (value: unknown) => stringify(value, thrown);
  scope.toNative = (value: unknown) => {
    if (value === undefined) return value;
    if (typeof value !== 'string') return parse(stringify(value));
    try {
      return parse(value);
    } catch {
      return value; // a text that is no JSON is native already
    }
  };
  scope.getParam = (name: string, otherwise: unknown) => {
    const value = furnishing.parameters[name];
    return value === undefined || value === null || value === '' ? otherwise : value;
  };
  scope.getparam = scope.getParam;
  scope.print = (text: unknown) => void ask({ kind: 'log', text: String(text) });
  for (const [name, value] of Object.entries(furnishing.parameters)) scope[name] = value;
  for (const [name, value] of Object.entries(furnishing.variables)) scope[name] = value;
  if (furnishing.form !== null) {
    const all = (scope.jps as { settings?: Record<string, unknown> } | undefined)?.settings ?? {};
    scope.settings = furnishing.form === '' ? all : all[furnishing.form];
  }

  const zone = (id: string) => {
    const offset = (at: number) => {
      const parts = new International.DateTimeFormat('en-US', {
        timeZone: id,
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      }).formatToParts(at);
      const part = (type: string) => Number(parts.filter((one) => one.type === type)[0]?.value);
      const local = Date.UTC(
        part('year'),
        part('month') - 1,
        part('day'),
        part('hour'),
        part('minute'),
        part('second'),
      );
      return local - Math.floor(at / 1000) * 1000;
    };
    const year = new Date().getFullYear();
    const rawOffset = () => Math.min(offset(Date.UTC(year, 0, 1)), offset(Date.UTC(year, 6, 1)));
    return {
      getID: () => id,
      getRawOffset: rawOffset,
      getOffset: (at: number) => offset(at),
      useDaylightTime: () => offset(Date.UTC(year, 0, 1)) !== offset(Date.UTC(year, 6, 1)),
    };
  };
  const older = [
    'UTC',
    'GMT',
    'GMT0',
    'Etc/GMT',
    'Etc/UTC',
    'UCT',
    'Zulu',
    'EST',
    'MST',
    'HST',
    'CET',
    'MET',
    'EET',
    'WET',
    'EST5EDT',
    'CST6CDT',
    'MST7MDT',
    'PST8PDT',
    'US/Eastern',
    'US/Central',
    'US/Mountain',
    'US/Pacific',
    'Japan',
  ];
  const zones = () => [...older, ...International.supportedValuesOf('timeZone')];
  const isZone = (id: string) => {
    try {
      new International.DateTimeFormat('en-US', { timeZone: id });
      return /^[A-Z]/.test(id);
    } catch {
      return false; // no zone that anybody knows
    }
  };
  function Transport(this: Record<string, unknown>) {
    this.get = (address: unknown) => ask({ kind: 'fetch', address: String(address) });
  }
  function JavaString(text: unknown) {
    return Object(String(text)) as object;
  }
  const response = { OK: 0, ERROR_UNKNOWN: 99, APPLICATION_NOT_EXIST: 11, SCRIPT_NOT_FOUND: 1702 };
  const classes: Record<string, unknown> = {
    'java.util.TimeZone': {
      getAvailableIDs: zones,
      getTimeZone: (id: unknown) => zone(isZone(String(id)) ? String(id) : 'GMT'),
      getDefault: () => zone('UTC'),
    },
    'java.lang.Thread': {
      sleep: (milliseconds: unknown) => void ask({ kind: 'sleep', milliseconds: Number(milliseconds) }),
    },
    'java.lang.System': { currentTimeMillis: () => Date.now() },
    'java.lang.String': JavaString,
    'java.lang.Integer': { parseInt: (text: unknown) => Number.parseInt(String(text), 10) },
    'java.net.URLEncoder': { encode: (text: unknown) => encodeURIComponent(String(text)).replace(/%20/g, '+') },
    'java.net.URLDecoder': { decode: (text: unknown) => decodeURIComponent(String(text).replace(/\+/g, ' ')) },
    'java.util.UUID': { randomUUID: () => ask({ kind: 'uuid' }) },
    'com.hivext.api.Response': response,
    'com.hivext.api.core.utils.Transport': Transport,
    'com.hivext.api.utils.Random': { getPswd: (length: unknown) => ask({ kind: 'password', length: Number(length) }) },
  };
  // Goes to the log of the platform's own servers, which nobody here reads.
  const unread = () => undefined;
  const logger = { trace: unread, debug: unread, info: unread, warn: unread, error: unread };
  classes['org.slf4j.LoggerFactory'] = { getLogger: () => logger };
  classes['com.hivext.api.environment.response.EnvironmentResponse'] = { ENVIRONMENT_NOT_EXIST: 11 };
  function Yaml(this: Record<string, unknown>) {
    this.load = (text: unknown) => ask({ kind: 'yaml', text: String(text) });
  }
  classes['org.yaml.snakeyaml.Yaml'] = Yaml;
  function JSONObject(this: unknown, text: unknown) {
    const value =
      typeof text === 'string' || text instanceof String ? parse(String(text)) : parse(stringify(text ?? {}));
    const get = (key: string) => (value as Record<string, unknown>)[key];
    const methods: Record<string, unknown> = {
      has: (key: string) => get(key) !== undefined,
      put: (key: string, one: unknown) => {
        (value as Record<string, unknown>)[key] = one;
        return value;
      },
      toString: () => stringify(value),
      optString: (key: string, otherwise = '') => String(get(key) ?? otherwise),
    };
    for (const name of ['get', 'opt', 'getString', 'getInt', 'getBoolean', 'getJSONObject', 'getJSONArray'])
      methods[name] = get;
    for (const name of Object.keys(methods))
      Object.defineProperty(value, name, { value: methods[name], enumerable: false });
    return value as object;
  }
  classes['org.json.JSONObject'] = JSONObject;
  classes['org.json.JSONArray'] = JSONObject;
  function StrSubstitutor(
    this: Record<string, unknown>,
    values: Record<string, unknown>,
    before: string,
    after: string,
  ) {
    this.replace = (text: unknown) =>
      Object.keys(values).reduce((all, key) => all.split(before + key + after).join(String(values[key])), String(text));
  }
  classes['org.apache.commons.lang3.text.StrSubstitutor'] = StrSubstitutor;
  classes['org.apache.commons.text.StrSubstitutor'] = StrSubstitutor;

  /** A package by its path; a class that is not there says so when it is used, not when it is named. */
  const packaged = (path: string): unknown => {
    const known = classes[path];
    if (known !== undefined) {
      if (typeof known === 'function') return known;
      return new Trap(known as object, {
        get: (target, key) => {
          const member = (target as Record<PropertyKey, unknown>)[key];
          if (member === undefined && typeof key === 'string') throw notKnown(`${path}.${key}`);
          return member;
        },
      });
    }
    const missing = (): never => {
      throw notKnown(path);
    };
    return new Trap(function unknownClass() {}, {
      get: (_, key) => {
        if (typeof key === 'symbol') return missing();
        // Constants are named like this, and each is a number that nobody here has.
        if (/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/.test(key)) throw notKnown(`${path}.${key}`);
        return packaged(`${path}.${key}`);
      },
      apply: missing,
      construct: missing,
    });
  };
  for (const root of ['java', 'javax', 'com', 'org']) scope[root] = packaged(root);
  scope.Packages = new Trap({}, { get: (_, key) => packaged(String(key)) });

  for (const name of ['console', 'WebAssembly', 'SharedArrayBuffer', 'Atomics']) delete scope[name];
  const furnished: Furnished = {
    result: () => returned,
    missed: () => Object.keys(asked).filter((path) => !asked[path]),
  };
  if (furnishing.syntax === 'vendor') return furnished;
  const { newer } = furnishing;
  for (const owner of Object.keys(newer).reverse()) {
    const target =
      owner === '' ? scope : owner.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], scope);
    for (const name of newer[owner] ?? []) delete (target as Record<string, unknown>)[name];
  }
  return furnished;
}
