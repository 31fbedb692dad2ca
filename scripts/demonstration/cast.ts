import type { Dataset, Fingerprint } from '../../test/support/datasets/dataset.ts';
import { mariadbDataset } from '../../test/support/datasets/mariadb/dataset.ts';
import { postgresqlDataset } from '../../test/support/datasets/postgresql/dataset.ts';
import { redisDataset } from '../../test/support/datasets/redis/dataset.ts';
import type { Host } from '../../test/support/hosts.ts';
import { startMariadb } from '../../test/support/servers/mariadb.ts';
import { startPostgres } from '../../test/support/servers/postgres.ts';
import { startRedis } from '../../test/support/servers/redis.ts';
import type { DemoSize } from './options.ts';

/** A database server with its data, as the story needs it. */
export interface Stage {
  fill(size: DemoSize): Promise<void>;
  change(): Promise<void>;
  destroy(): Promise<void>;
  fingerprint(): Promise<Fingerprint>;
  compare(expected: Fingerprint, actual: Fingerprint): string[];
}

/** One of the three databases of the demo: its host bears the engine's name. */
export interface Actor {
  readonly engine: string;
  readonly environment: string;
  readonly nodeType: string;
  readonly settings: Readonly<Record<string, string>>;
  /** What looks into the database on its host: assignments for env, then a command. */
  readonly client: string;
  start(host: Host): Promise<Stage>;
}

const dbpass = 'demo-secret';

/** All who play. */
export const cast: readonly Actor[] = [
  {
    engine: 'mariadb',
    environment: 'shop',
    nodeType: 'mariadb-dockerized',
    settings: { dbuser: 'root', dbpass },
    client: `MYSQL_PWD=${dbpass} mariadb shop`,
    start: async (host) => stageOf(mariadbDataset, await startMariadb(host, { rootPassword: dbpass })),
  },
  {
    engine: 'postgresql',
    environment: 'library',
    nodeType: 'postgresql',
    settings: { dbuser: 'postgres', dbpass },
    client: `PGPASSWORD=${dbpass} psql -h 127.0.0.1 -U postgres library`,
    start: async (host) => stageOf(postgresqlDataset, await startPostgres(host, { password: dbpass })),
  },
  {
    engine: 'redis',
    environment: 'cache',
    nodeType: 'redis',
    settings: { dbuser: '', dbpass },
    client: `REDISCLI_AUTH=${dbpass} redis-cli`,
    start: async (host) => stageOf(redisDataset, await startRedis(host, { password: dbpass, appendonly: true })),
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
