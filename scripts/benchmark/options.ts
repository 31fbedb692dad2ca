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
  readonly help: boolean;
}

const BYTES: Readonly<Record<Size, number>> = { small: 20e6, medium: 300e6, large: 2e9 };

export const HELP = `Measures backups and restores of MariaDB and PostgreSQL: the bare dump, the usual flow with restic, and this product.
Everything runs on hosts of its own and is gone afterwards. Needs root.

  scripts/bench [--size small|medium|large] [--engine mariadb|postgresql] [--runs N] [--output bench.json]

  --size     about 20 MB, 300 MB or 2 GB of rows per engine; medium unless said
  --engine   one engine alone
  --runs     measure everything so many times and show the medians; 1 unless said
  --output   where the figures go as JSON; bench.json unless said
  --reference-only   leave this product out

The table says for each target whether it was reached. A target that was missed is no failure: the exit status is 0 when everything ran.
`;

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
      help: { type: 'boolean', default: false },
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
    help: values.help,
  };
}
