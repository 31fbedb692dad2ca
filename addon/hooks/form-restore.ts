import type { Backup, BackupKind } from '../../storage-node/base/words.ts';
import { type Configuration, loadConfiguration, masterOf } from '../flows/configuration.ts';
import { workUnderWay } from '../flows/follow.ts';
import { looksLikeLoss } from '../flows/retention-words.ts';
import type { Rooms } from '../flows/rooms.ts';
import { parseSchedule } from '../schedule/schedule.ts';
import { momentIn } from '../schedule/zones.ts';
import { type Choice, type Fields, line, megabytes } from './form-fields.ts';

/** A dialog is no archive, and an answer of the platform has bounds: older backups are restored by the command. */
const SHOWN_EACH = 20;
const KINDS: Readonly<Record<BackupKind, string>> = {
  manual: 'manual',
  scheduled: 'scheduled',
  safety: 'safety copy before a restore',
};

/** The restore dialog: whose backups there are, which, and what a restore does to what is there now. */
export function restoreFields(environment: string, engines: 'own' | 'all', rooms: Rooms): Fields {
  const configuration = loadConfiguration(rooms.storage, environment);
  const zone = parseSchedule(configuration.schedule).zone;
  const sources = rooms.storage.environments
    .list()
    .filter((record) => record.name === environment || record.owner === configuration.environment.owner)
    .map((record) => ({ record, backups: backupsOf(record.name, configuration, engines, rooms) }))
    .filter(({ backups }) => backups.length > 0)
    .sort((one, other) => Number(other.record.name === environment) - Number(one.record.name === environment));
  if (sources.length === 0) {
    const none = 'There is no backup yet that could be restored here. Press Backup Now, or wait for the schedule.';
    return { notice: line(none), backupedEnvName: { values: [] }, backupDir: { values: [] } };
  }
  const byEnvironment = Object.fromEntries(
    sources.map(({ record, backups }) => [record.name, backups.map((backup) => choice(backup, zone))]),
  );
  const first = sources[0]?.record.name ?? environment;
  const offered = sources[0]?.backups.find((backup) => !looksLikeLoss(backup)) ?? sources[0]?.backups[0];
  return {
    backupedEnvName: { values: sources.map(({ record }) => environmentChoice(record)), default: first },
    backupDir: {
      values: byEnvironment[first] ?? [],
      default: offered?.id ?? '',
      dependsOn: { backupedEnvName: byEnvironment },
    },
    notice: line(notices(configuration, rooms).join(' ')),
  };
}

function backupsOf(
  environment: string,
  { engine }: Configuration,
  engines: 'own' | 'all',
  rooms: Rooms,
): readonly Backup[] {
  const all = rooms.storage.backups
    .list({ environment })
    .filter((backup) => engines === 'all' || backup.engine === engine);
  const shown = all.slice(0, SHOWN_EACH);
  const lastGood = all.find((backup) => backup.kind !== 'safety' && !looksLikeLoss(backup));
  return lastGood === undefined || shown.includes(lastGood) ? shown : [...shown, lastGood];
}

function environmentChoice({ name, displayName }: { readonly name: string; readonly displayName: string }): Choice {
  return { value: name, caption: displayName === '' || displayName === name ? name : `${displayName} (${name})` };
}

function choice(backup: Backup, zone: string): Choice {
  const loss = looksLikeLoss(backup) ? 'looks like a loss of data' : '';
  const words = [
    momentIn(zone, new Date(backup.takenAt)),
    megabytes(backup.bytes),
    KINDS[backup.kind],
    loss,
    backup.name,
  ];
  return { value: backup.id, caption: words.filter((word) => word !== '').join(', ') };
}

function notices(configuration: Configuration, rooms: Rooms): string[] {
  const { name } = configuration.environment;
  const said = [
    `A restore replaces the databases of ${name}: what was written since the backup is lost. A safety backup of it is taken first and held for seven days.`,
  ];
  if (configuration.nodes.length > 1) {
    said.push(
      `This layer has ${configuration.nodes.length} nodes. The restore works on its master (${masterOf(configuration).host}), which must be the primary; the other nodes follow only where the database replicates to them.`,
    );
  }
  const job = workUnderWay(name, rooms);
  if (job !== undefined) said.push(`A ${job.kind} is under way (${job.step}): wait until it has ended.`);
  if (configuration.credentialsStale === true)
    said.push('The database password was reset: enter the new one with Configure before.');
  return said;
}
