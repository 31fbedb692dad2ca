import { createHash } from 'node:crypto';

/** The archive format of mongodump, as its specification has it, for documents with strings, truths and 64-bit numbers. */
export type Fields = Readonly<Record<string, string | boolean | bigint>>;

export const magic = Buffer.from([0x6d, 0xe2, 0x99, 0x81]);
export const terminator = Buffer.from([0xff, 0xff, 0xff, 0xff]);

/** One BSON document. */
export function encode(fields: Fields): Buffer {
  const elements = Object.entries(fields).map(([name, value]) => {
    const key = Buffer.from(`${name}\0`);
    if (typeof value === 'boolean') return Buffer.concat([Buffer.from([8]), key, Buffer.from([value ? 1 : 0])]);
    if (typeof value === 'bigint') {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64LE(value);
      return Buffer.concat([Buffer.from([0x12]), key, bytes]);
    }
    const text = Buffer.from(`${value}\0`);
    return Buffer.concat([Buffer.from([2]), key, int32(text.length), text]);
  });
  const body = Buffer.concat([...elements, Buffer.from([0])]);
  return Buffer.concat([int32(body.length + 4), body]);
}

/** The document at `offset`, and where it ends; null when the bytes end before it does. */
export function decode(bytes: Buffer, offset: number): { readonly fields: Fields; readonly end: number } | null {
  if (offset + 4 > bytes.length) return null;
  const end = offset + bytes.readInt32LE(offset);
  if (end > bytes.length) return null;
  const fields: Record<string, string | boolean | bigint> = {};
  let at = offset + 4;
  while (bytes[at] !== 0) {
    const type = bytes[at];
    const close = bytes.indexOf(0, at + 1);
    const name = bytes.toString('utf8', at + 1, close);
    at = close + 1;
    if (type === 8) {
      fields[name] = bytes[at] === 1;
      at += 1;
    } else if (type === 0x12) {
      fields[name] = bytes.readBigUInt64LE(at);
      at += 8;
    } else {
      const length = bytes.readInt32LE(at);
      fields[name] = bytes.toString('utf8', at + 4, at + 4 + length - 1);
      at += 4 + length;
    }
  }
  return { fields, end };
}

/** In the place of the CRC-64 of a collection's documents. */
export const checkOf = (documents: readonly string[]): bigint =>
  createHash('sha1').update(documents.join('\n')).digest().readBigUInt64LE(0);

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
