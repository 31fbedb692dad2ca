import type { Host } from '../host.ts';
import { killByPidFile, untilReady } from './waiting.ts';

export interface MariadbOptions {
  readonly rootPassword: string;
  /** 127.0.0.1 unless said, as Debian has it. */
  readonly bindAddress?: string;
  /** More lines for the `[mysqld]` section. */
  readonly settings?: readonly string[];
}

/** A MariaDB server on a host: port 3306 and Debian's socket. */
export interface MariadbServer {
  readonly host: Host;
  /** Runs statements as root; answers the rows, columns separated by tabs, without headings. */
  sql(
    text: string,
    options?: { readonly database?: string; readonly user?: string; readonly password?: string },
  ): Promise<string>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

const logFile = '/var/log/mysql/error.log';
const pidFile = '/run/mysqld/mysqld.pid';

/** Installs a fresh data directory and starts the server on it. */
export async function startMariadb(host: Host, options: MariadbOptions): Promise<MariadbServer> {
  const settings = [
    `bind-address = ${options.bindAddress ?? '127.0.0.1'}`,
    `log_error = ${logFile}`,
    'innodb_buffer_pool_size = 128M',
    'innodb_flush_log_at_trx_commit = 1',
    ...(options.settings ?? []),
  ];
  await host.writeFile('/etc/mysql/mariadb.conf.d/99-host.cnf', `[mysqld]\n${settings.join('\n')}\n`);
  await host.sh(`rm -rf /var/lib/mysql
    install -d -o mysql -g mysql /var/lib/mysql /run/mysqld /var/log/mysql
    mariadb-install-db --user=mysql --skip-test-db --auth-root-authentication-method=socket --auth-root-socket-user=root`);
  const server = mariadbOn(host, options.rootPassword);
  await server.start();
  const password = options.rootPassword.replaceAll('\\', '\\\\').replaceAll("'", "''");
  // Until now root comes in by the socket and without a password.
  await server.sql(`ALTER USER root@localhost IDENTIFIED VIA mysql_native_password USING PASSWORD('${password}')`);
  return server;
}

/** The server whose data directory and configuration a host has already. */
export function mariadbOn(host: Host, rootPassword: string): MariadbServer {
  const sql: MariadbServer['sql'] = (text, { database, user = 'root', password = rootPassword } = {}) => {
    const client = [
      'mariadb',
      '--default-character-set=utf8mb4',
      '--batch',
      '--comments',
      '--skip-column-names',
      `--user=${user}`,
    ];
    const argv = database === undefined ? client : [...client, `--database=${database}`];
    return host.must(argv, { input: text, env: { MYSQL_PWD: password } });
  };
  return {
    host,
    sql,
    start: async () => {
      await host.spawn(['mariadbd', '--user=mysql'], { logFile });
      await untilReady(host, 'mariadb', logFile, async () => {
        // Access denied is an answer too: the server is up.
        const ping = await host.run(['mariadb-admin', '--user=root', 'ping']);
        return ping.exitCode === 0;
      });
    },
    stop: async () => {
      const argv = ['mariadb-admin', '--user=root', 'shutdown'];
      await host.must(argv, { env: { MYSQL_PWD: rootPassword } });
    },
    kill: () => killByPidFile(host, pidFile),
  };
}
