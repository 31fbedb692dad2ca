import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runCommand } from '../support/commands.ts';

const script = resolve(import.meta.dirname, '../../scripts/platform-pages');
// A place of its own, so that what is left can be told from what others use.
const place = mkdtempSync('/var/tmp/platform-test-');
const theirs = mkdtempSync('/var/tmp/platform-test-theirs-');
afterAll(() => [place, theirs].forEach((folder) => void rmSync(folder, { recursive: true })));

describe('npm run platform', () => {
  it.each([
    [['--port', 'http'], 'a port is a number'],
    [['--port'], '--port needs a value'],
    [['--environments', 'shop'], 'NAME=NODETYPE'],
    [['--mirror', 'folder'], 'a mirror is ADDRESS=FOLDER'],
    [['--environment=shop=redis'], 'no option --environment=shop=redis'],
  ])('refuses %j with a whole command to try, before any set-up', async (argv, words) => {
    const run = await runCommand(['sh', script, ...argv]);
    expect(run).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringContaining(words) });
    expect(run.stderr).toMatch(/\ntry: npm run platform -- --port \d+ --environments [^\n]+\n$/);
  });

  it('prints the address of its pages, and Ctrl-C leaves nothing behind', async () => {
    const base = 'https://raw.githubusercontent.com/them';
    const manifest = (name: string) =>
      `type: update\nid: ${name}\nname: ${name}\nbaseUrl: ${base}/${name}\ndescription: { text: /text.md }\n`;
    writeFileSync(join(theirs, 'file.jps'), manifest('by-file'));
    writeFileSync(join(theirs, 'address.jps'), manifest('by-address'));
    writeFileSync(join(theirs, 'text.md'), 'found beside it');
    const imports = ['--import', join(theirs, 'file.jps'), '--import', `${base}/by-address/address.jps`];
    const mirror = ['--mirror', `${base}/by-address=${theirs}`];
    const child = spawn('sh', [script, '--environments', 'cache=redis', ...imports, ...mirror], {
      env: { ...process.env, TMPDIR: place },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk));
    const ended = once(child, 'close');
    const address = () => /open (http:\/\/127\.0\.0\.1:\d+\/)/.exec(said)?.[1];
    await expect.poll(address, { timeout: 60_000 }).toBeDefined();
    const get = async (path: string) =>
      (await (await fetch(`${address()}api/${path}`)).json()) as { name: string; text: string }[];
    const offers = await get('offers');
    expect(offers.map(({ name }) => name)).toEqual([
      'Database Backup Storage',
      'Database Backup and Restore',
      'by-file',
      'by-address',
    ]);
    expect(offers.slice(2).map(({ text }) => text)).toEqual(['found beside it', 'found beside it']);
    const environments = JSON.stringify(await get('environments'));
    expect(environments).toContain('"cache"');
    const [, host = ''] = /"address":"([^"]+)"/.exec(environments) ?? [];
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    expect(said).toContain('stopping all hosts');
    expect(readdirSync(join(place))).toEqual([]);
    const left = await runCommand(['pgrep', '-f', `host-boot.sh.*cache.stand-in.test`]);
    expect(left.stdout, `hosts at ${host}`).toBe('');
  });
});
