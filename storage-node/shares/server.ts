import { existsSync } from 'node:fs';
import { SHARED_FOLDER } from '../base/line.ts';
import type { Folder } from './folder.ts';

/** Where Enterprise Linux keeps it; Debian has it among the libraries. */
const LIBEXEC = '/usr/libexec/openssh/sftp-server';
const SFTP_SERVER = existsSync(LIBEXEC) ? LIBEXEC : '/usr/lib/openssh/sftp-server';
const SETPRIV = '/usr/bin/setpriv';

/** What sshfs and restic need, and nothing that makes links, follows them or copies beside the permissions. */
const REQUESTS = [
  ...[
    'open',
    'close',
    'read',
    'write',
    'lstat',
    'fstat',
    'setstat',
    'fsetstat',
    'opendir',
    'readdir',
    'remove',
    'mkdir',
  ],
  ...['realpath', 'stat', 'rename', 'posix-rename', 'statvfs', 'fsync', 'limits'],
].join(',');

/** The line that sftp-server looks itself up in. */
export const passwdLine = (uid: number) => `share:x:${uid}:${uid}::${SHARED_FOLDER}:/bin/false\n`;

const LIBEXEC_DIRECTORIES = [
  ...['--perms', '0755', '--dir', '/usr/libexec', '--perms', '0755', '--dir', '/usr/libexec/openssh'],
  ...['--ro-bind', LIBEXEC, LIBEXEC],
];

/** A root of its own: libraries, one line of passwd, the folder. Directories on the way are named because bwrap makes them root's alone. */
const root = (folder: Folder, passwd: string): readonly string[] => [
  ...['--perms', '0755', '--dir', '/usr', '--ro-bind', '/usr/lib', '/usr/lib', '--symlink', 'usr/lib', '/lib'],
  ...['--ro-bind-try', '/usr/lib64', '/usr/lib64', '--symlink', 'usr/lib64', '/lib64'],
  ...['--perms', '0755', '--dir', '/etc', '--ro-bind', passwd, '/etc/passwd'],
  ...['--perms', '0755', '--dir', '/dev', '--dev-bind', '/dev/null', '/dev/null'],
  ...(SFTP_SERVER === LIBEXEC ? LIBEXEC_DIRECTORIES : []),
  ...['--ro-bind', SETPRIV, SETPRIV, '--bind', folder.path, SHARED_FOLDER, '--remount-ro', '/'],
];

/** No privileges but those that are needed to give up the rest. No user namespace: containers often refuse them. */
const privileges = (uid: number): readonly string[] => [
  ...['--cap-drop', 'ALL', '--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID', '--cap-add', 'CAP_SETPCAP', '--'],
  ...[SETPRIV, '--reuid', String(uid), '--regid', String(uid), '--clear-groups', '--no-new-privs'],
  ...['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all', '--'],
];

/** Command line of a file server that sees one folder and nothing else, under the folder's own account. */
export function serverCommand(folder: Folder, passwd: string, writable: boolean): readonly string[] {
  return [
    ...['bwrap', '--die-with-parent', '--new-session', '--clearenv'],
    ...['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts'],
    ...root(folder, passwd),
    ...['--chdir', SHARED_FOLDER],
    ...privileges(folder.uid),
    ...[SFTP_SERVER, '-e', '-u', '0077', '-d', SHARED_FOLDER, '-p', REQUESTS, ...(writable ? [] : ['-R'])],
  ];
}
