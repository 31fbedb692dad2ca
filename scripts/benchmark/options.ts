import { parseArgs } from 'node:util';
import type { BenchServer } from './server.ts';

export type Size = 'small' | 'medium' | 'large';
export type EngineName = BenchServer['engine'];

/** What the bench is asked to do. */
export interface Options {
  readonly size: Size;
  readonly bytes: number;
  readonly engines: readonly EngineName[];
  readonly runs: number;
  readonly output: string;
  /** Measures the usual flow alone. */
  readonly withoutProduct: boolean;
}

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
      'reference-only': { type: 'boolean', default: false },
    },
  });
  const { size, engine = ['mariadb', 'postgresql'] } = values;
  if (!Object.hasOwn(BYTES, size))
    throw new Error(`--size must be small, medium or large, not ${JSON.stringify(size)}`);
  for (const name of engine) {
    if (name !== 'mariadb' && name !== 'postgresql')
      throw new Error(`--engine must be mariadb or postgresql, not ${JSON.stringify(name)}`);
  }
  if (!/^[1-9]\d?$/.test(values.runs)) throw new Error(`--runs must be 1 to 99, not ${JSON.stringify(values.runs)}`);
  return {
    size: size as Size,
    bytes: BYTES[size as Size],
    engines: engine as EngineName[],
    runs: Number(values.runs),
    output: values.output,
    withoutProduct: values['reference-only'],
  };
}
