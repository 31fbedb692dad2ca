import { describe, expect, test } from 'vitest';
import { type Around, run } from './kit.ts';

describe('install', () => {
  const addons = 'addons: [{ id: extra, name: Extra, onInstall: { log: x } }]';

  test.for([
    ['an address', '- install: https://a.test/m.jps', [{ jps: 'https://a.test/m.jps', nodeGroup: 'sqldb' }]],
    ['a path', '- install: addons/m.jps', [{ jps: 'https://host.test/app/addons/m.jps' }]],
    [
      'options beside',
      '- { install: m.jps, envName: other, nodeGroup: cp, settings: { a: "${env.name}" }, loggerName: L }',
      [
        {
          jps: 'https://host.test/app/m.jps',
          envName: 'other',
          nodeGroup: 'cp',
          settings: { a: 'shop' },
          loggerName: 'L',
        },
      ],
    ],
    [
      'options inside',
      '- install: { jps: m.jps, settings: { a: 1 }, displayName: D }',
      [{ settings: { a: 1 }, displayName: 'D' }],
    ],
    [
      'several side by side',
      '- install: [{ jps: a.jps }, { jps: b.jps }]',
      [{ jps: 'https://host.test/app/a.jps' }, { jps: 'https://host.test/app/b.jps' }],
    ],
    ['several layers', '- install[cp,sqldb]: a.jps', [{ nodeGroup: 'cp' }, { nodeGroup: 'sqldb' }]],
    [
      'what an answer holds',
      '- script: return { result:0, jps:MANIFEST };\n- install: ${response.jps}\n  envName: twin',
      [{ envName: 'twin', jps: expect.stringContaining('"name":"App"') }],
    ],
    [
      'an add-on of its own',
      '- installAddon: { id: extra, nodeGroup: cp }',
      [{ nodeGroup: 'cp', jps: expect.stringContaining('"name":"Extra"') }],
    ],
    ['an add-on by its selector', '- installAddon[cp]: { id: extra }', [{ nodeGroup: 'cp' }]],
  ] as const)('of %s asks the platform', async ([, steps, expected]) => {
    const found = (await run(steps, { body: addons })).world.of('marketplace.jps.Install');
    expect(found).toMatchObject(
      expected.map((parameters) => ({ session: 'session-17', envName: 'shop', ...parameters })),
    );
    expect(found).toHaveLength(expected.length);
  });

  test('of a manifest in place leaves its placeholders to it and gives it the base', async () => {
    const { world } = await run('- install: { type: update, name: B, onInstall: { log: "${env.name}" } }');
    const [parameters] = world.of('marketplace.jps.Install');
    expect(JSON.parse(String(parameters?.jps))).toEqual({
      baseUrl: 'https://host.test/app/',
      type: 'update',
      name: 'B',
      onInstall: { log: '${env.name}' },
    });
  });

  test('of an add-on of its own lends it actions, forms, responses, globals and settings', async () => {
    const around: Around = {
      body: 'settings: { main: { fields: [] } }\nresponses: { 1: { message: a } }\naddons: [{ id: extra, name: Extra, globals: { b: own }, actions: { x: { log: own } } }]',
      others: 'x: { log: lent }\ny: { log: lent }',
      globals: { a: '1', b: '2' },
      settings: { s: 'v' },
    };
    const [parameters] = (await run('- installAddon: extra', around)).world.of('marketplace.jps.Install');
    expect(parameters?.settings).toEqual({ s: 'v' });
    expect(JSON.parse(String(parameters?.jps))).toMatchObject({
      type: 'update',
      name: 'Extra',
      settings: { main: { fields: [] } },
      globals: { a: '1', b: 'own' },
      actions: { go: [{ installAddon: 'extra' }], x: { log: 'own' }, y: { log: 'lent' } },
      responses: { 1: { message: 'a' } },
    });
  });

  test('of an add-on that is not there fails', async () => {
    expect((await run('- installAddon: none', { body: addons })).outcome.answer).toEqual({
      result: 1,
      error: 'actions.go: there is no add-on none',
    });
  });

  test('stops the chain when one of several fails', async () => {
    const { outcome, told } = await run('- install: [{ jps: a.jps }, { jps: b.jps }]\n- log: after', {
      prepare: (world) => {
        world.answers['marketplace.jps.Install'] = (parameters) => ({
          result: String((parameters as { jps: string }).jps).endsWith('a.jps') ? 0 : 8,
        });
      },
    });
    expect(outcome.answer.result).toBe(8);
    expect(told('')).toEqual([]);
  });
});
