import { parseArgs } from 'node:util';
import type { Transport } from './product.ts';
import type { BenchServer } from './server.ts';
import type { SimulationOptions } from './simulation.ts';

export type Size = 'small' | 'medium' | 'large';
export type EngineName = BenchServer['engine'];

/** What the bench is asked to do. */
export interface Options {
  readonly size: Size;
  readonly bytes: number;
  readonly engines: readonly EngineName[];
  readonly runs: number;
  readonly output: string;
  /** By which transports this product is measured; by none when the usual flow is looked at alone. */
  readonly transports: readonly Transport[];
  /** What to simulate instead of measuring servers; smaller sizes first. */
  readonly simulations: readonly SimulationOptions[];
}

export const TRANSPORTS: readonly Transport[] = ['mount', 'channel'];

const BYTES: Readonly<Record<Size, number>> = { small: 20e6, medium: 300e6, large: 2e9 };

/** Reads the command line; throws with a line for people when it cannot be understood. */
export function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      size: { type: 'string', default: 'medium' },
      engine: { type: 'string', multiple: true },
      runs: { type: 'string', default: '1' },
      output: { type: 'string', default: 'bench.json' },
      transport: { type: 'string', multiple: true },
      'reference-only': { type: 'boolean', default: false },
      simulate: { type: 'boolean', default: false },
      environments: { type: 'string' },
      days: { type: 'string' },
    },
  });
  const { size, engine = ['mariadb', 'postgresql'], transport = TRANSPORTS } = values;
  if (!Object.hasOwn(BYTES, size))
    throw new Error(`--size must be small, medium or large, not ${JSON.stringify(size)}`);
  for (const name of engine) {
    if (name !== 'mariadb' && name !== 'postgresql')
      throw new Error(`--engine must be mariadb or postgresql, not ${JSON.stringify(name)}`);
  }
  for (const name of transport) {
    if (name !== 'mount' && name !== 'channel')
      throw new Error(`--transport must be mount or channel, not ${JSON.stringify(name)}`);
  }
  if (!/^[1-9]\d?$/.test(values.runs)) throw new Error(`--runs must be 1 to 99, not ${JSON.stringify(values.runs)}`);
  return {
    size: size as Size,
    bytes: BYTES[size as Size],
    engines: engine as EngineName[],
    runs: Number(values.runs),
    output: values.output,
    transports: values['reference-only'] ? [] : (transport as Transport[]),
    simulations: values.simulate ? simulations(values) : none(values),
  };
}

const DAYS = '365';
const ENVIRONMENTS = '1000,10000';

function simulations({ environments = ENVIRONMENTS, days = DAYS }: Asked): SimulationOptions[] {
  if (!/^[1-9]\d{0,2}$/.test(days) || Number(days) > 366)
    throw new Error(`--days must be 1 to 366, not ${JSON.stringify(days)}`);
  if (!/^[1-9]\d{0,5}(,[1-9]\d{0,5})*$/.test(environments))
    throw new Error(`--environments must be numbers such as 1000,10000, not ${JSON.stringify(environments)}`);
  const sizes = environments.split(',').map(Number);
  return sizes.sort((a, b) => a - b).map((size) => ({ environments: size, days: Number(days) }));
}

function none({ environments, days }: Asked): [] {
  if (environments === undefined && days === undefined) return [];
  throw new Error('--environments and --days go with --simulate');
}

interface Asked {
  readonly environments?: string | undefined;
  readonly days?: string | undefined;
}
