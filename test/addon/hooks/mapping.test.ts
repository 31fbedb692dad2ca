import { expect, test } from 'vitest';
import { policyOf } from '../../../addon/flows/retention.ts';
import { installRequest, toConfiguration, toSettings } from '../../../addon/hooks/mapping.ts';
import { parseRequest } from '../../../addon/hooks/request.ts';

const valid = {
  environment: { name: 'shop', displayName: 'Shop', region: 'eu-1', owner: 'u17' },
  layer: { nodeGroup: 'sqldb', nodeType: 'mariadb-dockerized' },
  nodes: [
    { id: '1021', host: '10.0.0.5', port: 22, account: 'dbbackup', hostKey: 'ssh-ed25519 AAAAC3Nza', master: true },
  ],
  settings: {
    scheduleType: '2',
    backupTime: '03:30',
    mon: 'true',
    fri: 'true',
    tz: 'Europe/Berlin',
    storageName: 'backup-1',
    backupCount: '5',
    isAlwaysUmount: 'false',
    dbuser: 'root',
    dbpass: 'it’s "$ecret"',
  },
};
const configured = (change: object = {}) => toConfiguration(parseRequest(installRequest, { ...valid, ...change }));

test('the strings of the platform become values', () => {
  expect(configured()).toMatchObject({
    engine: 'mariadb',
    keep: 5,
    alwaysUnmount: false,
    schedule: { scheduleType: '2', mon: true, fri: true, sun: false, tz: 'Europe/Berlin' },
    access: { user: 'root', password: 'it’s "$ecret"' },
  });
});

test('what stays goes into the configuration, and back into the dialog as it was written', () => {
  const fields = { backupAge: '90 days', keepRules: 'daily 7, weekly 4' };
  const configuration = configured({ settings: { ...valid.settings, ...fields } });
  expect(policyOf(configuration)).toMatchObject({
    count: 5,
    tiers: [{ within: { count: 90, unit: 'day' }, each: null }],
    rules: [
      { each: 'day', count: 7 },
      { each: 'week', count: 4 },
    ],
  });
  expect(policyOf(configuration).offsetAt?.(Date.parse('2026-07-01T00:00:00Z'))).toBe(7_200_000);
  expect(toSettings(configuration)).toMatchObject(fields);
  const { keepAlso: _, ...older } = configuration;
  expect(policyOf(older)).toMatchObject({ count: 5, tiers: [], rules: [] });
  expect(toSettings(older)).toMatchObject({ backupAge: '', keepRules: '' });
});

test('an unset value arrives as its placeholder and counts as not given', () => {
  const settings = {
    ...valid.settings,
    backupCount: `\${settings.backupCount}`,
    isAlwaysUmount: `\${settings.isAlwaysUmount}`,
  };
  expect(configured({ settings })).toMatchObject({ keep: 5, alwaysUnmount: true });
});

test.each([
  ['mariadb-dockerized', 'mariadb'],
  ['mysql8', 'mariadb'],
  ['perconadb', 'mariadb'],
  ['postgresql', 'postgresql'],
  ['postgres16', 'postgresql'],
  ['redis7', 'redis'],
  ['mongodb-dockerized', 'mongodb'],
])('the node type %s means the engine %s', (nodeType, engine) => {
  expect(configured({ layer: { nodeGroup: 'x', nodeType } }).engine).toBe(engine);
});

test('a layer that is no known database needs commands of the customer’s', () => {
  const layer = { nodeGroup: 'cp', nodeType: 'nodejs' };
  expect(() => configured({ layer })).toThrow(/nodejs/);
  const settings = { ...valid.settings, backupCommand: 'cat /srv/x', restoreCommand: 'cat >/srv/x' };
  expect(configured({ layer, settings }).engine).toBe('custom');
});

test.each([
  ['environment.name', { environment: { ...valid.environment, name: '../etc' } }],
  ['environment.name', { environment: { ...valid.environment, name: '' } }],
  ['nodes', { nodes: [] }],
  ['nodes.0.hostKey', { nodes: [{ ...valid.nodes[0], hostKey: 'AAAA' }] }],
  ['nodes.0.host', { nodes: [{ ...valid.nodes[0], host: '-oProxyCommand=x' }] }],
  ['nodes.0.port', { nodes: [{ ...valid.nodes[0], port: 70_000 }] }],
  ['settings.backupCount', { settings: { ...valid.settings, backupCount: '31' } }],
  ['settings.backupCount', { settings: { ...valid.settings, backupCount: 'many' } }],
  ['settings.backupAge', { settings: { ...valid.settings, backupAge: '90' } }],
  ['settings.keepRules', { settings: { ...valid.settings, keepRules: 'now and then' } }],
  ['settings.isAlwaysUmount', { settings: { ...valid.settings, isAlwaysUmount: 'perhaps' } }],
  ['settings', { settings: { ...valid.settings, backupCout: '5' } }],
])('a fault in %s is named and nothing is touched', (path, change) => {
  expect(() => configured(change)).toThrow(new RegExp(path.replaceAll('.', '\\.')));
});

test('all faults are named at once', () => {
  const change = { nodes: [], settings: { ...valid.settings, backupCount: '0' } };
  expect(() => configured(change)).toThrow(/nodes.*backupCount/s);
});

test('the settings in force go back into the dialog without the password', () => {
  const settings = toSettings(configured());
  expect(settings).toMatchObject({ scheduleType: '2', backupTime: '03:30', mon: true, backupCount: 5, dbuser: 'root' });
  expect(JSON.stringify(settings)).not.toContain('ecret');
});
