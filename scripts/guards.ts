import { join } from 'node:path';
import { type CheckoutCopy, copyCheckout, type Verdict } from '../test/guards/checkout-copy.ts';
import { type Guard, takenOut } from '../test/guards/guard.ts';
import { GUARDS } from '../test/guards/guards.ts';

const ROOT = join(import.meta.dirname, '..');
const STATUS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const listing = process.argv.includes('--list');
const say = (line: string) => process.stdout.write(`${line}\n`);
const chosen = GUARDS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
const widths = [
  Math.max(5, ...chosen.map(({ name }) => name.length)),
  Math.max(4, ...chosen.map((guard) => titleOf(guard).length)),
] as const;

function titleOf({ test }: Guard): string {
  const group = test.group ? `${test.group} ` : '';
  return `${test.file.slice('test/'.length, -'.test.ts'.length)}: ${group}${test.name}`;
}

function row(guard: string, test: string, red: string): string {
  return `${guard.padEnd(widths[0])}  ${test.padEnd(widths[1])}  ${red}`.trimEnd();
}

const allRed = ({ passed, failed }: Verdict) => failed > 0 && passed === 0;
const allGreen = ({ passed, failed }: Verdict) => passed > 0 && failed === 0;

/** A test that is red with the guard in place would prove nothing, so it is run before and after. */
async function prove(guard: Guard, copy: CheckoutCopy, before: Map<string, Verdict>): Promise<string> {
  const key = JSON.stringify(guard.test);
  const whole = before.get(key) ?? (await copy.run(guard.test));
  before.set(key, whole);
  if (!allGreen(whole)) return `no: not green with the guard in place: ${whole.said || 'no such test'}`;
  const content = copy.read(guard.file);
  const altered = takenOut(guard, content);
  copy.write(guard.file, altered);
  const without = await copy.run(guard.test);
  copy.write(guard.file, content);
  if (allRed(without)) return `yes: ${without.said.slice(0, 100)}`;
  if (without.failed === 0 && without.passed === 0) return `no: nothing ran: ${without.said}`;
  return `no: ${without.passed} of ${without.passed + without.failed} stayed green`;
}

async function main(): Promise<number> {
  if (chosen.length === 0) {
    process.stderr.write('guards: no guard is named so\ntry: scripts/guards --list\n');
    return 2;
  }
  say(row('guard', 'test', listing ? '' : 'red'));
  if (listing) {
    for (const guard of chosen) say(row(guard.name, titleOf(guard), ''));
    return 0;
  }
  using copy = copyCheckout(ROOT);
  let interruption = 0;
  for (const [signal, status] of Object.entries(STATUS)) {
    process.on(signal, () => {
      interruption = status;
      void copy.stop();
    });
  }
  const before = new Map<string, Verdict>();
  let proven = 0;
  for (const guard of chosen) {
    const red = await prove(guard, copy, before).catch((error: unknown) => `no: ${error}`);
    if (interruption !== 0) return interruption;
    say(row(guard.name, titleOf(guard), red));
    if (red.startsWith('yes')) proven += 1;
  }
  say(`guards: ${proven} of ${chosen.length} turn a test red when they are taken out`);
  return proven === chosen.length ? 0 : 1;
}

process.exitCode = await main();
