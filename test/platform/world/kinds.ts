import type { Host } from '../../support/hosts.ts';
import { mariadbOn, startMariadb } from '../../support/servers/mariadb.ts';
import { postgresOn, startPostgres } from '../../support/servers/postgres.ts';
import { redisOn, startRedis } from '../../support/servers/redis.ts';

/** The database server of a node. */
export interface Service {
  start(): Promise<void>;
  stop(): Promise<void>;
  setPassword(from: string, to: string): Promise<void>;
}

/** What the platform knows of a node type. */
export interface Kind {
  /** The name that GetEnvInfo reports. */
  readonly nodeType: string;
  /** Versioned names under which it may be asked for, and which an add-on's targetNodes may name. */
  readonly aliases: readonly string[];
  readonly nodeGroup: string;
  readonly displayName: string;
  /** COMPUTE_TYPE of /etc/jelastic/metainf.conf. */
  readonly computeType: string;
  readonly version: string;
  /** The restricted account of the stack, which runs commands that name no other. */
  readonly account: string;
  readonly adminUser: string;
  /** What a redeploy keeps: volumes, and what the image's entry point writes again. */
  readonly volumes: readonly string[];
  readonly docker: boolean;
  /** What applications of this type are written for. */
  readonly engineType?: string;
  /** Installs the server on a fresh disk and starts it. */
  readonly install?: (host: Host, password: string) => Promise<Service>;
  /** The server on a disk that has one; not started. */
  readonly resume?: (host: Host, password: string) => Promise<Service>;
}

const sqlPassword = (password: string) => `'${password.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;

function mariadbService(host: Host, first: string): Service {
  let server = mariadbOn(host, first);
  return {
    start: async () => {
      await host.sh('install -d -o mysql -g mysql /run/mysqld /var/log/mysql');
      await server.start();
    },
    stop: () => server.stop(),
    setPassword: async (_, to) => {
      await server.sql(`ALTER USER root@localhost IDENTIFIED BY ${sqlPassword(to)}`);
      server = mariadbOn(host, to);
    },
  };
}

async function postgresService(host: Host): Promise<Service> {
  const version = (await host.sh('ls /etc/postgresql | sort -n | tail -n 1')).trim();
  const server = postgresOn(host, version);
  return {
    start: async () => {
      // One left by a crash names a process that may be another's by now.
      await host.sh(`install -d -o postgres -g postgres -m 2775 /run/postgresql
        rm -f /var/lib/postgresql/*/main/postmaster.pid`);
      await server.start();
    },
    stop: () => server.stop(),
    setPassword: async (_, to) => {
      const literal = `'${to.replaceAll("'", "''")}'`;
      await server.sql('postgres', `ALTER ROLE postgres PASSWORD ${literal}; ALTER ROLE webadmin PASSWORD ${literal}`);
    },
  };
}

function redisService(host: Host, first: string): Service {
  let server = redisOn(host, { password: first });
  return {
    start: async () => {
      await host.sh('install -d -o redis -g redis -m 750 /run/redis /var/log/redis');
      await server.start();
    },
    stop: () => server.stop(),
    setPassword: async (_, to) => {
      await server.cli('CONFIG', 'SET', 'requirepass', to);
      server = redisOn(host, { password: to });
      await server.cli('CONFIG', 'REWRITE');
    },
  };
}

const mariadb: Pick<Kind, 'account' | 'adminUser' | 'volumes' | 'install' | 'resume' | 'docker' | 'nodeGroup'> = {
  nodeGroup: 'sqldb',
  docker: true,
  account: 'mysql',
  adminUser: 'root',
  volumes: ['/var/lib/mysql', '/etc/mysql/mariadb.conf.d'],
  install: async (host, password) => {
    await startMariadb(host, { rootPassword: password });
    return mariadbService(host, password);
  },
  resume: async (host, password) => mariadbService(host, password),
};

const bare: Pick<Kind, 'account' | 'adminUser' | 'volumes' | 'docker'> = {
  docker: false,
  account: 'jelastic',
  adminUser: 'root',
  volumes: [],
};

/** The node types of this platform. MySQL and Percona are served by MariaDB: their names differ, the server is the same. */
export const KINDS: readonly Kind[] = [
  {
    ...mariadb,
    nodeType: 'mariadb-dockerized',
    displayName: 'MariaDB',
    aliases: ['mariadb', 'mariadb10', 'mariadb11', 'mariadb103', 'mariadb106', 'mariadb1011'],
    computeType: 'mariadb',
    version: '10.11',
  },
  {
    ...mariadb,
    nodeType: 'mysql',
    displayName: 'MySQL CE',
    aliases: ['mysql5', 'mysql8', 'mysql9'],
    computeType: 'mysql',
    version: '8.0',
  },
  {
    ...mariadb,
    nodeType: 'perconadb',
    displayName: 'Percona',
    aliases: ['percona', 'percona5', 'percona8'],
    computeType: 'percona',
    version: '8.0',
  },
  {
    nodeType: 'postgresql',
    displayName: 'PostgreSQL',
    aliases: ['postgres', ...[11, 12, 13, 14, 15, 16, 17].map((version) => `postgres${version}`)],
    nodeGroup: 'sqldb',
    computeType: 'postgres',
    version: '15',
    account: 'postgres',
    adminUser: 'webadmin',
    volumes: ['/var/lib/postgresql', '/etc/postgresql'],
    docker: true,
    install: async (host, password) => {
      const server = await startPostgres(host, { password });
      await server.sql('postgres', `CREATE ROLE webadmin SUPERUSER LOGIN PASSWORD '${password.replaceAll("'", "''")}'`);
      return await postgresService(host);
    },
    resume: (host) => postgresService(host),
  },
  {
    nodeType: 'redis',
    displayName: 'Redis',
    aliases: ['redis6', 'redis7', 'redis8'],
    nodeGroup: 'nosqldb',
    computeType: 'redis',
    version: '7.0',
    account: 'redis',
    adminUser: '',
    volumes: ['/var/lib/redis', '/etc/redis'],
    docker: true,
    install: async (host, password) => {
      await startRedis(host, { password });
      // Where certified images have it.
      await host.sh('ln -sf /etc/redis/redis.conf /etc/redis.conf; usermod -a -G redis redis');
      return redisService(host, password);
    },
    resume: async (host, password) => redisService(host, password),
  },
  {
    ...bare,
    nodeType: 'storage',
    displayName: 'Shared Storage',
    aliases: [],
    nodeGroup: 'storage',
    computeType: 'storage',
    version: '2.0-11.2',
    account: 'root',
    volumes: ['/data'],
  },
  {
    ...bare,
    nodeType: 'docker',
    displayName: 'Docker image',
    aliases: [],
    nodeGroup: 'cp',
    computeType: 'docker',
    version: 'latest',
    account: 'root',
    docker: true,
  },
  ...['debian-vps', 'ubuntu-vps', 'almalinux-vps', 'centos-vps'].map((nodeType) => ({
    ...bare,
    nodeType,
    displayName: nodeType,
    aliases: [],
    nodeGroup: 'vps',
    computeType: 'vps',
    version: '12',
    account: 'root',
  })),
  {
    ...bare,
    nodeType: 'nodejs',
    displayName: 'Node.js',
    aliases: ['nodejs20-npm', 'nodejs20-pm2', 'nodejs22-npm', 'nodejs22-pm2'],
    nodeGroup: 'cp',
    computeType: 'cartridge',
    version: '22.19.0-almalinux-9',
    engineType: 'nodejs',
  },
  ...['lemp', 'llsmp', 'apache2', 'nginx', 'nginxphp', 'tomcat', 'memcached', 'haproxy'].map((nodeType) => ({
    ...bare,
    ...(nodeType === 'tomcat' ? { engineType: 'java' } : {}),
    ...(/^lemp|^llsmp|^apache2|php$/.test(nodeType) ? { engineType: 'php' } : {}),
    nodeType,
    displayName: nodeType,
    aliases: [],
    nodeGroup: nodeType === 'haproxy' ? 'bl' : nodeType === 'memcached' ? 'cache' : 'cp',
    computeType: 'cartridge',
    version: '1.0',
  })),
];

/** The node type of this name or alias. */
export function kindOf(asked: string): Kind | undefined {
  const name = asked.toLowerCase();
  const versioned = /^nodejs\d+/.test(name) ? 'nodejs' : name;
  return KINDS.find((kind) => kind.nodeType === versioned || kind.aliases.includes(versioned));
}
