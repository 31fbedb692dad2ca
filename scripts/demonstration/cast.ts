import type { Dataset, Fingerprint } from '../../test/support/datasets/dataset.ts';
import { mariadbDataset } from '../../test/support/datasets/mariadb/dataset.ts';
import { postgresqlDataset } from '../../test/support/datasets/postgresql/dataset.ts';
import { redisDataset } from '../../test/support/datasets/redis/dataset.ts';
import type { Host } from '../../test/support/hosts.ts';
import { mariadbOn } from '../../test/support/servers/mariadb.ts';
import { postgresOn } from '../../test/support/servers/postgres.ts';
import { redisOn } from '../../test/support/servers/redis.ts';
import type { DemoSize } from './options.ts';

/** A database server with its data, as the story needs it. */
export interface Stage {
  fill(size: DemoSize): Promise<void>;
  change(): Promise<void>;
  destroy(): Promise<void>;
  fingerprint(): Promise<Fingerprint>;
  compare(expected: Fingerprint, actual: Fingerprint): string[];
}

/** One of the three databases of the demo. */
export interface Actor {
  readonly engine: string;
  readonly environment: string;
  readonly nodeType: string;
  readonly user: string;
  /** The stage of a server that the platform has made with this administrator's password. */
  enter(host: Host, password: string): Promise<Stage>;
  /** What looks into the database on its host: assignments for env, then a command. */
  client(password: string): string;
}

/** All who play. */
export const cast: readonly Actor[] = [
  {
    engine: 'mariadb',
    environment: 'shop',
    nodeType: 'mariadb-dockerized',
    user: 'root',
    enter: async (host, password) => stageOf(mariadbDataset, mariadbOn(host, password)),
    client: (password) => `MYSQL_PWD=${password} mariadb shop`,
  },
  {
    engine: 'postgresql',
    environment: 'library',
    nodeType: 'postgresql',
    user: 'postgres',
    enter: async (host) => stageOf(postgresqlDataset, postgresOn(host, (await host.sh('ls /etc/postgresql')).trim())),
    client: (password) => `PGPASSWORD=${password} psql -h 127.0.0.1 -U postgres library`,
  },
  {
    engine: 'redis',
    environment: 'cache',
    nodeType: 'redis',
    user: '',
    enter: async (host, password) => {
      const server = redisOn(host, { password });
      await server.cli('CONFIG', 'SET', 'appendonly', 'yes');
      await server.cli('CONFIG', 'REWRITE');
      return stageOf(redisDataset, server);
    },
    client: (password) => `REDISCLI_AUTH=${password} redis-cli`,
  },
];

function stageOf<Server>(dataset: Dataset<Server>, server: Server): Stage {
  return {
    fill: (size) => dataset.fill(server, size),
    change: () => dataset.change(server),
    destroy: () => dataset.destroy(server),
    fingerprint: () => dataset.fingerprint(server),
    compare: dataset.compare,
  };
}
