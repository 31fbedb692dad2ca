import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Complain, type Document, isMapping, mapping } from './document.ts';

/** The release that a manifest belongs to is one and the same everywhere. */
export function checkPins(root: string, { content }: Document, complain: Complain): void {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const globals = mapping(content.globals);
  if (content.version !== version || globals.version !== version)
    complain('version not pinned', 'version', `package.json says ${version}`);
  if (!new RegExp(`^https://\\S+[/@]v${version.replaceAll('.', '\\.')}/?$`).test(String(content.baseUrl)))
    complain('base not pinned', 'baseUrl', `must be an address that ends in v${version}`);
  if (!/^https:\/\/\S+$/.test(String(globals.archive)) || !String(globals.archive).includes(version))
    complain('archive not pinned', 'globals.archive', `must be an address of release ${version}`);
  if (!/^[0-9a-f]{64}$/.test(String(globals.archiveSha256)))
    complain('archive not pinned', 'globals.archiveSha256', 'must be a SHA-256 in lowercase');
  for (const key of ['id', 'name', 'logo', 'success'])
    if (content[key] === undefined) complain('text missing', key, 'the marketplace shows it');
  if (!isMapping(content.description) || !content.description.text || !content.description.short)
    complain('text missing', 'description', 'needs a text and a short one');
  if (content.type !== 'update' && content.type !== 'install')
    complain('unknown type', 'type', 'a manifest is of type update or install');
  if (content.type === 'update' && content.targetNodes === undefined)
    complain('no targetNodes', 'targetNodes', 'without it no card appears on any layer');
}

/** Both manifests bring the same daemon. */
export function checkSamePins([one, other]: readonly [Document, Document], complain: Complain): void {
  for (const key of ['baseUrl', 'version'] as const) {
    if (one.content[key] !== other.content[key]) complain('pins differ', key, `${other.file} says another one`);
  }
  for (const key of ['version', 'archive', 'archiveSha256']) {
    if (mapping(one.content.globals)[key] !== mapping(other.content.globals)[key])
      complain('pins differ', `globals.${key}`, `${other.file} says another one`);
  }
}
