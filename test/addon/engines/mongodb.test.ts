import { describe, expect, it } from 'vitest';
import type { Access } from '../../../addon/engines/engine.ts';
import { mongodb } from '../../../addon/engines/mongodb.ts';
import { serverOf, takeBackup } from '../../contracts/engine-backup.ts';
import { startStandIn } from '../../contracts/mongodb-trial.ts';
import { engineMachine } from '../../support/engineMachine.ts';
import { fleet } from '../../support/fleet.ts';

const hosts = fleet();

async function trial() {
  const standIn = await hosts.shared('stand-in', () => startStandIn(hosts, 'mongodb'));
  await standIn.is({ role: 'primary', version: '7.0.14', up: true });
  for (const name of ['orders', 'later']) await standIn.drop('shop', name);
  await standIn.put('shop', 'orders', [{ _id: 1 }, { _id: 2 }]);
  const { password } = standIn.access;
  await standIn.put('admin', 'system.users', [{ user: 'keeper', password, roles: ['backup', 'restore'] }]);
  const machine = await engineMachine(standIn.host);
  const server = (change: Partial<Access> = {}) => serverOf(machine, { ...standIn.access, ...change });
  /** Puts a shell script in the place of a program; it finds the genuine one as `$REAL`. */
  const replace = async (program: string, script: string) => {
    const path = `/usr/local/bin/${program}`;
    const genuine = await standIn.host.readFile(path);
    await standIn.host.writeFile(`${path}.real`, genuine, 0o755);
    await standIn.host.writeFile(path, `#!/bin/sh\nREAL=${path}.real\n${script}\n`, 0o755);
    return () => standIn.host.writeFile(path, genuine, 0o755);
  };
  return { standIn, server, replace };
}

describe('mongodb (stand-in programs)', { timeout: 120_000 }, () => {
  it('takes the oplog along on a replica set, and replays it on restore', async () => {
    const { server } = await trial();
    const backup = await takeBackup(mongodb, server());
    expect(backup.parts.map(({ name, extension }) => [name, extension])).toEqual([['mongodb', 'oplog.archive']]);
    expect(backup.warnings).toEqual([]);
    const plain = backup.parts.map((part) => ({ ...part, extension: 'archive' }));
    await mongodb.restore(server(), backup.parts, { version: backup.version });
    await mongodb.restore(server(), plain, { version: backup.version });
  });

  it('says what a server of its own cannot promise, and needs no oplog then', async () => {
    const { standIn, server } = await trial();
    await standIn.is({ role: 'alone' });
    const backup = await takeBackup(mongodb, server());
    expect(backup.parts.map((part) => part.extension)).toEqual(['archive']);
    expect(backup.warnings[0]).toContain('mongodb is no replica set');
    await mongodb.restore(server(), backup.parts, { version: backup.version });
    const wrong = backup.parts.map((part) => ({ ...part, extension: 'oplog.archive' }));
    await expect(mongodb.restore(server(), wrong, { version: backup.version })).rejects.toThrow(
      'no oplog file to replay',
    );
  });

  it('gives the tools the options for TLS and the replica set, and the password by a descriptor alone', async () => {
    const { server } = await trial();
    const options = { tls: 'true', tlsCAFile: '/etc/ca.pem', tlsCertificateKeyFile: '/etc/me.pem', replicaSet: 'rs0' };
    const on = server({ host: 'db-1', port: 27018, options });
    const plan = await mongodb.dump(on, { name: 'mongodb', kind: 'database', extension: 'archive' });
    expect(plan.command.argv.slice(4)).toEqual([
      'mongodump',
      '--host=rs0/db-1:27018',
      '--ssl',
      '--sslCAFile=/etc/ca.pem',
      '--sslPEMKeyFile=/etc/me.pem',
      '--username=keeper',
      '--authenticationDatabase=admin',
      '--config=/dev/fd/3',
      '--archive',
    ]);
    expect(plan.command.secrets).toEqual([`password: "pass 'word' $HOME \\"ä\\" \\\\ #: yes"\n`]);
    expect(plan.command.environment).toBeUndefined();
  });

  it('refuses the router of a sharded cluster', async () => {
    const { standIn, server } = await trial();
    await standIn.is({ role: 'router' });
    await expect(mongodb.probe(server())).rejects.toMatchObject({ code: 'engine-unsupported' });
  });

  it('refuses a backup of a newer server', async () => {
    const { server } = await trial();
    const backup = await takeBackup(mongodb, server());
    for (const version of ['8.0.1', '7.1.0'])
      await expect(mongodb.restore(server(), backup.parts, { version })).rejects.toMatchObject({
        code: 'version-refused',
      });
    await mongodb.restore(server(), backup.parts, { version: '6.0.2' });
  });

  it('names the programs that the node lacks', async () => {
    const { standIn, server } = await trial();
    await standIn.host.sh('mv /usr/local/bin/mongorestore /usr/local/bin/mongorestore.away');
    await expect(mongodb.probe(server())).rejects.toMatchObject({
      code: 'node-tools',
      message: 'the master lacks mongorestore',
    });
    await standIn.host.sh('mv /usr/local/bin/mongorestore.away /usr/local/bin/mongorestore');
  });

  it('does not call a dump complete that was cut off without a word, or that said Failed', async () => {
    const { server, replace } = await trial();
    for (const [lie, verdict] of [
      ['"$REAL" "$@" | head -c -1', 'the archive does not end as an archive ends'],
      ['"$REAL" "$@"; printf x', 'the archive does not end as an archive ends'],
      ['"$REAL" "$@"; exit 3', 'producer-failed'],
      ['"$REAL" "$@"; echo "2026-11-20T02:00:00.000+0000	Failed: something" >&2', 'producer-complained'],
    ] as const) {
      const back = await replace('mongodump', lie);
      await expect(takeBackup(mongodb, server())).rejects.toThrow(verdict);
      await back();
    }
    await takeBackup(mongodb, server());
  });

  it('does not call a restore done that left documents out, or a collection', async () => {
    const { standIn, server, replace } = await trial();
    const backup = await takeBackup(mongodb, server());
    const source = { version: backup.version };
    for (const words of ['1 document(s) restored successfully. 1 document(s) failed to restore.', 'done']) {
      const back = await replace('mongorestore', `cat >/dev/null; echo '${words}' >&2`);
      await expect(mongodb.restore(server(), backup.parts, source)).rejects.toMatchObject({ code: 'restore-failed' });
      await back();
    }
    const none = '0 document(s) restored successfully. 0 document(s) failed to restore.';
    const back = await replace('mongorestore', `cat >/dev/null; echo '${none}' >&2`);
    await standIn.drop('shop', 'orders');
    await expect(mongodb.restore(server(), backup.parts, source)).rejects.toMatchObject({
      code: 'restore-mismatch',
      message: 'collections are missing: shop.orders',
    });
    await back();
    await mongodb.restore(server(), backup.parts, source);
  });

  it('says so when the backup brings back a former password of the user that it comes in as', async () => {
    const { standIn, server } = await trial();
    const backup = await takeBackup(mongodb, server());
    const rotated = { user: 'keeper', password: 'rotated', roles: ['backup', 'restore'] };
    await standIn.put('admin', 'system.users', [rotated]);
    await expect(
      mongodb.restore(server({ password: 'rotated' }), backup.parts, { version: backup.version }),
    ).rejects.toMatchObject({ code: 'credentials-refused', message: expect.stringContaining('the data are restored') });
  });

  it('takes away the users that an interrupted mongorestore had parked', async () => {
    const { standIn, server } = await trial();
    await standIn.put('admin', 'tempusers', [{ user: 'half' }]);
    expect(await mongodb.tidy(server())).toEqual(['dropped admin.tempusers, which an interrupted restore had left']);
    expect(await mongodb.tidy(server())).toEqual([]);
    expect(await standIn.content()).not.toContain('tempusers');
  });

  it('counts documents, collections, views, indexes and users', async () => {
    const { standIn, server } = await trial();
    await standIn.put('shop', 'big orders', [], 'view');
    const { counts } = await mongodb.dump(server(), { name: 'mongodb', kind: 'database', extension: 'archive' });
    expect(counts?.rows).toEqual({ 'shop.orders': 2 });
    expect(counts?.objects).toMatchObject({ databases: 2, collections: 1, views: 1, indexes: 2, users: 1 });
  });
});
