import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const BROWSER = join(import.meta.dirname, 'browser');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A file of the pages, as it is sent. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
}

/** Everything that the pages are made of, by address: what is not here is not served. */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(BROWSER, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    const type = TYPES[extname(path)];
    if (entry.isFile() && type !== undefined)
      files.set(`/${relative(BROWSER, path)}`, { type, body: readFileSync(path) });
  }
  const marked = fileURLToPath(import.meta.resolve('marked'));
  files.set('/vendor/marked.js', { type: TYPES['.js'] as string, body: readFileSync(marked) });
  const index = files.get('/index.html');
  if (index !== undefined) files.set('/', index);
  return files;
}
