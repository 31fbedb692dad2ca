import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What stands in for the internet: the beginning of an address, and the folder or file that answers below it. */
export type Mirrors = Readonly<Record<string, string>>;

/** The same file by the addresses that are one place: pages of a repository, its raw files, and the network that copies them. */
function equals(address: string): readonly string[] {
  const [, owner, name, path] =
    /^https:\/\/github\.com\/([^/]+)\/([^/]+)\/(?:raw|blob)\/(?:refs\/heads\/)?(.+)$/.exec(address) ??
    /^https:\/\/raw\.githubusercontent\.com\/([^/]+)\/([^/]+)\/(?:refs\/heads\/)?(.+)$/.exec(address) ??
    /^https:\/\/(?:cdn|fastly)\.jsdelivr\.net\/gh\/([^/]+)\/([^/@]+)@(.+)$/.exec(address) ??
    [];
  if (path === undefined) return [address];
  const ref = path.split('/', 1)[0] ?? '';
  return [
    address,
    `https://raw.githubusercontent.com/${owner}/${name}/${path}`,
    `https://github.com/${owner}/${name}/raw/${path}`,
    `https://cdn.jsdelivr.net/gh/${owner}/${name}@${ref}${path.slice(ref.length)}`,
  ];
}

function fileBelow(prefix: string, folder: string, address: string): string | undefined {
  if (!address.startsWith(prefix)) return undefined;
  const rest = address.slice(prefix.length);
  if (rest !== '' && !prefix.endsWith('/') && !rest.startsWith('/')) return undefined;
  const file = join(folder, decodeURIComponent(rest));
  if (relative(folder, file).startsWith('..')) return undefined;
  return statSync(file, { throwIfNoEntry: false })?.isFile() === true ? file : undefined;
}

/** The file behind an address; undefined where no mirror has it. The longest beginning that has it wins. */
export function mirroredFile(mirrors: Mirrors, address: string): string | undefined {
  const known = Object.entries(mirrors).sort(([one], [other]) => other.length - one.length);
  for (const candidate of equals(address.replace(/[?#].*$/s, ''))) {
    for (const [prefix, folder] of known) {
      const file = fileBelow(prefix, folder, candidate);
      if (file !== undefined) return file;
    }
  }
  return undefined;
}

/** Reads the text behind an address: a file of this machine, or one of a mirror. Rejects, naming the address, when there is none. */
export async function fetchText(mirrors: Mirrors, address: string): Promise<string> {
  if (address.startsWith('file://')) return await readFile(fileURLToPath(address.replace(/\?.*$/s, '')), 'utf8');
  const file = mirroredFile(mirrors, address);
  if (file === undefined) throw new Error(`${address} is not found: no mirror of the stand-in platform has it`);
  return await readFile(file, 'utf8');
}

const PICTURES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
};

/** The picture that a mirror has behind an address. */
export async function fetchPicture(
  mirrors: Mirrors,
  address: string,
): Promise<{ type: string; body: Uint8Array } | undefined> {
  const file = mirroredFile(mirrors, address);
  const type = PICTURES[extname(file ?? '').toLowerCase()];
  return file === undefined || type === undefined ? undefined : { type, body: await readFile(file) };
}

/** The names under which hosts must find the mirrors. */
export function mirroredHosts(mirrors: Mirrors): readonly string[] {
  const hosts = Object.keys(mirrors).map((prefix) => new URL(prefix).hostname);
  const copies = ['github.com', 'raw.githubusercontent.com', 'cdn.jsdelivr.net', 'fastly.jsdelivr.net'];
  return [...new Set([...hosts, ...(hosts.some((host) => copies.includes(host)) ? copies : [])])];
}
