import { describe, expect, test } from 'vitest';
import { CALLER, fakeWorld, SCOPE } from './fakeWorld.ts';
import { createLanguage, type InstallOptions } from './index.ts';
import { kit } from './kit.ts';

const addon = async (body: string, options: Partial<InstallOptions> = {}, files: Record<string, string> = {}) => {
  const made = await kit(body);
  Object.assign(made.world.files, files);
  return {
    ...made,
    installed: await made.language.install(made.installation.manifest, { uniqueName: 'u', scope: SCOPE, ...options }),
  };
};

describe('installing an add-on', () => {
  test('settles its globals, one after the other, and runs onInstall', async () => {
    const body =
      'globals: { base: "${baseUrl}", script: "${globals.base}/a.js", who: "${settings.who:nobody}" }\nonInstall: { log: "${globals.script} ${globals.who}" }';
    const { lines, installed } = await addon(body, { settings: { who: 'Anna' } });
    expect(lines).toEqual(['https://host.test/app/a.js Anna']);
    expect(installed.installation.globals).toEqual({
      base: 'https://host.test/app',
      script: 'https://host.test/app/a.js',
      who: 'Anna',
    });
  });

  test('that fails tells why', async () => {
    const { installed } = await addon(
      'onInstall: [{ script: "return { result: 9, message: \'no space\' };" }, { log: after }]',
    );
    expect(installed.answer.result).toBe(9);
    expect(installed.notice).toEqual({ type: 'error', title: 'App', text: 'no space', result: 9 });
  });

  test('with a mixin that is gone is result 11042', async () => {
    const { installed } = await addon('mixins: [gone.yml]');
    expect(installed.answer).toMatchObject({ result: 11042 });
  });

  test.for([
    ['a text', 'success: "Kept on ${env.name}."', 'Kept on shop.'],
    ['a file', 'success: text/success.md', '# Done on shop'],
    ['a map', 'success: { text: text/success.md }', '# Done on shop'],
    ['texts by language', 'success: { text: { en: Fine, de: Gut } }', 'Fine'],
    ['nothing', 'id: a', ''],
    ['what `return` said', 'success: Done\nonInstall: { return: { type: success, message: "${nodes.cp.id}" } }', '11'],
  ] as const)('ends with %s', async ([, body, text]) => {
    const { installed } = await addon(body, {}, { 'https://host.test/app/text/success.md': '# Done on ${env.name}' });
    expect(installed.notice).toMatchObject({ type: 'success', text });
  });

  test.for([
    ['what is to be mailed', 'success: { text: a, email: "Mail to ${user.email}" }', 'Mail to anna@example.test'],
    ['nothing for email: false', 'success: { text: a, email: false }', null],
    ['nothing where it is not said', 'success: a', null],
    ['nothing after a failure', 'success: { text: a, email: b }\nonInstall: { return: No }', null],
  ] as const)('mails %s', async ([, body, email]) => {
    expect((await addon(body)).installed.email).toBe(email);
  });
});

describe('installing a package', () => {
  const package_ = async (body: string, options: Partial<InstallOptions> = {}, answer?: object) => {
    const world = fakeWorld();
    const lines: string[] = [];
    if (answer !== undefined) world.answers['environment.control.CreateEnvironment'] = answer as never;
    const language = createLanguage(world, { log: (line) => lines.push(line) });
    const manifest = await language.read(`type: install\nname: Box\n${body}`);
    const installed = await language.install(manifest, { uniqueName: 'u', scope: { caller: CALLER }, ...options });
    return { world, lines, installed };
  };

  test('makes its environment first and runs onInstall there', async () => {
    const body =
      'region: r1\nenvGroups: [mine]\nssl: true\nnodes: [{ nodeType: storage, count: "${settings.count:1}", cluster: false }]\nonInstall: { "cmd[cp]": "echo ${env.name}" }';
    const { world, installed } = await package_(body, {
      envName: 'box',
      envGroups: ['more'],
      settings: { count: '3' },
    });
    expect(world.of('environment.control.CreateEnvironment')).toEqual([
      {
        session: CALLER.session,
        env: { shortdomain: 'box', region: 'r1', displayName: 'Box', sslstate: true, ishaenabled: false },
        nodes: [{ nodeType: 'storage', count: '3', cluster: false }],
        envGroups: ['mine', 'more'],
      },
    ]);
    expect(installed.installation.scope.environment).toBe('box');
    expect(world.of('environment.control.ExecCmdByGroup')).toMatchObject([{ envName: 'box', nodeGroup: 'cp' }]);
  });

  test('takes its nodes from onBeforeInstall, which sees settings and globals', async () => {
    const body =
      'globals: { size: "${settings.size:5}" }\nonBeforeInstall: |\n  return { result: 0, ssl: true, name: "x", globals: {}, nodes: [{ nodeType: "storage", diskLimit: "${globals.size}G", cluster: false }] };\nnodes: definedInOnBeforeInstall';
    const { world, installed } = await package_(body, { settings: { size: '20' } });
    expect(world.of('environment.control.CreateEnvironment')).toMatchObject([
      {
        env: { shortdomain: expect.stringMatching(/^env-\d{7}$/), sslstate: true },
        nodes: [{ diskLimit: '20G', cluster: false }],
      },
    ]);
    expect(installed.installation.manifest.name).toBe('Box');
    expect(installed.installation.globals).toEqual({ size: '20' });
  });

  test('fails when onBeforeInstall or the environment does', async () => {
    const before = await package_('onBeforeInstall: \'throw new Error("quota");\'\nnodes: [{ nodeType: storage }]');
    expect(before.installed.answer.error).toContain('quota');
    expect(before.world.calls).toEqual([]);
    const made = await package_(
      'nodes: [{ nodeType: storage }]\nonInstall: { log: in }',
      {},
      { result: 4077, error: 'quota exceeded' },
    );
    expect(made.installed.answer).toMatchObject({ result: 4077 });
    expect(made.lines).toEqual([]);
  });

  test('puts the add-ons that its nodes name on their layers', async () => {
    const { world } = await package_(
      'nodes: { nodeType: nginx, nodeGroup: bl, addons: [extra] }\naddons: [{ id: extra, name: Extra }]',
      { envName: 'box' },
    );
    expect(world.of('marketplace.jps.Install')).toMatchObject([
      { envName: 'box', nodeGroup: 'bl', jps: expect.stringContaining('Extra') },
    ]);
    expect(world.of('environment.control.CreateEnvironment')).toMatchObject([
      { nodes: [{ nodeType: 'nginx', nodeGroup: 'bl' }] },
    ]);
  });

  test('without nodes runs with no environment, and whatever needs one is result 11022', async () => {
    const { lines, installed, world } = await package_(
      'onInstall: [{ setGlobals: { a: 1 } }, { "if (globals.a == 1)": { log: in } }, { "cmd[cp]": ls }]',
    );
    expect(lines).toEqual(['in']);
    expect(installed.answer.result).toBe(11022);
    expect(world.calls).toEqual([]);
  });

  test('shows its scripts the groups that it was installed with', async () => {
    const { installed } = await package_(
      'success: "${globals.groups}"\nonInstall: { script: "return { result: 0, onAfterReturn: { setGlobals: { groups: eval(\'(\' + MANIFEST + \')\').envGroups.join() } } };" }',
      { envGroups: ['a', 'b'] },
    );
    expect(installed.notice.text).toBe('a,b');
  });
});

describe('a card', () => {
  test('shows what the manifest says of itself', async () => {
    const made = await kit(
      'description: { text: text/long.md, short: Short }\nlogo: /images/a.png\ncategories: apps/file-manager\npermanent: true\nbuttons: [{ caption: Go, action: x, href: https://a.test }]\nmenu: [{ caption: More, action: x, successText: { en: Fine } }]',
    );
    made.world.files['https://host.test/app/text/long.md'] = 'Long text';
    expect(await made.language.face(made.installation.manifest)).toMatchObject({
      text: 'Long text',
      short: 'Short',
      logo: 'https://host.test/app/images/a.png',
      categories: ['apps/file-manager'],
      permanent: true,
      buttons: [
        {
          caption: 'Go',
          title: 'Go',
          confirmText: 'Are you sure?',
          loadingText: 'Applying...',
          submitText: 'Apply',
          href: 'https://a.test',
          inMenu: false,
        },
        { caption: 'More', successText: 'Fine', inMenu: true },
      ],
    });
  });
});
