import { parseArgs } from 'node:util';

export type DemoSize = 'small' | 'medium' | 'large';

export interface DemoOptions {
  readonly size: DemoSize;
  readonly keep: boolean;
  readonly stop: boolean;
}

/** Reads the arguments, which scripts/demo has checked already. */
export function parseOptions(argv: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      size: { type: 'string', default: 'small' },
      keep: { type: 'boolean', default: false },
      stop: { type: 'boolean', default: false },
    },
  });
  return { size: values.size as DemoSize, keep: values.keep, stop: values.stop };
}
