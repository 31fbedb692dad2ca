import { describe, expect, test } from 'vitest';
import { SCOPE } from './fakeWorld.ts';
import type { Form, Opened } from './index.ts';
import { type Around, kit } from './kit.ts';

const formOf = (opened: Opened | null): Form => {
  if (opened === null || 'failure' in opened) throw new Error(JSON.stringify(opened));
  return opened.form;
};
const named = (opened: Opened | null) => formOf(opened).fields.map(({ name, value }) => [name, value]);
const openInstall = async (body: string, around: Around = {}) => {
  const made = await kit(body, around);
  around.prepare?.(made.world);
  return made.language.openInstall(made.installation.manifest, SCOPE);
};
const openButton = async (body: string, around: Around = {}) => {
  const made = await kit(
    `${body}\nbuttons: [{ caption: Change, action: x, settings: form, title: Change it, submitButtonText: Save, confirmText: Sure?, loadingText: Saving }, { caption: Run, action: x }]`,
    around,
  );
  around.prepare?.(made.world);
  return made.language.openButton(made.installation, 'Change');
};
const code = (key: string, lines: string, by = '') => `${by}${key}: |\n${lines.replace(/^/gm, `${by}  `)}`;

test('code before a dialog finds the environment and the layer that it is opened for', async () => {
  const body = `settings: { fields: [{ name: a }] }\n${code('onBeforeInit', "jps.settings.fields[0].default = env.envName + '/' + targetNodes.nodeGroup;\nreturn jps;")}`;
  const [[, value] = []] = named(await openInstall(body));
  expect(value).toMatch(/^\w+\/\w+$/);
});

describe('the layout of settings', () => {
  test.for([
    ['fields alone, which are the form main', 'settings: { fields: [{ name: a }] }'],
    ['the form main', 'settings: { main: { fields: [{ name: a }] } }'],
  ] as const)('may be %s', async ([, body]) => {
    expect(named(await openInstall(body))).toEqual([['a', '']]);
  });

  test('may be missing', async () => {
    expect(named(await openInstall('id: a'))).toEqual([]);
  });

  test('has a form for each button that wants one', async () => {
    expect(
      formOf(await openButton('settings: { main: { fields: [] }, form: { fields: [{ name: b }] } }')),
    ).toMatchObject({
      title: 'Change it',
      submitText: 'Save',
      confirmText: 'Sure?',
      loadingText: 'Saving',
      submitUnchanged: false,
      fields: [{ name: 'b' }],
    });
  });

  test.for([
    ['submitUnchanged', 'settings: { form: { submitUnchanged: true, fields: [] } }', true],
    ['a form that must change', 'settings: { form: { fields: [] } }', false],
  ] as const)('lets a dialog be submitted as it is: %s', async ([, body, expected]) => {
    expect(formOf(await openButton(body)).submitUnchanged).toBe(expected);
  });

  test('has no dialog for a button without settings', async () => {
    const made = await kit('buttons: [{ caption: Run, action: x }]');
    expect(await made.language.openButton(made.installation, 'Run')).toBeNull();
    await expect(made.language.openButton(made.installation, 'Fly')).rejects.toThrow('App has no button Fly');
  });

  test('that lacks the form of a button is a failure', async () => {
    expect(await openButton('settings: { main: { fields: [] } }')).toEqual({
      failure: { result: 11041, error: 'there is no form form' },
    });
  });
});

describe('fields', () => {
  test('have their placeholders replaced', async () => {
    const body =
      'settings: { fields: [{ name: a, default: "${user.email}", caption: "For ${env.displayName}" }, { name: b, default: "${settings.b}" }] }';
    expect(formOf(await openInstall(body)).fields).toMatchObject([
      { value: 'anna@example.test', caption: 'For Shop' },
      { value: '${settings.b}' },
    ]);
  });

  test('start in a button form with what is set', async () => {
    const body =
      'settings: { form: { fields: [{ name: a, default: "${settings.a:none}" }, { name: b, default: "${settings.b:none}" }] } }';
    expect(named(await openButton(body, { settings: { a: 'x' } }))).toEqual([
      ['a', 'x'],
      ['b', 'none'],
    ]);
  });

  test('are in the language of the user', async () => {
    const body = 'settings: { fields: [{ name: a, caption: { en: Name, de: Titel } }] }';
    expect(formOf(await openInstall(body, { options: { locale: 'de' } })).fields[0]?.caption).toBe('Titel');
  });

  test('of environments list those of the account that run', async () => {
    const prepare: Around['prepare'] = (world) => {
      const env = (envName: string, status: number) => ({
        env: { envName, status, domain: `${envName}.p.test`, displayName: envName.toUpperCase() },
      });
      world.answers['environment.control.GetEnvs'] = { result: 0, infos: [env('a', 1), env('b', 2)] };
    };
    const values = async (more: string) =>
      formOf(await openInstall(`settings: { fields: [{ type: envlist, name: e${more} }] }`, { prepare })).fields[0]
        ?.values;
    expect(await values('')).toEqual([{ value: 'a.p.test', caption: 'A' }]);
    expect(await values(', valueField: shortdomain, disableInactive: false')).toEqual([
      { value: 'a', caption: 'A' },
      { value: 'b', caption: 'B' },
    ]);
  });

  const regions: Around['prepare'] = (world) => {
    const region = (uniqueName: string, isActive: boolean) => ({
      uniqueName,
      displayName: uniqueName.toUpperCase(),
      isActive,
      type: 'vz7',
    });
    world.answers['environment.control.GetRegions'] = {
      result: 0,
      array: [{ hardNodeGroups: [region('r1', true), region('r2', false)] }, { hardNodeGroups: [region('r3', true)] }],
    };
  };

  test('of regions list those that are active and pass the filter', async () => {
    const field = async (more: string) =>
      formOf(await openInstall(`settings: { fields: [{ type: regionlist, name: r${more} }] }`, { prepare: regions }))
        .fields[0];
    expect(await field('')).toMatchObject({
      value: 'r1',
      values: [
        { value: 'r1', caption: 'R1' },
        { value: 'r3', caption: 'R3' },
      ],
    });
    expect(await field(', filter: { uniqueName: r3 }')).toMatchObject({ values: [{ value: 'r3' }] });
  });

  test('of regions twice in one form keep it from being shown', async () => {
    const body =
      'settings: { fields: [{ type: regionlist, name: a }, { type: toggle, name: t, showIf: { true: [{ type: regionlist, name: b }] } }] }';
    expect(formOf(await openInstall(body, { prepare: regions })).fields).toEqual([]);
  });

  test('of the owner stay hidden where no account is shared', async () => {
    const { fields } = formOf(await openInstall('settings: { fields: [{ type: owner, name: ownerUid }] }'));
    expect(fields).toMatchObject([{ name: 'ownerUid', hidden: true, value: '17' }]);
  });

  test('for a new name make one up', async () => {
    expect(formOf(await openInstall('settings: { fields: [{ type: envname, name: n }] }')).fields[0]?.value).toMatch(
      /^env-\d{7}$/,
    );
    expect(
      formOf(await openInstall('settings: { fields: [{ type: envname, name: n, randomName: false }] }')).fields[0]
        ?.value,
    ).toBe('');
  });

  test('take starting values from prepopulate', async () => {
    const body =
      'settings: { prepopulate: start.js, fields: [{ name: a, caption: "It is ${license.a}" }, { type: toggle, name: t, value: true, showIf: { true: { name: b } } }] }';
    const prepare: Around['prepare'] = (world) => {
      world.files['https://host.test/app/start.js'] = 'return { result: 0, a: "x", b: "y" };';
    };
    const fields = formOf(await openInstall(body, { prepare })).fields;
    expect([fields[0]?.value, fields[0]?.caption, fields[1]?.showIf.true?.[0]?.value]).toEqual(['x', 'It is x', 'y']);
  });
});

describe('onBeforeInit of a manifest', () => {
  const settings = 'settings: { main: { fields: [{ name: a }, { type: list, name: l }] } }';

  test.for([
    [
      'settings',
      "jps.settings.main.fields[1].values = [{ value: '1', caption: 'One' }];\nreturn { result: 0, settings: jps.settings };",
    ],
    ['the whole of it', "jps.settings.main.fields[1].values = [{ value: '1', caption: 'One' }];\nreturn jps;"],
  ] as const)('changes the dialog by giving back %s', async ([, lines]) => {
    const form = formOf(await openInstall(`${settings}\n${code('onBeforeInit', lines)}`));
    expect(form.fields[1]?.values).toEqual([{ value: '1', caption: 'One' }]);
  });

  test.for([
    ['a path', 'onBeforeInit: init.js'],
    ['an address', 'onBeforeInit: https://host.test/app/init.js'],
    ['a list of lines', 'onBeforeInit: ["jps.settings.main.fields[0].default = \'x\';", "return jps;"]'],
  ] as const)('may be %s', async ([, body]) => {
    const prepare: Around['prepare'] = (world) => {
      world.files['https://host.test/app/init.js'] = "jps.settings.main.fields[0].default = 'x';\nreturn jps;";
    };
    expect(named(await openInstall(`${settings}\n${body}`, { prepare }))[0]).toEqual(['a', 'x']);
  });

  test('may not change type, name and baseUrl', async () => {
    const lines =
      "jps.name = 'Other'; jps.type = 'install'; jps.baseUrl = 'https://evil.test'; jps.success = 'changed';\nreturn jps;";
    const made = await kit(`${settings}\n${code('onBeforeInit', lines)}`);
    const { installation } = await made.language.install(made.installation.manifest, { uniqueName: 'u', scope: SCOPE });
    expect(installation.manifest).toMatchObject({ name: 'App', type: 'update', baseUrl: 'https://host.test/app/' });
    expect(installation.manifest.document).toMatchObject({ name: 'App', type: 'update', success: 'changed' });
  });

  test.for([
    ['throws', "throw new Error('boom');", 'boom'],
    ['gives back nothing', 'return;', 'onBeforeInit must return settings or jps'],
    ['gives back fields', 'return { result: 0, fields: [] };', 'onBeforeInit must return settings or jps'],
    ['answers with a result', "return { result: 11, error: 'gone' };", 'gone'],
    ['answers with a text', "return 'no';", 'no'],
    ['is no ES5', 'let a = 1; return jps;', 'newer than ES5'],
  ] as const)('that %s is result 11041', async ([, lines, error]) => {
    const opened = await openInstall(`${settings}\n${code('onBeforeInit', lines)}`);
    expect(opened).toMatchObject({ failure: { result: 11041, error: expect.stringContaining(error) } });
  });

  test('runs again, with the values, when it is installed', async () => {
    const lines = "if ('${settings.a:}' == 'bad') return { result: 5, message: 'a is bad' };\nreturn jps;";
    const made = await kit(`${settings}\n${code('onBeforeInit', lines)}\nonInstall: { log: in }`);
    const { answer, notice } = await made.language.install(made.installation.manifest, {
      uniqueName: 'u',
      scope: SCOPE,
      settings: { a: 'bad' },
    });
    expect(answer).toMatchObject({ result: 11041, message: 'a is bad' });
    expect(notice).toMatchObject({ type: 'error', text: 'a is bad', result: 11041 });
    expect(made.lines).toEqual([]);
  });
});

describe('onBeforeInit of a form', () => {
  const form = (lines: string) =>
    `settings:\n  main: { fields: [] }\n  form:\n    fields: [{ name: a }]\n${code('onBeforeInit', lines, '    ')}`;

  test.for([
    ['the form, changed', "settings.fields[0].default = 'x';\nreturn settings;", [['a', 'x']]],
    ['the form, changed by way of jps', "jps.settings.form.fields[0].default = 'x';\nreturn settings;", [['a', 'x']]],
    ['a result and fields', "return { result: 0, fields: [{ name: 'b' }] };", [['b', '']]],
    [
      'a result and settings, which is an empty dialog',
      "return { result: 0, settings: { fields: [{ name: 'b' }] } };",
      [],
    ],
  ] as const)('may give back %s', async ([, lines, expected]) => {
    expect(named(await openButton(form(lines)))).toEqual(expected);
  });

  test.for([
    ['gives back nothing', 'return;', 'settings.form.onBeforeInit must return settings or fields'],
    ['throws', 'nothing.there();', 'nothing is not defined'],
    ['answers with a result', "return { result: 4, message: 'storage is gone' };", 'storage is gone'],
  ] as const)('that %s is result 11041', async ([, lines, error]) => {
    expect(await openButton(form(lines))).toMatchObject({
      failure: { result: 11041, error: expect.stringContaining(error) },
    });
  });

  test('reads what is set, and calls the platform', async () => {
    const lines =
      "var envs = api.env.control.GetEnvs();\nsettings.fields[0].default = '${settings.a}' + envs.infos.length;\nreturn settings;";
    const prepare: Around['prepare'] = (world) => {
      world.answers['environment.control.GetEnvs'] = { result: 0, infos: [1, 2] };
    };
    expect(named(await openButton(form(lines), { settings: { a: 'x' }, prepare }))).toEqual([['a', 'x2']]);
  });

  test('of settings that are one form prepares the install dialog', async () => {
    const body = `settings:\n  fields: []\n${code('onBeforeInit', "settings.fields = [{ name: 'b' }];\nreturn { result: 0, fields: settings.fields };", '  ')}`;
    expect(named(await openInstall(body))).toEqual([['b', '']]);
  });
});
