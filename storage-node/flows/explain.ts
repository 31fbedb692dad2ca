import { statfsSync } from 'node:fs';
import { AddonError } from '../base/errors.ts';
import { explainFailure } from '../repository/explain.ts';
import { type Interior, repositoriesOf } from './interior.ts';

/** Less than one pack: nothing can be stored in it. */
const FULL_BYTES = 16 * 1024 * 1024;

/** Tells why restic failed on a node. SFTP has no word for a full disk, so the disk itself is asked. */
export function explain(
  { directory }: Interior,
  outcome: { readonly exitCode: number; readonly stderr: string },
): AddonError {
  const error = explainFailure(outcome);
  const { bavail, bsize } = statfsSync(repositoriesOf(directory));
  if (bavail * bsize >= FULL_BYTES || error.code === 'storage-full') return error;
  return new AddonError('storage-full', `storage has no space left: ${error.message}`, { cause: error });
}
