import type { Host } from '../host.ts';
import { killByPidFile, untilReady } from './waiting.ts';

export interface RedisOptions {
  readonly password?: string;
  readonly appendonly?: boolean;
  /** 6379 unless said. */
  readonly port?: number;
  /** Debian's unless said. */
  readonly dir?: string;
  /** Addresses to listen on; loopback unless said. */
  readonly bind?: string;
  /** ACL users, as the configuration file says them: `alice on >secret ~* +@all`. */
  readonly acl?: readonly string[];
  readonly cluster?: boolean;
  /** More lines for the configuration file. */
  readonly settings?: readonly string[];
}

/** A Redis server on a host, run as Debian's account redis with its configuration file. */
export interface RedisServer {
  readonly host: Host;
  readonly port: number;
  readonly dir: string;
  /** One command; answers the reply without the last line feed, rejects on an error reply. */
  cli(...args: readonly string[]): Promise<string>;
  /** Commands, one a line, quoted as redis-cli has it; answers their replies. */
  commands(text: string): Promise<string>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** Starts a fresh and empty server. */
export async function startRedis(host: Host, options: RedisOptions = {}): Promise<RedisServer> {
  const { port, dir, suffix, paths, pidFile } = placeOf(options);
  const settings = [
    `port ${port}`,
    `bind ${options.bind ?? '127.0.0.1 -::1'}`,
    `dir "${dir}"`,
    `pidfile ${pidFile}`,
    `logfile ${paths.log}`,
    'daemonize yes',
    `appendonly ${options.appendonly ? 'yes' : 'no'}`,
    // Without a password and beyond loopback the server would refuse its peers.
    ...(options.bind !== undefined && options.password === undefined ? ['protected-mode no'] : []),
    ...(options.password === undefined
      ? []
      : [`requirepass "${options.password}"`, `masterauth "${options.password}"`]),
    ...(options.acl ?? []).map((user) => `user ${user}`),
    ...(options.cluster ? ['cluster-enabled yes', `cluster-config-file nodes${suffix}.conf`] : []),
    ...(options.settings ?? []),
  ];
  await host.sh(
    `install -d -o redis -g redis -m 750 /run/redis /var/log/redis
    rm -rf "$DIR"; install -d -o redis -g redis -m 750 "$DIR"
    [ -z '${suffix}' ] || cp /etc/redis/redis.conf ${paths.configuration}
    cat >>${paths.configuration}
    chown redis:redis ${paths.configuration}; chmod 640 ${paths.configuration}`,
    { input: `\n${settings.join('\n')}\n`, env: { DIR: dir } },
  );
  const server = redisOn(host, options);
  await server.start();
  return server;
}

/** The server whose configuration a host has already, made with the same options. */
export function redisOn(host: Host, options: RedisOptions = {}): RedisServer {
  const { port, dir, paths, pidFile } = placeOf(options);
  const { configuration, log } = paths;
  return serverOn(host, { port, dir, password: options.password, configuration, log, pidFile });
}

function placeOf(options: RedisOptions) {
  const port = options.port ?? 6379;
  const suffix = port === 6379 ? '' : `-${port}`;
  return {
    port,
    suffix,
    dir: options.dir ?? `/var/lib/redis${suffix}`,
    paths: { configuration: `/etc/redis/redis${suffix}.conf`, log: `/var/log/redis/redis-server${suffix}.log` },
    pidFile: `/run/redis/redis-server${suffix}.pid`,
  };
}

interface Place {
  readonly port: number;
  readonly dir: string;
  readonly password: string | undefined;
  readonly configuration: string;
  readonly log: string;
  readonly pidFile: string;
}

function serverOn(host: Host, place: Place): RedisServer {
  const client = ['redis-cli', '-e', '-p', `${place.port}`];
  const env: Record<string, string> = place.password === undefined ? {} : { REDISCLI_AUTH: place.password };
  const withoutLastLineFeed = (text: string) => text.replace(/\n$/, '');
  return {
    host,
    port: place.port,
    dir: place.dir,
    cli: async (...args) => withoutLastLineFeed(await host.must([...client, ...args], { env })),
    commands: async (text) => withoutLastLineFeed(await host.must(client, { input: text, env })),
    start: async () => {
      await host.must(['redis-server', place.configuration], { user: 'redis' });
      const ready = async () => (await host.run([...client, 'PING'], { env })).stdout === 'PONG\n';
      await untilReady(host, 'redis', place.log, ready);
    },
    stop: async () => {
      await host.run([...client, 'SHUTDOWN'], { env });
      await untilReady(
        host,
        'the end of redis',
        place.log,
        async () => (await host.run(['test', '-e', place.pidFile])).exitCode === 1,
      );
    },
    kill: () => killByPidFile(host, place.pidFile),
  };
}
