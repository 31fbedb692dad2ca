import { readFile, rm } from 'node:fs/promises';
import { AddonError, reportOf, toAddonError } from '../../storage-node/base/errors.ts';
import type { Client } from './client.ts';
import type { Output } from './output.ts';

/**
 * `dbbackup hook NAME --request FILE|-`: one event of the platform. The last line is `DBBACKUP_RESULT=` and one line of JSON.
 * Answers the exit status. A request file is deleted once read, whatever comes of it.
 */
export async function hook(
  name: string,
  options: { readonly request: string; readonly wait: boolean },
  client: Client,
  output: Output,
): Promise<number> {
  try {
    const request = parse(await textOf(options.request));
    const answer = await client.call<object>('POST', `/hooks/${encodeURIComponent(name)}`, {
      request,
      wait: options.wait,
    });
    output.line(`DBBACKUP_RESULT=${JSON.stringify({ ok: true, ...answer })}`);
    return 0;
  } catch (thrown) {
    const error = toAddonError(thrown);
    output.line(`DBBACKUP_RESULT=${JSON.stringify({ ok: false, error: reportOf(error) })}`);
    return error.facts.exit;
  }
}

async function textOf(source: string): Promise<string> {
  if (source === '-') {
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  }
  try {
    return await readFile(source, 'utf8');
  } catch (cause) {
    throw new AddonError('request-invalid', `request file ${source} cannot be read`, { cause });
  } finally {
    await rm(source, { force: true });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // The parser's own message quotes the text, which may hold a password.
    throw new AddonError('request-invalid', 'the request is not valid JSON', { cause });
  }
}
