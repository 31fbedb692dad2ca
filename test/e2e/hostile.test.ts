import { beforeAll, describe, expect, test } from 'vitest';
import { ADDON, type Seen, STORAGE, type Theatre, theatre } from './theatre.ts';

const stage = theatre();
let it: Theatre;
const name = `a'b"c\`d $HOME \${user.email} $(touch /tmp/owned) ; touch /tmp/owned # <img src=x onerror="document.title='owned'"> \\ & é`;
const password = `p'a"s\`s $HOME \${user.email} $(touch /tmp/owned) <b>&amp; \\ é`;

beforeAll(async () => {
  it = await stage();
  await it.platform.createEnvironment({
    name: 'shop',
    displayName: name,
    nodes: [{ nodeType: 'mariadb10', nodeGroup: '' }],
  });
  const literal = password.replaceAll('\\', '\\\\').replaceAll("'", "''");
  await it.sql(
    'shop',
    `CREATE USER 'keeper'@'%' IDENTIFIED BY '${literal}'; GRANT ALL ON *.* TO 'keeper'@'%' WITH GRANT OPTION`,
  );
}, 120_000);

async function install(values: Readonly<Record<string, string>>): Promise<Seen> {
  await it.openInstall(ADDON, `MariaDB of ${name}`);
  await it.submit({ dbuser: 'keeper', dbpass: password, ...values });
  return await it.seen();
}

/** Nothing that a text could have run has run: on the nodes, on this machine, or in the page. */
async function nothingRan(): Promise<void> {
  for (const environment of it.platform.estate.environments.values()) {
    for (const { host } of environment.nodes) expect(await host.sh('ls /tmp/owned 2>/dev/null || true')).toBe('');
  }
  expect(await it.page.title()).not.toBe('owned');
  expect(it.complaints).toEqual([]);
}

describe("a user's text with quotes, $, HTML and more", () => {
  test('is the display name of a storage as it is', async () => {
    await it.openInstall(STORAGE);
    await it.submit({ envName: 'backups', displayName: name });
    expect(await it.seen()).toMatchObject({ type: 'success' });
    await it.go('Environments');
    expect(await it.page.locator('[data-environment=backups] h2').textContent()).toBe(name);
    await nothingRan();
  });

  test.each(['envName'])('is refused as the name of an environment', async (field) => {
    await it.openInstall(STORAGE);
    await it.submit({ [field]: name });
    expect((await it.seen()).type).not.toBe('success');
    await nothingRan();
  });

  test.each([
    ['dbuser', name],
    ['dbpass', name],
    ['notifyEmail', name],
  ])('is refused where it is wrong: %s', async (field, text) => {
    expect((await install({ [field]: text })).type).not.toBe('success');
    expect(await it.page.locator('[data-card]').count()).toBe(0);
    await nothingRan();
  });

  test('is the password of the database as it is, and works', async () => {
    expect(await install({})).toMatchObject({ type: 'success' });
    await it.press('shop', 'Backup Now');
    await it.agree();
    expect(await it.seen()).toMatchObject({ type: 'success' });
    await nothingRan();
  });

  test.each([
    ['Configure', { scheduleType: '3', crontab: name }],
    ['Configure', { scheduleType: '2', backupTime: '03:30', dbuser: name }],
    ['Restore', { databases: name }],
  ] as const)('is refused by %s where it is wrong: %j', async (button, values) => {
    await it.press('shop', button);
    await it.submit(values);
    await it.agree();
    expect((await it.seen()).type).not.toBe('success');
    await nothingRan();
  });

  test('is in no line of the tasks log where it is a secret', async () => {
    await it.go('Tasks');
    await it.page.locator('[data-task]').first().waitFor();
    expect(await it.page.locator('main').evaluate((main) => main.textContent)).not.toContain(password);
  });
});
