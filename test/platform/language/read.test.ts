import { describe, expect, test } from 'vitest';
import { addressOf, baseOf } from './addresses.ts';
import { fakeWorld } from './fakeWorld.ts';
import { createLanguage } from './index.ts';

const language = (files: Record<string, string> = {}) => {
  const world = fakeWorld();
  Object.assign(world.files, files);
  return createLanguage(world);
};
const read = async (text: string, files?: Record<string, string>, address?: string) =>
  language(files).read(text, address);
const unknown = async (text: string, files?: Record<string, string>) =>
  (await read(`type: update\nname: A\n${text}`, files)).unknown.map(
    ({ kind, construct, path, line }) => `${line} ${kind} ${construct} at ${path}`,
  );

describe('a manifest', () => {
  test('may be YAML or JSON', async () => {
    expect(await read('type: install\nname: A\nid: a')).toMatchObject({ type: 'install', id: 'a', name: 'A' });
    expect(await read('{"jpsType": "update", "name": "A"}')).toMatchObject({ type: 'update', id: 'A', unknown: [] });
  });

  test('is read by the rules of YAML 1.1', async () => {
    const { document } = await read(
      'type: update\nname: A\nglobals: { a: yes, b: off, c: 12:30, d: "12:30", e: 010, f: y }\n',
    );
    expect(document.globals).toEqual({ a: true, b: false, c: 750, d: '12:30', e: 8, f: 'y' });
  });

  test('keeps the last of two equal keys', async () => {
    expect((await read('type: update\nname: A\nname: B')).name).toBe('B');
  });

  test('that is neither is refused with the place', async () => {
    await expect(read('type: update\n  name: [', {}, 'https://h.test/m.jps')).rejects.toThrow(
      /https:\/\/h\.test\/m\.jps is neither YAML nor JSON: .* line 1/s,
    );
    await expect(read('just text')).rejects.toThrow('is no map of keys');
  });

  test('has a name in the language of the user', async () => {
    expect((await read('type: update\nname: { de: Hallo, en: Hello }')).name).toBe('Hello');
  });
});

describe('the base of relative addresses', () => {
  test.for([
    ['the manifest, with a slash added', 'https://h.test/a', 'https://i.test/b/m.jps', 'https://h.test/a/'],
    ['the manifest, with its own slash', 'https://h.test/a/', null, 'https://h.test/a/'],
    ['the address of the import', undefined, 'https://i.test/b/m.jps?x=1', 'https://i.test/b/'],
    ['nothing', undefined, null, null],
    [
      'a page of GitHub, which means the file',
      'https://github.com/o/r/blob/main',
      null,
      'https://github.com/o/r/raw/main/',
    ],
  ] as const)('comes from %s', ([, own, address, expected]) => {
    expect(baseOf(own, address)).toBe(expected);
  });

  test.for([
    ['a path', 'scripts/a.js', 'https://h.test/scripts/a.js'],
    ['a path with a slash', '/scripts/a.js', 'https://h.test/scripts/a.js'],
    ['an address', 'https://x.test/a', 'https://x.test/a'],
    ['a page of GitHub', 'https://github.com/o/r/blob/main/a.js', 'https://github.com/o/r/raw/main/a.js'],
    ['a file', 'file:///srv/a.js', 'file:///srv/a.js'],
    ['a text with white space', 'return 1', null],
    ['a text with a semicolon', 'a;', null],
    ['a text with brackets', 'run()', null],
    ['several lines', 'a\nb', null],
  ] as const)('makes of %s what it should', ([, text, expected]) => {
    expect(addressOf(text, 'https://h.test/')).toBe(expected);
  });
});

describe('what is not known', () => {
  test('is nothing in a manifest that uses every key, event and kind of step', async () => {
    const text = `
jpsVersion: 7.0
targetEditions: any
nodeGroupAlias: { cp: sqldb }
skipNodeEmails: true
permanent: true
startPage: https://a.test
settings: { main: { submitUnchanged: true, fields: [{ type: string, name: a }], onBeforeInit: a.js } }
buttons: [{ caption: A, action: own, settings: main, logsPath: /var/log/a.log }]
menu: { caption: B, action: own }
responses: { 11: { type: warning, message: Gone } }
onInstall: [own, { "cmd[cp]": ls, user: root, sayYes: false }, { "if (env.status == 1)": { own: 1 }, else: own }]
onAfterClone: { "forEach(n:event.response.nodes)": { log: "\${@n.id}" } }
"onAfterRedeployContainer[\${targetNodes.nodeGroup}]": own
"onBeforeScaleIn[nodeGroup:cp, nodeId:12]": { stopEvent: { type: error, message: no } }
actions:
  own:
    - { script: return 1, params: { a: 1 } }
    - { api: env.control.RestartNodes, nodeGroup: cp }
    - { "environment.control.ApplyNodeGroupData[cp]": { data: { a: 1 } } }
    - { jelastic.system.service.GetVersion: {} }
    - { install: x.jps, nodeGroup: cp, settings: { a: 1 } }
    - { writeFile: [{ path: /a, body: b, nodeGroup: cp }] }
    - { "\${this.action}": 1 }
    - sleep: 10
addons: [{ id: x, name: X, onInstall: own, actions: { deep: { log: a } } }]
`;
    expect(await unknown(text)).toEqual([]);
  });

  test.for([
    ['a key', 'frobnicate: 1', '3 key frobnicate at frobnicate'],
    ['an event', 'onAfterLunch[cp]: []', '3 event onAfterLunch[cp] at onAfterLunch[cp]'],
    ['an action', 'onInstall:\n  - log: a\n  - dance: 1', '5 action dance at onInstall[1].dance'],
    [
      'an action deep inside',
      'onInstall:\n  - if (true):\n      - forEach(a):\n          - jump: 1',
      '6 action jump at onInstall[0].if (true)[0].forEach(a)[0].jump',
    ],
    ['an action by its name', 'onInstall: dance', '3 action dance at onInstall'],
    ['a step that is none', 'onInstall: [12]', '3 action step 12 at onInstall[0]'],
    ['a property beside an action', 'onInstall:\n  - cmd[cp]: ls\n    usr: root', '5 key usr at onInstall[0].usr'],
    [
      'a type of field',
      'settings:\n  fields:\n    - type: carousel',
      '5 field type carousel at settings.fields[0].type',
    ],
    [
      'a property of a field',
      'settings:\n  main:\n    fields:\n      - type: string\n        colour: red',
      '7 field property colour at settings.main.fields[0].colour',
    ],
    [
      'a field in a branch',
      'settings:\n  fields:\n    - type: toggle\n      showIf:\n        true:\n          - type: dial',
      '8 field type dial at settings.fields[0].showIf.true[0].type',
    ],
    [
      'a vtype',
      'settings: { fields: [{ type: string, vtype: iban }] }',
      '3 field property vtype iban at settings.fields[0]',
    ],
    [
      'a property of a button',
      'buttons:\n  - caption: A\n    colour: red',
      '5 button property colour at buttons[0].colour',
    ],
    ['the action of a button', 'buttons:\n  - caption: A\n    action: fly', '5 action fly at buttons[0].action'],
    [
      'a property of a form',
      'settings: { main: { fields: [], onAfterInit: a } }',
      '3 key onAfterInit at settings.main.onAfterInit',
    ],
    [
      'an old helper',
      'onInstall: [{ restoreSqlDump: {} }]',
      '3 action restoreSqlDump (not played by this stand-in: a database helper for old mysql and mariadb stacks) at onInstall[0].restoreSqlDump',
    ],
    [
      'a script in Java',
      'onInstall: [{ script: a, type: java }]',
      '3 script script of type java (not played by this stand-in: scripts run as JavaScript) at onInstall[0].script',
    ],
  ] as const)('is named with path and line: %s', async ([, text, expected]) => {
    expect(await unknown(text)).toEqual([expected]);
  });

  test('is a type that is neither', async () => {
    expect((await read('name: A\ntype: upgrade')).unknown).toMatchObject([{ construct: 'type upgrade', line: 2 }]);
  });

  test('is named with the address of the mixin that it stands in', async () => {
    const { unknown: found } = await read('type: update\nname: A\nbaseUrl: https://h.test\nmixins: [a.yml]', {
      'https://h.test/a.yml': 'actions:\n  own:\n    - hop: 1',
    });
    expect(found).toEqual([
      { kind: 'action', construct: 'hop', path: 'actions.own[0].hop', line: 3, address: 'https://h.test/a.yml' },
    ]);
  });
});

describe('mixins', () => {
  const files = {
    'https://h.test/a.yml':
      'baseUrl: https://other.test\nglobals: { x: a, y: a }\nactions: { one: [{ log: a }], two: [{ log: a }] }\nresponses: { 1: { message: a } }\naddons: [{ id: p, name: A }]\nsettings: { fields: [] }\nonInstall: two',
    'https://h.test/b.yml':
      'globals: { y: b, z: b }\nactions: { two: [{ log: b }] }\nmixins: [a.yml]\naddons: [{ id: p, name: B }]',
  };
  const mixed = (mixins: string) =>
    read(
      `type: update\nname: A\nbaseUrl: https://h.test\nmixins: ${mixins}\nglobals: { x: main }\nonInstall: one`,
      files,
    );

  test('add globals, actions, addons and responses, and nothing else', async () => {
    const { document, baseUrl, unknown: found } = await mixed('[a.yml]');
    expect(document).toMatchObject({
      globals: { x: 'main', y: 'a' },
      actions: { one: [{ log: 'a' }] },
      responses: { 1: { message: 'a' } },
      addons: [{ id: 'p', name: 'A' }],
      onInstall: 'one',
    });
    expect(document.settings).toBeUndefined();
    expect(baseUrl).toBe('https://h.test/');
    expect(found).toEqual([]);
  });

  test('stand behind the manifest, and behind mixins before them', async () => {
    const { document } = await mixed('[b.yml, a.yml]');
    expect(document.globals).toEqual({ x: 'main', y: 'b', z: 'b' });
    expect(document.actions).toMatchObject({ two: [{ log: 'b' }] });
    expect(document.addons).toEqual([{ id: 'p', name: 'B' }]);
  });

  test('may stand in place', async () => {
    const { document } = await mixed('[{ actions: { one: [{ log: here }] } }]');
    expect(document.actions).toEqual({ one: [{ log: 'here' }] });
  });

  test('that cannot be loaded are result 11042', async () => {
    const { broken } = await mixed('[gone.yml]');
    expect(broken).toMatchObject({ result: 11042, error: expect.stringContaining('gone.yml') });
  });
});

describe('what published manifests do', () => {
  test.for([
    [
      'a quoted text whose lines are indented less',
      'globals:\n    a: "one\n  two \\"x\\"\n three"\n    b: 1',
      { a: 'one two "x" three', b: 1 },
    ],
    [
      'single quotes, and a block that looks like one',
      "globals:\n    a: 'it''s\n  long'\n    b: |\n      x: \"open\n    c: 2",
      { a: "it's long", b: 'x: "open\n', c: 2 },
    ],
    ['a tab at the end of a line', 'globals: \t\n  a: 1\t\n', { a: 1 }],
  ] as const)('is read: %s', async ([, text, globals]) => {
    expect((await read(`type: update\nname: A\n${text}`)).document.globals).toEqual(globals);
  });

  test('may list its actions, also as ids with what they call', async () => {
    const made = await read(
      'type: update\nname: A\nactions:\n  - one: { log: a }\n  - { id: two, onCall: [{ log: b }] }\nonInstall: [one, two]',
    );
    expect(made.unknown).toEqual([]);
    expect(made.document.actions).toEqual({ one: { log: 'a' }, two: [{ log: 'b' }] });
  });

  test('may be JSON with tabs, commas at its ends and a byte order mark', async () => {
    const made = await read('\uFEFF{\n\t"type": "update",\n\t"name": "A",\n\t"onInstall": [{ "log": "a\\tb" }],\n}');
    expect(made.document).toEqual({ type: 'update', name: 'A', onInstall: [{ log: 'a\tb' }] });
  });

  test('says that the oldest form of manifests is not known', async () => {
    const { unknown: found } = await read('{ "jpsType": "install", "application": { "name": "A", "env": {} } }');
    expect(found).toMatchObject([{ kind: 'key', construct: 'application', line: 1 }]);
  });

  test('keeps the numbers of lines', async () => {
    const found = await unknown('globals:\n    a: "one\n  two"\nfrobnicate: 1');
    expect(found).toEqual(['6 key frobnicate at frobnicate']);
  });
});
