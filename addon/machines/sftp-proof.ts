import { SHARED_FOLDER } from '../../storage-node/base/line.ts';

const INIT = 1;
const OPEN = 3;
const READ = 5;
const STAT = 17;
const DATA = 103;
/** The last request's id, in letters, so that a shell can see its answer come. */
export const LAST_ANSWER = 'last';
const READ_ID = 7;

/**
 * Requests that read the file, for a server that has just started: OpenSSH's numbers its handles from 0, so nothing has to be
 * waited for between them.
 */
export function readRequests(file: string): string {
  const path = text(`${SHARED_FOLDER}/${file}`);
  return Buffer.concat([
    packet(INIT, number(3)),
    packet(OPEN, number(1), path, number(1), number(0)),
    packet(READ, number(READ_ID), text('\0\0\0\0'), number(0), number(0), number(4_096)),
    packet(STAT, Buffer.from(LAST_ANSWER), path),
  ]).toString('latin1');
}

/** The content that the server answered, if it did. */
export function contentIn(answers: Buffer): string | undefined {
  for (let at = 0; at + 9 <= answers.length; ) {
    const length = answers.readUInt32BE(at);
    if (answers[at + 4] === DATA && answers.readUInt32BE(at + 5) === READ_ID)
      return answers.toString('utf8', at + 13, at + 13 + answers.readUInt32BE(at + 9));
    at += 4 + length;
  }
  return undefined;
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const text = (value: string) => Buffer.concat([number(Buffer.byteLength(value)), Buffer.from(value)]);

function packet(type: number, ...fields: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from([type]), ...fields]);
  return Buffer.concat([number(body.length), body]);
}
