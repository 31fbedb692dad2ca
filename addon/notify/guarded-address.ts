import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import { AddonError } from '../../storage-node/base/errors.ts';

const NOT_PUBLIC = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 9],
  ['ff00::', 8],
] as const;

const reserved = new BlockList();
for (const [network, prefix] of NOT_PUBLIC) reserved.addSubnet(network, prefix, isIP(network) === 6 ? 'ipv6' : 'ipv4');
const MAPPED = new BlockList();
MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6');
MAPPED.addSubnet('::', 96, 'ipv6');

type Interfaces = ReturnType<typeof networkInterfaces>;

/** Whether an address is one of the public internet, and of none of the networks that this machine is itself a part of. */
export function isPublicAddress(address: string, interfaces: Interfaces = networkInterfaces()): boolean {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  // An address in the other family's clothes leads to the same host.
  if (family === 'ipv6' && MAPPED.check(address, 'ipv6')) return false;
  return isIP(address) !== 0 && !reserved.check(address, family) && !networksOf(interfaces).check(address, family);
}

function networksOf(interfaces: Interfaces): BlockList {
  const own = new BlockList();
  for (const { cidr, family } of Object.values(interfaces).flatMap((each) => each ?? [])) {
    const [network = '', prefix = ''] = cidr?.split('/') ?? [];
    if (network !== '') own.addSubnet(network, Number(prefix), family === 'IPv6' ? 'ipv6' : 'ipv4');
  }
  return own;
}

/** Names that only mean something in some network of one's own. */
const isLocalName = (host: string) =>
  !/[^.]\.[^.]/.test(host) || /\.(localhost|local|internal|lan|home\.arpa)\.?$/i.test(host);

function refused(host: string): AddonError {
  const hint = 'name an address that the internet can reach.';
  return new AddonError('message-refused', `${host} is an address of a private network`, { hint });
}

/** Throws `message-refused` for anything but http and https, and for the address of a private network where it is written as such. */
export function assertAddress(address: URL, privateToo: boolean): void {
  if (address.protocol !== 'https:' && address.protocol !== 'http:')
    throw new AddonError('message-refused', `${address.protocol} is neither http nor https`);
  const host = address.hostname.replace(/^\[|\]$/g, '');
  if (privateToo) return;
  if (isIP(host) === 0 ? isLocalName(host) : !isPublicAddress(host)) throw refused(host);
}

/** Resolves names for a connection, and refuses one that leads into a private network: what was checked is what is connected to. */
export const publicLookup: LookupFunction = (name, options, answer) => {
  resolve(name, { ...options, all: true }, (error, found) => {
    if (error !== null) return answer(error, '');
    if (found.length === 0 || found.some(({ address }) => !isPublicAddress(address))) return answer(refused(name), '');
    const [first] = found;
    return options.all ? answer(null, found) : answer(null, first?.address ?? '', first?.family);
  });
};
