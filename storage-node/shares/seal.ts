import { type Folder, must, SEALED_UID } from './folder.ts';

const UNFINISHED = ['(', '-name', '*-tmp-*', '-o', '-name', '*-restic-temp-*', ')'];

/**
 * Takes what sessions have written out of their reach: finished files change their owner and become read-only, unfinished ones go.
 * Only after the fence: what they left in `locks` is nobody's then, and goes too. The daemon's own locks are restic's to remove.
 * Looks at each file once and touches only what is not sealed yet.
 */
export async function seal(folder: Folder): Promise<void> {
  const uid = String(folder.uid);
  await must(
    [
      ...['find', '.', '-path', './locks/*', '-prune', '-uid', uid, '-exec', 'rm', '-rf', '--', '{}', '+'],
      ...['-o', '-path', './locks/*'],
      ...['-o', '-type', 'f', ...UNFINISHED, '-exec', 'rm', '-f', '--', '{}', '+'],
      ...['-o', '-uid', uid, '-type', 'f', '-exec', 'chown', '-h', `${SEALED_UID}:${uid}`, '{}', '+'],
      ...['-exec', 'chmod', '0440', '{}', '+'],
      ...['-o', '-uid', uid, '-type', 'd', '-exec', 'chown', '-h', `0:${uid}`, '{}', '+'],
      ...['-exec', 'chmod', '3770', '{}', '+'],
    ],
    folder,
  );
}
