import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustCommand } from '../../support/commands.ts';
import type { Question, Reply } from './internet-server.ts';
import { type Mirrors, mirroredFile, mirroredHosts } from './mirrors.ts';
import type { Estate } from './words.ts';

const serverFile = join(import.meta.dirname, 'internet-server.ts');
const switchAddress = '10.86.0.1';

/** Answers a call of the API that came by HTTP from a host. */
export type Rest = (path: string, form: URLSearchParams, from: string) => Promise<object>;

/** Puts the internet of hosts up: the mirrors over HTTP and HTTPS, and the platform's own API, on the address of the switch. */
export async function openInternet(estate: Estate, mirrors: Mirrors, rest: Rest): Promise<{ close(): Promise<void> }> {
  const api = `app.${estate.domain}`;
  const names = [...mirroredHosts(mirrors), api, estate.domain];
  const { key, certificate, authority } = await makeCertificates(join(estate.disks, 'internet'), names);
  estate.certificates.authority = authority;
  await estate.network.nameSwitch(names);

  const lifeline = ['setpriv', '--pdeathsig', 'KILL', '--', process.execPath, serverFile];
  const child = spawn(
    'nsenter',
    ['-t', `${estate.network.switchPid}`, '-n', ...lifeline, switchAddress, key, certificate],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], detached: true },
  );
  await once(child, 'message');
  child.on('message', (question: Question) => {
    void answer(question).then((reply) => child.connected && child.send({ ...reply, id: question.id }));
  });
  child.unref();
  child.channel?.unref();

  async function answer({ host, path, body, from }: Question): Promise<Omit<Reply, 'id'>> {
    const url = new URL(path, `https://${host}`);
    if (host === api && url.pathname.startsWith('/1.0/')) {
      const form = new URLSearchParams(body);
      for (const [name, value] of url.searchParams) form.append(name, value);
      const text = JSON.stringify(await rest(url.pathname, form, from.replace(/^::ffff:/, '')));
      return { status: 200, type: 'application/json', text };
    }
    const file = mirroredFile(mirrors, `https://${host}${url.pathname}`);
    if (file !== undefined) return { status: 200, type: 'application/octet-stream', file };
    return { status: 404, type: 'text/plain', text: `no mirror of the stand-in platform has ${url.href}\n` };
  }

  return {
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.ref();
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** An authority of this run alone, and one certificate of its for all the names. */
async function makeCertificates(folder: string, names: readonly string[]) {
  mkdirSync(folder, { recursive: true });
  const at = (name: string) => join(folder, name);
  const request = [
    'openssl',
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '2',
  ];
  await mustCommand([
    ...request,
    ...['-keyout', at('authority.key'), '-out', at('authority.crt'), '-subj', '/CN=Internet of the stand-in platform'],
    ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  ]);
  writeFileSync(at('names'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`);
  await mustCommand([
    ...['openssl', 'req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=mirrors'],
  ]);
  await mustCommand([
    ...['openssl', 'x509', '-req', '-in', at('server.csr'), '-CA', at('authority.crt'), '-CAkey', at('authority.key')],
    ...['-CAcreateserial', '-days', '2', '-extfile', at('names'), '-out', at('server.crt')],
  ]);
  return { key: at('server.key'), certificate: at('server.crt'), authority: readFileSync(at('authority.crt'), 'utf8') };
}
