import { type Folder, must, SEALED_UID } from './folder.ts';

const UNFINISHED = ['(', '-name', '*-tmp-*', '-o', '-name', '*-restic-temp-*', ')'];

/**
 * Takes what sessions have written out of their reach: finished files change their owner and become read-only, unfinished ones go.
 * Only after the fence. Locks are left alone: they are nobody's after it, and are removed as locks.
 * Looks at each file once and touches only what is not sealed yet.
 */
export async function seal(folder: Folder): Promise<void> {
  const uid = String(folder.uid);
  await must(
    [
      ...['find', '.', '-path', './locks/*', '-prune'],
      ...['-o', '-type', 'f', ...UNFINISHED, '-exec', 'rm', '-f', '--', '{}', '+'],
      ...['-o', '-uid', uid, '-type', 'f', '-exec', 'chown', '-h', `${SEALED_UID}:${uid}`, '{}', '+'],
      ...['-exec', 'chmod', '0440', '{}', '+'],
      ...['-o', '-uid', uid, '-type', 'd', '-exec', 'chown', '-h', `0:${uid}`, '{}', '+'],
      ...['-exec', 'chmod', '3770', '{}', '+'],
    ],
    folder,
  );
}
