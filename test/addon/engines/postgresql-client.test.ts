import { describe, expect, it } from 'vitest';
import { findClient } from '../../../addon/engines/postgresql/client.ts';
import { settingOf } from '../../../addon/engines/postgresql/quote.ts';
import { postgresql } from '../../../addon/engines/postgresql.ts';
import { serverOf } from '../../contracts/engine-backup.ts';
import { engineMachine } from '../../support/engineMachine.ts';
import { fleet } from '../../support/fleet.ts';
import { startTrial } from './postgresql-trial.ts';

const { host } = fleet();
const access = { user: 'postgres', password: 'x', host: '', port: 0, nodes: [], options: {} };
const fake = (directory: string, version: string, programs = 'psql pg_dump pg_restore') => `mkdir -p ${directory}
  for program in ${programs}; do
    printf '#!/bin/sh\\necho "%s (PostgreSQL) ${version}"\\n' $program >${directory}/$program; chmod 755 ${directory}/$program
  done`;

describe('client programs of PostgreSQL', { timeout: 60_000 }, () => {
  it('takes the newest complete set among several versions, by number', async () => {
    const node = await host('clients');
    await node.sh(fake('/usr/lib/postgresql/9.6/bin', '9.6.24'));
    await node.sh(fake('/usr/pgsql-17/bin', '17.2'));
    await node.sh(fake('/usr/lib/postgresql/99/bin', '99.1', 'pg_dump'));
    const client = await findClient(serverOf(await engineMachine(node), access));
    expect(client).toEqual({ directory: '/usr/pgsql-17/bin', major: 17 });
  });

  it('names the programs that are missing', async () => {
    const node = await host('bare');
    await node.sh('chmod -x /usr/lib/postgresql/*/bin/pg_restore /usr/bin/pg_restore');
    const found = findClient(serverOf(await engineMachine(node), access));
    await expect(found).rejects.toMatchObject({ code: 'node-tools', message: 'missing on bare: pg_restore' });
  });

  it('refuses a client that is older than the server', async () => {
    const node = await host('old');
    const { machine, access: account } = await startTrial(node);
    await node.sh('mkdir -p /usr/pgsql-14/bin');
    await node.sh(`for program in psql pg_dump pg_restore; do
      printf '#!/bin/sh\\n[ "$1" = --version ] && { echo "%s (PostgreSQL) 14.1"; exit; }; exec /usr/lib/postgresql/15/bin/%s "$@"\\n' $program $program >/usr/pgsql-14/bin/$program
      chmod 755 /usr/pgsql-14/bin/$program; done; ln -sf /usr/pgsql-14/bin/pg_dump /usr/bin/pg_dump; chmod 700 /usr/lib/postgresql/15/bin`);
    // The real programs stay out of the account's sight but for psql, which the fake one becomes.
    await node.sh('chmod 711 /usr/lib/postgresql/15/bin; chmod 700 /usr/lib/postgresql/15/bin/pg_restore');
    await expect(postgresql.probe(serverOf(machine, account))).rejects.toMatchObject({
      code: 'node-tools',
      message: 'pg_dump on old is of version 14, the server of version 15',
      hint: expect.stringContaining('postgresql-client-15'),
    });
  });
});

describe('settings as pg_db_role_setting keeps them', () => {
  it.each([
    ['work_mem=5MB', 'work_mem', ['5MB']],
    ['search_path="A ""b""", public, "c, d"', 'search_path', ['A "b"', 'public', 'c, d']],
    ['search_path=', 'search_path', ['']],
    ['search_path=""', 'search_path', ['']],
    ['my.setting=a=b, "c"', 'my.setting', ['a=b, "c"']],
  ])('reads %s', (stored, name, values) => {
    expect(settingOf(stored)).toEqual({ name, values });
  });
});
