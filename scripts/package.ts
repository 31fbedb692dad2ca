import { resolve } from 'node:path';
import { pinManifests, pinnedIn } from './packaging/pins.ts';
import { buildRelease } from './packaging/release.ts';

const root = resolve(import.meta.dirname, '..');
const say = (line: string) => process.stdout.write(`package: ${line}\n`);

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`package: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

function main(argv: readonly string[]): number {
  const { output, pin } = optionsOf(argv);
  const release = buildRelease(root, output);
  say(`${release.archive}`);
  say(`${(release.bytes / 1e6).toFixed(1)} MB, ${(release.unpackedBytes / 1e6).toFixed(1)} MB when unpacked`);
  say(`sha256 ${release.sha256}`);
  say(`what is to be served at the manifests' baseUrl: ${release.folder}`);
  if (pin) {
    pinManifests(root, release.sha256);
    say('both manifests of this checkout pin it now');
  } else if (pinnedIn(root) !== release.sha256) say('the manifests of this checkout pin another archive; see --pin');
  return 0;
}

function optionsOf(argv: readonly string[]): { readonly output: string; readonly pin: boolean } {
  let [output, pin] = [resolve(root, 'dist'), false];
  for (let index = 0; index < argv.length; index += 1) {
    const value = argv[index + 1];
    if (argv[index] === '--pin') pin = true;
    else if (argv[index] === '--output' && value !== undefined) {
      output = resolve(value);
      index += 1;
    } else throw new Error(`${argv[index]} is no option of this; see --help`);
  }
  return { output, pin };
}
