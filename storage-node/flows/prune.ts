import { prune as pruneRepository } from '../repository/restic.ts';
import { folderBytes } from '../shares/folder.ts';
import { exclusively, type Interior } from './interior.ts';
import { assertNoReader } from './share.ts';

/** Gives back the space of what was removed before. Apart from removing, so that a backup never waits for it. */
export function prune(interior: Interior, environment: string, signal: AbortSignal): Promise<{ freedBytes: number }> {
  return exclusively(interior, environment, async ({ repository }) => {
    assertNoReader(interior, environment);
    const before = await folderBytes(repository.path);
    await pruneRepository(repository, signal);
    return { freedBytes: Math.max(0, before - (await folderBytes(repository.path))) };
  });
}
