import { beforeAll, describe, expect, test } from 'vitest';
import { mariadb } from '../../addon/engines/mariadb.ts';
import { dumpInto, serverOf } from '../contracts/engine-backup.ts';
import { engineMachine } from '../support/engineMachine.ts';
import { fleet } from '../support/fleet.ts';
import type { Host } from '../support/host.ts';
import { startMariadb } from '../support/servers/mariadb.ts';

const { host } = fleet();
const access = { user: 'root', password: 'secret', host: 'localhost', port: 0, nodes: [], options: {} };
const shop = { name: 'shop', kind: 'database', extension: 'sql' } as const;

describe('a MariaDB dump that ended with 0', () => {
  let box: Host;
  let server: ReturnType<typeof serverOf>;
  beforeAll(async () => {
    box = await host('sql');
    const { sql } = await startMariadb(box, { rootPassword: access.password });
    await sql('CREATE DATABASE shop; CREATE TABLE shop.t (a INT); INSERT INTO shop.t VALUES (1)');
    server = serverOf(await engineMachine(box), access);
  });

  /** The dump by a program that runs the genuine one, and then has it this way. */
  async function dumpBy(way: string) {
    const genuine = '/usr/bin/mariadb-dump "$@"';
    await box.writeFile('/usr/local/bin/mariadb-dump', `#!/bin/sh\n${way.replace('GENUINE', genuine)}\n`, 0o755);
    return await dumpInto(mariadb, server, shop, 'cat >/dev/null');
  }

  test('is complete when it came to its end without a complaint', async () => {
    expect(await dumpBy('GENUINE')).toMatchObject({ verdict: 'complete' });
  });

  test('is none when its last lines are missing', async () => {
    expect(await dumpBy('GENUINE | head -c -60')).toMatchObject({ verdict: 'end-marker-missing' });
  });

  test('is none when it complained', async () => {
    const complaint = "mariadb-dump: Couldn't execute 'show events': Access denied (1044)";
    expect(await dumpBy(`GENUINE; echo "${complaint}" >&2`)).toMatchObject({ verdict: 'producer-complained' });
  });
});
