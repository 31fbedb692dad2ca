import { writeSync } from 'node:fs';
import { accompany, createPipe } from '../../../storage-node/base/run.ts';

/** Run as a program: starts a companion that would go on for long, tells its pid, and waits to be killed. */
const input = await createPipe();
const output = await createPipe();
const companion = accompany(['sleep', '600'], input.readEnd, output.writeEnd);
writeSync(1, `${companion.pid}\n`);
setInterval(() => {}, 60_000);
