import type { Host } from '../../test/support/hosts.ts';
import type { Action, Figure, Flow } from './figures.ts';
import type { Options } from './options.ts';
import type { Product } from './product.ts';
import { type Ended, startReference } from './reference.ts';
import { type BenchServer, Filling } from './server.ts';
import { processesOf, type Watched, watch } from './watch.ts';

/** One of the flows that are compared, on one server. */
interface Contender {
  readonly flow: Flow;
  readonly daemon?: number;
  /** Whether what it stores was counted as written to the master's disk, although it went over a mount. */
  readonly mountCountsAsDisk: boolean;
  backup(): Promise<Ended>;
  restore(): Promise<Ended>;
  storedBytes(): Promise<number>;
  /** Size of the programs that it has placed on the master, which are no part of a dump. */
  placedBytes(): Promise<number>;
  end(): Promise<void>;
}

/** Fills a server and measures every flow on it, each run with empty repositories. Answers the figures and the dump's size. */
export async function measureEngine(
  server: BenchServer,
  storage: Host,
  product: Product | undefined,
  options: Options,
  tell: (line: string) => void,
): Promise<{ readonly figures: readonly Figure[]; readonly dumpBytes: number }> {
  const master = server.host;
  const filling = new Filling(server);
  tell(`${server.engine}: filling in rows`);
  await filling.fill(options.bytes);
  const environment = { ...server.environment };
  const dumpBytes = Number(
    await master.must(['bash', '-c', `set -o pipefail; ${server.dump} | wc -c`], { env: environment }),
  );
  const idle = processesOf(master);
  const figures: Figure[] = [];

  const measure = async (run: number, action: Action, contender: Contender, work: () => Promise<Ended>) => {
    const { flow, daemon } = contender;
    const watched: Watched = { master, server: server.processName, idle, ...(daemon === undefined ? {} : { daemon }) };
    const before = await contender.storedBytes();
    const placed = await contender.placedBytes();
    await master.must(['sync']);
    const { result: ended, usage } = await watch(watched, work);
    const steps = await ended();
    const newBytes = (await contender.storedBytes()) - before;
    const { writtenBytes, ...rest } = usage;
    const programs = (await contender.placedBytes()) - placed;
    const diskBytes = Math.max(0, writtenBytes - programs - (contender.mountCountsAsDisk ? newBytes : 0));
    figures.push({ engine: server.engine, run, action, flow, ...rest, newBytes, diskBytes, steps });
    tell(`${server.engine}, run ${run}: ${action}, ${flow}: ${usage.seconds.toFixed(1)} s`);
  };

  for (let run = 1; run <= options.runs; run += 1) {
    const contenders = await begin(`${server.engine}-${run}`);
    // In turns, so that what the machine does meanwhile hits all alike.
    const inTurn = run % 2 === 1 ? contenders : contenders.toReversed();
    const backups = async (action: Action) => {
      await measure(run, action, bareDump(server), () => bareDump(server).backup());
      for (const contender of inTurn) await measure(run, action, contender, () => contender.backup());
    };
    await backups('first backup');
    await filling.work('contiguous');
    await backups('after a day, in one range');
    await filling.work('spread');
    await backups('after a day, spread evenly');
    const contents = await server.contents();
    for (const contender of inTurn) {
      await server.dropDatabases();
      await measure(run, 'restore', contender, () => contender.restore());
      if ((await server.contents()) !== contents)
        throw new Error(`${server.engine}: the restore by ${contender.flow} brought back other contents`);
      await server.settle();
    }
    for (const contender of contenders) await contender.end();
  }
  return { figures, dumpBytes };

  async function begin(name: string): Promise<Contender[]> {
    const usual = await startReference(server, storage, name);
    const contenders: Contender[] = [{ ...usual, flow: 'usual', placedBytes: nothing }];
    if (product === undefined) return contenders;
    for (const transport of options.transports) {
      const environmentName = `${name}-${transport}`;
      await product.install(environmentName, server, transport);
      contenders.push({
        flow: transport,
        daemon: product.pid,
        mountCountsAsDisk: transport === 'mount' && usual.mountCountsAsDisk,
        backup: () => product.backup(environmentName),
        restore: () => product.restore(environmentName),
        storedBytes: () => product.storedBytes(environmentName),
        placedBytes: () => product.placedBytes(server, transport),
        end: async () => undefined,
      });
    }
    return contenders;
  }
}

const nothing = async () => 0;

function bareDump(server: BenchServer): Contender {
  return {
    flow: 'dump',
    mountCountsAsDisk: false,
    backup: async () => {
      await server.host.must(['sh', '-c', `${server.dump} >/dev/null`], { env: { ...server.environment } });
      return () => ({});
    },
    restore: () => Promise.reject(new Error('a dump to /dev/null does not come back')),
    storedBytes: nothing,
    placedBytes: nothing,
    end: async () => undefined,
  };
}
