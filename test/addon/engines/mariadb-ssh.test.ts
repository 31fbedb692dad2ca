import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mariadb } from '../../../addon/engines/mariadb.ts';
import { serverOf, takeBackup, truncated } from '../../contracts/engine-backup.ts';
import { mariadbDataset } from '../../support/datasets/mariadb/dataset.ts';
import { startMariadb } from '../../support/servers/mariadb.ts';
import { createMasters, type Masters } from '../machines/masters.ts';

const password = `p#a"s's \\ ;ä`;
const access = { user: 'root', password, host: 'localhost', port: 0, nodes: [], options: {} };

describe('mariadb, over ssh', { timeout: 180_000 }, () => {
  let masters: Masters;
  beforeAll(async () => {
    masters = await createMasters();
  });
  afterAll(async () => {
    await masters[Symbol.asyncDispose]();
  }, 60_000);

  it('restores what it dumped by the real pump, refuses half of it, and leaves nothing running', async () => {
    const master = await masters.add('sql');
    await using machine = await master.connect();
    const server = serverOf(machine, access);
    const live = await startMariadb(master.host, { rootPassword: password });
    await mariadbDataset.fill(live, 'tiny');
    const before = await mariadbDataset.fingerprint(live);
    const backup = await takeBackup(mariadb, server);
    await mariadbDataset.destroy(live);

    await expect(
      mariadb.restore(server, truncated(server, backup).parts, { version: backup.version }),
    ).rejects.toMatchObject({ code: 'restore-failed' });
    await mariadb.restore(server, backup.parts, { version: backup.version });

    expect(mariadbDataset.compare(before, await mariadbDataset.fingerprint(live))).toEqual([]);
    expect((await master.host.run(['pgrep', '-u', 'dbbackup', '-f', 'mariadb'])).stdout).toBe('');
  });
});
