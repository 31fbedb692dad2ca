// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of manifests look like templates
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lint } from '../../scripts/manifest-linter/lint.ts';

const ROOT = join(import.meta.dirname, '../..');
const ADDON = 'manifest.jps.yaml';
const STORAGE = 'storage-node/manifest.jps.yaml';
const DOOR = 'scripts/platform/door.js';
const [PIN = ''] = /archiveSha256: "[0-9a-f]{64}"/.exec(readFileSync(join(ROOT, STORAGE), 'utf8')) ?? [];

let copy: string;
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'manifests-'));
  mkdirSync(join(copy, 'storage-node'));
  for (const file of [ADDON, STORAGE, 'package.json']) cpSync(join(ROOT, file), join(copy, file));
  cpSync(join(ROOT, 'scripts/platform'), join(copy, 'scripts/platform'), { recursive: true });
});
afterEach(() => rmSync(copy, { recursive: true }));

/** Replaces a text that must be there. */
function change(file: string, from: string, to: string): void {
  const text = readFileSync(join(copy, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(copy, file), text.replace(from, to));
}

const rules = () => [...new Set(lint(copy).map(({ rule }) => rule))];

test('both manifests and the scripts of the platform are sound', () => {
  expect(lint(ROOT)).toEqual([]);
  expect(lint(copy)).toEqual([]);
});

test.each([
  ['a key that does not exist', 'unknown key', ADDON, 'success:\n', 'succes: {}\nsuccess:\n'],
  ['a key of a form that does not exist', 'unknown key', ADDON, '    submitUnchanged: true\n', '    unchanged: true\n'],
  ['a key of a field that does not exist', 'unknown key', ADDON, 'regexText:', 'regexTxt:'],
  ['a key of a button that does not exist', 'unknown key', ADDON, 'submitButtonText:', 'submitText:'],
  [
    'something beside an action that does not exist',
    'unknown key',
    STORAGE,
    '      user: root',
    '      user: root\n      usr: x',
  ],
  ['a field type that does not exist', 'unknown field type', ADDON, 'type: toggle', 'type: switch'],
  ['a second list of regions', 'two regionlists', ADDON, 'type: envname', 'type: regionlist'],
  ['a second field of a name', 'duplicate field', ADDON, 'name: crontab', 'name: cronTime'],
  ['an event that does not exist', 'unknown event', ADDON, 'onBeforeStop:', 'onBeforStop:'],
  [
    'an action that does not exist',
    'unknown action',
    ADDON,
    '- setUp:\n      op: install',
    '- setup:\n      op: install',
  ],
  [
    'a button without its action',
    'unknown action',
    ADDON,
    '  - caption: Backup Now\n    action: backup',
    '  - caption: Backup Now\n    action: bakup',
  ],
  ['a button without its form', 'unknown form', ADDON, 'settings: restore', 'settings: restor'],
  ['a button without its text', 'text missing', ADDON, '    loadingText: Backing up...\n', ''],
  [
    'a setting that has no field',
    'unknown setting',
    ADDON,
    'dbuser: ${settings.dbuser:}',
    'dbuser: ${settings.dbusr:}',
  ],
  ['a setting that is not passed on', 'setting not passed on', ADDON, '        tz: ${settings.tz:}\n', ''],
  ['a global that is not declared', 'unknown global', STORAGE, "'${globals.archive}'", "'${globals.archiv}'"],
  ['a placeholder without a default', 'no default', ADDON, '${settings.databases:}', '${settings.databases}'],
  ['a text where a boolean must be', 'no boolean', ADDON, 'required: true', 'required: "true"'],
  [
    'a box that is ticked by a text',
    'no boolean',
    ADDON,
    'name: mon, caption: Mo, value: true',
    'name: mon, caption: Mo, value: "true"',
  ],
  [
    'a field that leaves open whether it is required',
    'required unsaid',
    ADDON,
    '        placeholder: all\n        required: false\n',
    '        placeholder: all\n',
  ],
  ['HTML where it shows literally', 'HTML in markup', ADDON, 'markup: A restore', 'markup: <b>A</b> restore'],
  [
    'the password in a parameter',
    'secret in command',
    ADDON,
    'dbuser: ${settings.dbuser:}',
    'dbuser: ${settings.dbpass:}',
  ],
  [
    'all settings in a parameter',
    'secret in command',
    ADDON,
    'dbuser: ${settings.dbuser:}',
    'dbuser: ${settings.toJSON().toBase64():}',
  ],
  ['a password on a command line', 'secret in command', STORAGE, 'set -eu\n', 'set -eu; mysql --password=x\n'],
  ['a command that is not run by root', 'command not by root', STORAGE, '      user: root\n', ''],
  [
    'a file that is not there',
    'missing file',
    ADDON,
    'logo: scripts/platform/logo.svg',
    'logo: scripts/platform/logo.png',
  ],
  [
    'a script that is not there',
    'missing file',
    ADDON,
    '${globals.base}/scripts/platform/door.js',
    '${globals.base}/scripts/platform/dor.js',
  ],
  ['a base address that is not pinned', 'base not pinned', ADDON, 'example/v0.1.0\n', 'example/main\n'],
  ['another version than the package’s', 'version not pinned', ADDON, 'version: 0.1.0', 'version: 0.2.0'],
  ['an archive without a checksum', 'archive not pinned', STORAGE, PIN, 'archiveSha256: ""'],
  ['manifests that bring different daemons', 'pins differ', STORAGE, PIN, `archiveSha256: "${'1'.repeat(64)}"`],
  ['a default that the schema does not have', 'settings differ', ADDON, 'default: 5\n', 'default: 7\n'],
  ['a field that the schema does not know', 'settings differ', ADDON, 'name: safetyBackup', 'name: saftyBackup'],
  [
    'a field that existing installs have and ours has not',
    'settings differ',
    ADDON,
    'name: backupCount',
    'name: notice2',
  ],
  ['no layers to go on', 'no targetNodes', ADDON, 'targetNodes:', 'startPage:'],
  ['a type that does not exist', 'unknown type', STORAGE, 'type: install\n', 'type: instal\n'],
  ['inline code that is newer than ES5', 'not ES5', STORAGE, 'var isCluster', 'const isCluster'],
  ['a script that is newer than ES5', 'not ES5', DOOR, 'var HOOK_SECONDS', 'let HOOK_SECONDS'],
  [
    'a placeholder inside of code',
    'placeholder in script',
    DOOR,
    '"/usr/local/bin/dbbackup"',
    '"${globals.command:x}"',
  ],
  ['a placeholder in a comment', 'placeholder in script', DOOR, '// All decisions', '// ${all} decisions'],
])('names %s', (_, rule, file, from, to) => {
  change(file, from, to);
  expect(rules()).toContain(rule);
});
