// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are code.
import type { Guard } from '../guard.ts';

const SERVER = 'storage-node/shares/server.ts';
const confinement = (name: string) => ({ file: 'test/storage-node/shares/confinement.test.ts', name });

/** What a database node can do to the storage while its folder is served, and afterwards. */
export const shareGuards: readonly Guard[] = [
  {
    name: 'uid of its own for each environment',
    file: 'storage-node/shares/folder.ts',
    text: 'Math.max(FIRST_UID - 1, ...taken) + 1',
    without: 'Math.min(FIRST_UID, ...taken, FIRST_UID)',
    test: {
      file: 'test/storage-node/flows/provision.test.ts',
      name: 'gets a repository of format 2 with a key and an account of its own',
    },
  },
  {
    name: 'no privileges for the file server',
    file: SERVER,
    text: "'--no-new-privs'],\n  ...['--inh-caps=-all', '--ambient-caps=-all', '--bounding-set=-all', '--'],",
    without: "'--'],",
    test: confinement('has no privileges, no network, no sight of other processes'),
  },
  {
    name: 'root of its own for the file server',
    file: SERVER,
    text: "'--remount-ro', '/'],",
    without: "'--bind', '/tmp', '/tmp', '--remount-ro', '/'],",
    test: confinement('does not get out by an absolute path'),
  },
  {
    name: 'allow-list of requests',
    file: SERVER,
    text: "'-p', REQUESTS, ",
    without: '',
    test: confinement('cannot make or read links, remove directories or copy on the server'),
  },
  {
    name: 'restores can only read',
    file: SERVER,
    text: "...(writable ? [] : ['-R'])",
    without: '',
    test: confinement('reads, and writes nowhere'),
  },
  {
    name: 'sealing of what a session wrote',
    file: 'storage-node/shares/share.ts',
    text: '  await seal(folder);\n',
    without: '',
    test: {
      file: 'test/storage-node/shares/sealing.test.ts',
      name: 'cannot be deleted, moved, or replaced by moving another over it',
    },
  },
  {
    name: 'sealed files have another owner',
    file: 'storage-node/shares/seal.ts',
    text: '`${SEALED_UID}:${uid}`',
    without: '`${uid}:${uid}`',
    test: { file: 'test/storage-node/shares/sealing.test.ts', name: 'cannot be taken back' },
  },
  {
    name: 'fence before the next operation',
    file: 'storage-node/shares/share.ts',
    text: '  await fence(folder.path);\n',
    without: '',
    test: {
      file: 'test/storage-node/shares/fence.test.ts',
      name: 'ends an earlier session before the next one begins',
    },
  },
  {
    name: 'no lock is removed while a session may write',
    file: 'storage-node/flows/interior.ts',
    text: "if (!interior.shares.get(environment)?.includes('write')) removeLocks(place.repository);",
    without: 'removeLocks(place.repository);',
    test: {
      file: 'test/storage-node/flows/locks.test.ts',
      name: 'is not removed by others while a session may still write',
    },
  },
  {
    name: 'stale locks are removed after the fence',
    file: 'storage-node/flows/interior.ts',
    text: "if (!interior.shares.get(environment)?.includes('write')) removeLocks(place.repository);",
    without: '',
    test: {
      file: 'test/storage-node/flows/locks.test.ts',
      name: 'blocks nobody: the next backup, retention and prune',
    },
  },
  {
    name: 'nothing is pruned while somebody reads',
    file: 'storage-node/flows/prune.ts',
    text: '    assertNoReader(interior, environment);\n',
    without: '',
    test: { file: 'test/guards/flows.test.ts', name: 'keeps what is being read from being pruned' },
  },
];
