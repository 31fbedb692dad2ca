import { AddonError } from '../../storage-node/base/errors.ts';
import type { Machine, RunLimits } from './machine.ts';
import { runFixed } from './site.ts';

/** Another environment may use the same account: what is placed goes with the last key of ours. */
const VACATE = `
cd || exit 1
keys=.ssh/authorized_keys
if [ -f "$keys" ]; then
  grep -vF -- "$1" "$keys" >"$keys.left"
  cat "$keys.left" >"$keys" && rm -f "$keys.left" || exit 1
  if grep -q ' dbbackup' "$keys"; then exit 0; fi
fi
rm -rf .dbbackup
`;

/** Takes our programs and folders off the account, and the line by which this public key enters. Nothing of ours may be running. */
export async function vacate(machine: Machine, publicKey: string, limits: RunLimits = {}): Promise<void> {
  const [, blob = ''] = publicKey.split(' ');
  const { exitCode, stderr } = await runFixed(machine, VACATE, [blob], limits);
  if (exitCode !== 0) throw new AddonError('node-account', `${machine.name} could not be vacated: ${stderr.trim()}`);
}
