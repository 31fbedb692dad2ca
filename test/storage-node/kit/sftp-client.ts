import { Socket } from 'node:net';
import type { ServedLine } from '../../../storage-node/base/line.ts';

const OK = 0;
const [STATUS, HANDLE, DATA, NAME, ATTRS] = [101, 102, 103, 104, 105];
const [READ, WRITE, CREATE, TRUNCATE] = [1, 2, 8, 16];
const NO_ATTRIBUTES = Buffer.alloc(4);

const number = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const text = (value: string | Buffer) => Buffer.concat([number(Buffer.byteLength(value)), Buffer.from(value)]);
const attributes = (flag: number, ...values: readonly Buffer[]) => Buffer.concat([number(flag), ...values]);

/** A hostile client of SFTP version 3: sends whatever it is told to, and says whether the server agreed. */
export class SftpClient {
  readonly #input: Socket;
  readonly #output: Socket;
  readonly #waiting = new Map<number, (reply: { type: number; body: Buffer }) => void>();
  #received = Buffer.alloc(0);
  #next = 1;

  constructor(line: ServedLine) {
    this.#input = new Socket({ fd: line.fromServer, readable: true, writable: false });
    this.#output = new Socket({ fd: line.toServer, readable: false, writable: true });
    this.#output.on('error', () => undefined); // the server may be killed under us: that is what some tests are about
    this.#input.on('data', (bytes: Buffer) => this.#take(bytes));
    this.#send(1, [number(3)]);
  }

  close(): void {
    this.#input.destroy();
    this.#output.destroy();
  }

  #send(type: number, parts: readonly Buffer[]): void {
    const body = Buffer.concat([Buffer.from([type]), ...parts]);
    this.#output.write(Buffer.concat([number(body.length), body]));
  }

  #take(bytes: Buffer): void {
    this.#received = Buffer.concat([this.#received, bytes]);
    while (this.#received.length >= 4 && this.#received.length >= 4 + this.#received.readUInt32BE(0)) {
      const packet = this.#received.subarray(4, 4 + this.#received.readUInt32BE(0));
      this.#received = this.#received.subarray(4 + packet.length);
      if (packet[0] === 2) continue;
      this.#waiting.get(packet.readUInt32BE(1))?.({ type: packet[0] ?? 0, body: packet.subarray(5) });
    }
  }

  /** Sends any request and answers the reply. */
  async ask(type: number, ...parts: readonly Buffer[]): Promise<{ type: number; body: Buffer }> {
    const id = this.#next++;
    const reply = new Promise<{ type: number; body: Buffer }>((resolve) => this.#waiting.set(id, resolve));
    this.#send(type, [number(id), ...parts]);
    return await reply;
  }

  async #agreed(type: number, ...parts: readonly Buffer[]): Promise<boolean> {
    const reply = await this.ask(type, ...parts);
    return reply.type === STATUS ? reply.body.readUInt32BE(0) === OK : true;
  }

  async #open(path: string, flags: number): Promise<Buffer | undefined> {
    const reply = await this.ask(3, text(path), number(flags), NO_ATTRIBUTES);
    return reply.type === HANDLE ? reply.body : undefined;
  }

  /** The file's first 32 KiB; undefined where the server refuses. */
  async read(path: string): Promise<string | undefined> {
    const handle = await this.#open(path, READ);
    if (handle === undefined) return undefined;
    const reply = await this.ask(5, handle, Buffer.alloc(8), number(32_768));
    await this.#agreed(4, handle);
    return reply.type === DATA ? reply.body.subarray(4).toString() : '';
  }

  async write(path: string, content: string, { truncate = true, create = true } = {}): Promise<boolean> {
    const handle = await this.#open(path, WRITE | (create ? CREATE : 0) | (truncate ? TRUNCATE : 0));
    if (handle === undefined) return false;
    const written = await this.#agreed(6, handle, Buffer.alloc(8), text(content));
    return (await this.#agreed(4, handle)) && written;
  }

  async list(path: string): Promise<string[] | undefined> {
    const opened = await this.ask(11, text(path));
    if (opened.type !== HANDLE) return undefined;
    const names: string[] = [];
    for (let reply = await this.ask(12, opened.body); reply.type === NAME; reply = await this.ask(12, opened.body)) {
      let at = 4;
      for (let left = reply.body.readUInt32BE(0); left > 0; left--) {
        const length = reply.body.readUInt32BE(at);
        names.push(reply.body.subarray(at + 4, at + 4 + length).toString());
        at += 4 + length;
        at += 4 + reply.body.readUInt32BE(at);
        const flags = reply.body.readUInt32BE(at);
        at += 4 + (flags & 1 ? 8 : 0) + (flags & 2 ? 8 : 0) + (flags & 4 ? 4 : 0) + (flags & 8 ? 8 : 0);
      }
    }
    return names.filter((name) => name !== '.' && name !== '..').sort();
  }

  async exists(path: string): Promise<boolean> {
    return (await this.ask(17, text(path))).type === ATTRS;
  }

  remove = (path: string) => this.#agreed(13, text(path));
  makeDirectory = (path: string) => this.#agreed(14, text(path), NO_ATTRIBUTES);
  removeDirectory = (path: string) => this.#agreed(15, text(path));
  rename = (from: string, to: string) => this.#agreed(18, text(from), text(to));
  readLink = (path: string) => this.#agreed(19, text(path));
  symlink = (target: string, path: string) => this.#agreed(20, text(target), text(path));
  truncate = (path: string) => this.#agreed(9, text(path), attributes(1, Buffer.alloc(8)));
  changeOwner = (path: string) => this.#agreed(9, text(path), attributes(2, number(0), number(0)));
  changeMode = (path: string, mode: number) => this.#agreed(9, text(path), attributes(4, number(mode)));
  renameOver = (from: string, to: string) => this.#agreed(200, text('posix-rename@openssh.com'), text(from), text(to));
  hardlink = (from: string, to: string) => this.#agreed(200, text('hardlink@openssh.com'), text(from), text(to));
}
