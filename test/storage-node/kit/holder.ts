import { writeSync } from 'node:fs';
import { open } from './storage.ts';

// A daemon that serves a share, starts a long restic of its own, says so, and waits to be killed.
const [directory = '', environment = ''] = process.argv.slice(2);
const node = await open(directory);
if (environment !== '') {
  const share = await node.share(environment, 'write');
  await share.serve();
}
writeSync(1, 'ready\n');
setInterval(() => undefined, 1_000);
