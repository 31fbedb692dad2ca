// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are code.
import type { Guard } from '../guard.ts';

const VERIFY = 'storage-node/flows/verify.ts';
const RECONCILE = 'storage-node/flows/reconcile.ts';
const DECIDE = 'storage-node/retention/decide.ts';
const kept = (name: string) => ({ file: 'test/storage-node/flows/keep.test.ts', name });
const reconciled = (name: string) => ({ file: 'test/storage-node/flows/reconcile.test.ts', name });
const decided = (name: string) => ({ file: 'test/storage-node/retention/decide.test.ts', name });

/** What is a backup, what is none, and which of them stay. */
export const keepingGuards: readonly Guard[] = [
  {
    name: 'verification on the storage: snapshot with the attempt’s tags',
    file: VERIFY,
    text: 'tagsOf(snapshot).join() === wanted && ',
    without: '',
    test: kept('a part has another name, kind or file than was said'),
  },
  {
    name: 'verification on the storage: exact size',
    file: VERIFY,
    text: 'if (bytes !== part.bytes)',
    without: 'if (bytes < 0)',
    test: kept('a part has another length than was sent'),
  },
  {
    name: 'verification on the storage: the snapshot that the node named',
    file: VERIFY,
    text: 'if (part.snapshot.length < 8 || !snapshot.id.startsWith(part.snapshot))',
    without: 'if (part.snapshot === snapshot.id.toUpperCase())',
    test: kept('a part is another snapshot than the node said'),
  },
  {
    name: 'verification on the storage: nothing besides',
    file: VERIFY,
    text: 'if (snapshots.length !== parts.length)',
    without: 'if (snapshots.length < parts.length)',
    test: kept('the repository holds more of it than was said'),
  },
  {
    name: 'manifest as commit: without it an attempt is removed and never listed',
    file: RECONCILE,
    text: '      leftovers.push(...ofBackup);\n',
    without: '',
    test: reconciled('takes away what a killed attempt left'),
  },
  {
    name: 'manifest as commit: a finished backup is never discarded',
    file: 'storage-node/flows/keep.ts',
    text: "if (snapshots.some((snapshot) => snapshot.role.kind === 'manifest' && isOurs(repository, snapshot))) return;",
    without: '',
    test: kept('is forgotten, and a finished backup never is'),
  },
  {
    name: 'manifests forged by a node are not believed',
    file: 'storage-node/flows/manifest.ts',
    text: '.uid === 0;',
    without: '.uid >= 0;',
    test: reconciled('does not believe a manifest that a database node wrote'),
  },
  {
    name: 'a backup that has lost a part is not listed',
    file: RECONCILE,
    text: 'known?.snapshot === manifest.id && known.parts.every((p) => ofBackup.some((s) => s.id === p.snapshot))',
    without: 'known?.snapshot === manifest.id',
    test: reconciled('takes a backup off the list when a part is gone'),
  },
  {
    name: 'a running job’s snapshots are left alone',
    file: RECONCILE,
    text: ' || jobs.isRunning(environment)',
    without: '',
    test: reconciled('leaves the snapshots of a running job alone'),
  },
  {
    name: 'retention keeps the last good backup',
    file: DECIDE,
    text: '...(backup === counted[lastGood] ? [{ text: goodness(lastGood), until: null }] : []),',
    without: '',
    test: decided('never removes the newest that is not flagged, whatever the policy'),
  },
  {
    name: 'retention keeps the newest backup, flagged or not',
    file: DECIDE,
    text: "...(backup === newest && backup !== counted[lastGood] ? [{ text: 'newest backup', until: null }] : []),",
    without: '',
    test: decided('never removes the newest, whatever the policy'),
  },
  {
    name: 'a backup that looks like a loss is flagged',
    file: 'storage-node/flows/keep.ts',
    text: 'const flags = flagsOf(interior, whole);',
    without: 'const flags: string[] = [];',
    test: {
      file: 'test/storage-node/flows/flagged.test.ts',
      name: 'is kept and flagged, and the last good one stays until a person accepts it',
    },
  },
  {
    name: 'nothing is removed from a repository that is known to be damaged',
    file: 'addon/flows/retention.ts',
    text: 'if (isDamaged(rooms, name)) return job.warn(',
    without: "if (name === '') return job.warn(",
    test: {
      file: 'test/addon/flows/retention.test.ts',
      name: 'a complete backup removes no older one, and warns',
    },
  },
  {
    name: 'backups grow no older while none succeeds',
    file: DECIDE,
    text: 'Math.min(now.getTime(), counted[0]?.moment ?? Number.POSITIVE_INFINITY)',
    without: 'now.getTime()',
    test: { file: 'test/storage-node/retention/ages.test.ts', name: 'grow no older while backups fail' },
  },
  {
    name: 'retention keeps what is pinned',
    file: DECIDE,
    text: '...(pin > now.getTime() ? [{ text: `pinned until ${display(pin)}`, until: pin }] : []),',
    without: '',
    test: decided('never removes one that is pinned now'),
  },
  {
    name: 'retention does not count safety backups',
    file: DECIDE,
    text: ".filter((backup) => backup.kind !== 'safety')",
    without: '',
    test: decided('decides the same whether safety backups are there or not'),
  },
  {
    name: 'a pinned backup is not deleted',
    file: 'storage-node/flows/remove.ts',
    text: 'if (until !== undefined && until > interior.clock() && !force)',
    without: 'if (until !== undefined && force && !force)',
    test: {
      file: 'test/storage-node/flows/remove.test.ts',
      name: 'is removed by force only, or once it is let go',
    },
  },
];
