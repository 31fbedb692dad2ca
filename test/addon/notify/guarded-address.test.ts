import { once } from 'node:events';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { assertAddress, isPublicAddress, publicLookup } from '../../../addon/notify/guarded-address.ts';
import { post } from '../../../addon/notify/post.ts';
import { startReceiver } from './receivers.ts';

const never = new AbortController().signal;
const get = { method: 'GET', body: '', headers: {}, privateToo: false } as const;

test.for([
  '127.0.0.1',
  '127.8.8.8',
  '0.0.0.0',
  '10.0.0.5',
  '172.16.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  '::ffff:127.0.0.1',
  '::ffff:8.8.8.8',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  '2001:0:1::',
  'fe80::1',
  'fec0::1',
  'fd00:ec2::254',
  'ff02::1',
  'not an address',
])('%s is not of the public internet', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.for(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700:4700::1111', '2a00:1450:4001::1'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test('an IPv4 address in the clothes of IPv6 is not public, whichever it is', () => {
  for (const address of ['::ffff:8.8.8.8', '::ffff:808:808', '::8.8.8.8']) expect(isPublicAddress(address)).toBe(false);
});

test('the networks of this machine are not public, whatever their numbers', () => {
  const [own] = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  if (own === undefined) throw new Error('a machine without any address');
  const interfaces = {
    eth0: [{ ...own, family: 'IPv4' as const, address: '8.8.8.1', cidr: '8.8.8.1/24' } as typeof own],
  };
  expect(isPublicAddress('8.8.8.200', interfaces)).toBe(false);
  expect(isPublicAddress('8.8.9.200', interfaces)).toBe(true);
  expect(isPublicAddress(own.address)).toBe(false);
});

describe('an address that a customer names', () => {
  test.for([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0177.0.0.1/',
    'http://[::1]/',
    'http://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'http://localhost:8080/',
    'http://localhost./',
    'http://metadata/',
    'http://metadata.google.internal/',
    'http://db.local/',
    'ftp://example.com/',
    'file:///etc/passwd',
  ])('is refused as %s', (address) => {
    expect(() => assertAddress(new URL(address), false)).toThrow(expect.objectContaining({ code: 'message-refused' }));
  });

  test('is refused after it was resolved: the connection is made to what was checked', async () => {
    const found = (all: boolean) =>
      new Promise((resolve) => publicLookup('localhost', { all }, (error, addresses) => resolve(error ?? addresses)));
    expect(await found(true)).toMatchObject({ code: 'message-refused' });
    expect(await found(false)).toMatchObject({ code: 'message-refused' });
    await using receiver = await startReceiver();
    const { port } = new URL(receiver.url);
    const asked = request({ host: 'localhost', port, lookup: publicLookup });
    const [error] = await once(asked, 'error');
    expect(error).toMatchObject({ code: 'message-refused' });
    expect(receiver.calls).toEqual([]);
  });

  test('may be private where the hoster allows it', async () => {
    await using receiver = await startReceiver();
    await post({ ...get, address: receiver.url, privateToo: true }, never);
    expect(receiver.calls).toHaveLength(1);
  });

  test('is not followed to another one', async () => {
    await using receiver = await startReceiver();
    await using other = await startReceiver();
    receiver.behave(307, { location: other.url });
    await expect(post({ ...get, address: receiver.url, privateToo: true }, never)).rejects.toThrow(
      /redirects are not followed/,
    );
    expect(other.calls).toEqual([]);
  });

  test('that stalls is left when the time is over, and errors name no more than the host', async () => {
    await using receiver = await startReceiver();
    receiver.behave('stall');
    const address = `${receiver.url}/secret-path?token=secret`;
    const error = await post({ ...get, address, privateToo: true }, AbortSignal.timeout(200)).catch((thrown) => thrown);
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+ was not reached: no answer within the time limit$/);
  });
});
