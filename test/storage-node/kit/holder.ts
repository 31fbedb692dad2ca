import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { sleep } from '../../../storage-node/base/clock.ts';
import { serversOf } from '../../../storage-node/shares/fence.ts';
import { open } from './open.ts';

// A daemon that serves a share, says so at once or when its file server is up, and waits to be killed.
const [directory = '', environment = '', when = 'up'] = process.argv.slice(2);
const folder = join(directory, 'repositories', environment);
const isUp = () => serversOf(folder).some((pid) => readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sftp-server\n');

const node = await open(directory);
const share = await node.share(environment, 'write');
await share.serve();
while (when === 'up' && !isUp()) await sleep(5);
writeSync(1, 'ready\n');
setInterval(() => undefined, 1_000);
