import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { createNetwork, type Host } from '../test/support/hosts.ts';
import { startSshd } from '../test/support/servers/sshd.ts';
import { measureCatalog } from './benchmark/catalog.ts';
import { type Figure, middleOf } from './benchmark/figures.ts';
import { startBenchMariadb } from './benchmark/mariadb.ts';
import { type Options, readOptions, TRANSPORTS } from './benchmark/options.ts';
import { startBenchPostgresql } from './benchmark/postgresql.ts';
import { startProduct } from './benchmark/product.ts';
import { engineReport } from './benchmark/report.ts';
import { measureEngine } from './benchmark/scenario.ts';
import { type Simulated, simulate } from './benchmark/simulation.ts';
import { recordSimulation, simulationReport } from './benchmark/simulation-report.ts';
import { verdictsOf } from './benchmark/targets.ts';

const start = { mariadb: startBenchMariadb, postgresql: startBenchPostgresql };
const say = (line: string) => process.stdout.write(`${line}\n`);
const tell = (line: string) => process.stderr.write(`bench: ${line}\n`);

let interrupted = false;

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  // What fails because its host was taken down is no news.
  if (!interrupted) tell(error instanceof Error ? error.message : String(error));
  return 1;
});

async function main(argv: readonly string[]): Promise<number> {
  if (argv.includes('--catalog')) return await benchCatalog(argv.filter((argument) => argument !== '--catalog'));
  const options = readOptions(argv);
  if (options.simulations.length > 0) return await simulateAll(options);
  // On disk: databases, the usual flow's files and the repositories must meet a disk where they would in real life.
  mkdirSync('/var/tmp', { recursive: true, mode: 0o1777 });
  const disk = mkdtempSync('/var/tmp/dbbackup-bench-');
  const network = await createNetwork();
  const cleanUp = async () => {
    await network.stop();
    rmSync(disk, { recursive: true, force: true });
  };
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      interrupted = true;
      tell('interrupted: taking everything down');
      cleanUp().finally(() => process.exit(status));
    });
  }
  try {
    return await measureAll(options, (name) => network.addHost({ name, upper: disk }));
  } finally {
    await cleanUp();
  }
}

/** Needs no host. Its figures go beside whatever the file holds already. */
async function benchCatalog(argv: readonly string[]): Promise<number> {
  const { output } = readOptions(argv);
  const figures = await measureCatalog(say);
  const former = existsSync(output) ? (JSON.parse(readFileSync(output, 'utf8')) as object) : {};
  writeFileSync(output, `${JSON.stringify({ ...former, catalog: figures }, null, 2)}\n`);
  say(`all figures: ${output}`);
  return 0;
}

async function simulateAll({ simulations, output }: Options): Promise<number> {
  const simulated: Simulated[] = [];
  for (const each of simulations) simulated.push(await simulate(each, tell));
  say(`simulated schedules, ${machine()}\n\n${simulationReport(simulated)}\n`);
  recordSimulation(output, machine(), simulated);
  say(`all figures: ${output}`);
  return simulated.every(({ missing, repeated }) => missing + repeated === 0) ? 0 : 1;
}

function machine(): string {
  return `${cpus().length} processors (${cpus()[0]?.model ?? 'unknown'}), ${Math.round(totalmem() / 2 ** 30)} GiB of memory`;
}

async function measureAll(options: Options, addHost: (name: string) => Promise<Host>): Promise<number> {
  const startedAt = new Date().toISOString();
  const storage = await addHost('storage');
  const product = options.transports.length === 0 ? undefined : await startProduct(storage);
  const figures: Figure[] = [];
  const dumps: Record<string, number> = {};
  const middle = middleOf(figures);
  for (const engine of options.engines) {
    const host = await addHost(engine);
    await startSshd(host);
    const server = await start[engine](host);
    const measured = await measureEngine(server, storage, product, options, tell);
    figures.push(...measured.figures);
    dumps[engine] = measured.dumpBytes;
    await server.stop();
  }
  await product?.stop();

  say(`size ${options.size}, ${options.runs === 1 ? '1 run' : `medians of ${options.runs} runs`}, ${machine()}\n`);
  for (const engine of options.engines) say(`${engineReport(engine, dumps[engine] ?? 0, middle)}\n`);
  const verdicts = options.engines.flatMap((engine) =>
    TRANSPORTS.flatMap((transport) => verdictsOf(engine, transport, middle)),
  );
  const { size, runs } = options;
  const record = { startedAt, size, runs, machine: machine(), dumpBytes: dumps, targets: verdicts, figures };
  writeFileSync(options.output, `${JSON.stringify(record, null, 2)}\n`);
  say(`all figures: ${join(options.output)}`);
  return 0;
}
