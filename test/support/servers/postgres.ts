import type { Host } from '../host.ts';
import { untilReady } from './waiting.ts';

export interface PostgresOptions {
  /** The password of the role postgres. */
  readonly password: string;
  /** More lines for postgresql.conf. */
  readonly settings?: readonly string[];
}

/** A PostgreSQL server on a host: Debian's cluster `main`, port 5432 with SCRAM on loopback, peer on the socket. */
export interface PostgresServer {
  readonly host: Host;
  readonly version: string;
  /** Runs a script as role postgres, stopping at the first error; answers the rows, columns separated by `|`, without headings. */
  sql(database: string, text: string): Promise<string>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** Makes a fresh cluster in Debian's places and starts it. */
export async function startPostgres(host: Host, options: PostgresOptions): Promise<PostgresServer> {
  const version = (await host.sh('ls /usr/lib/postgresql | sort -n | tail -n 1')).trim();
  await host.sh(`rm -rf /var/lib/postgresql/* /etc/postgresql/*
    install -d -o postgres -g postgres -m 2775 /run/postgresql
    pg_createcluster --encoding UTF8 --locale C.UTF-8 --port 5432 ${version} main`);
  const settings = (options.settings ?? []).join('\n');
  await host.writeFile(`/etc/postgresql/${version}/main/conf.d/host.conf`, `${settings}\n`);
  const server = postgresOn(host, version);
  await server.start();
  await server.sql('postgres', `ALTER ROLE postgres PASSWORD '${options.password.replaceAll("'", "''")}'`);
  return server;
}

/** The server whose cluster of this version a host has already. */
export function postgresOn(host: Host, version: string): PostgresServer {
  const psql = ['psql', '-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
  const programs = `/usr/lib/postgresql/${version}/bin`;
  const data = `/var/lib/postgresql/${version}/main`;
  const configuration = `/etc/postgresql/${version}/main/postgresql.conf`;
  const logFile = `/var/log/postgresql/postgresql-${version}-main.log`;
  return {
    host,
    version,
    sql: (database, text) =>
      host.must([...psql, '-f', '-'], { input: text, user: 'postgres', env: { PGDATABASE: database } }),
    start: async () => {
      // What pg_ctlcluster starts, without its two seconds of waiting.
      await host.spawn([`${programs}/postgres`, '-D', data, '-c', `config_file=${configuration}`], {
        logFile,
        user: 'postgres',
      });
      const ready = async () => (await host.run(['pg_isready', '-q', '-p', '5432'])).exitCode === 0;
      await untilReady(host, 'postgresql', logFile, ready);
    },
    stop: async () =>
      void (await host.must([`${programs}/pg_ctl`, '-D', data, '-m', 'fast', '-s', 'stop'], { user: 'postgres' })),
    // With its children: those that outlive the first process would hold up the next start.
    kill: async () =>
      void (await host.sh('pkill -KILL -x postgres; while pgrep -x postgres >/dev/null; do sleep 0.02; done')),
  };
}
