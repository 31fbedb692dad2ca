import { z } from 'zod';
import { type Configuration, masterOf } from '../flows/configuration.ts';
import { policyOf } from '../flows/retention.ts';
import { blackoutsOf, parseSchedule } from '../schedule/schedule.ts';
import { engineOf } from './engine-of.ts';
import { fromNotify, toNotify } from './notify-settings.ts';
import { environment, layer, nodes } from './request.ts';
import { type InstallSettings, installSettings } from './settings.ts';

/** What `install` is asked. */
export const installRequest = z.strictObject({
  environment,
  layer: layer.prefault({}),
  nodes,
  settings: installSettings.prefault({}),
});

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const OPTIONS = [
  'backupCommand',
  'restoreCommand',
  'timeLimitMinutes',
  'tls',
  'tlsCAFile',
  'tlsCertificateKeyFile',
  'replicaSet',
  'authenticationDatabase',
] as const;

/** The configuration that an install request asks for. Throws where its fields do not go together. */
export function toConfiguration(request: z.infer<typeof installRequest>): Configuration {
  const { settings } = request;
  const engine = engineOf(request.layer.nodeType, settings);
  const options = OPTIONS.map((name) => [name, String(settings[name])] as const).filter(([, value]) => value !== '');
  const configuration: Configuration = {
    environment: request.environment,
    layer: request.layer,
    nodes: request.nodes,
    engine,
    access: {
      user: settings.dbuser,
      password: settings.dbpass,
      host: settings.dbhost,
      port: settings.dbport,
      options: Object.fromEntries(options),
    },
    schedule: {
      scheduleType: settings.scheduleType,
      cronTime: settings.scheduleType === '3' && settings.crontab !== '' ? settings.crontab : settings.cronTime,
      backupTime: settings.backupTime,
      everyHours: settings.everyHours,
      ...Object.fromEntries(DAYS.map((day) => [day, settings[day]])),
      tz: settings.tz,
      blackout: settings.blackout,
    } as Configuration['schedule'],
    storageName: settings.storageName,
    keep: settings.backupCount,
    keepAlso: { age: settings.backupAge.trim(), rules: settings.keepRules.trim() },
    alwaysUnmount: settings.isAlwaysUmount,
    transport: settings.transport,
    notify: toNotify(settings),
  };
  masterOf(configuration);
  policyOf(configuration);
  parseSchedule(configuration.schedule);
  blackoutsOf(configuration.schedule);
  return configuration;
}

/** The settings in force, by the names of the dialogs. The secrets are not among them. */
export function toSettings(configuration: Configuration): Omit<InstallSettings, 'dbpass' | 'webhookSecret'> {
  const { access, schedule } = configuration;
  const {
    dbpass: _,
    webhookSecret: __,
    ...settings
  } = installSettings.parse({
    ...access.options,
    ...schedule,
    engine: configuration.engine,
    dbuser: access.user,
    dbhost: access.host,
    dbport: access.port,
    storageName: configuration.storageName,
    backupCount: configuration.keep,
    backupAge: configuration.keepAlso?.age,
    keepRules: configuration.keepAlso?.rules,
    isAlwaysUmount: configuration.alwaysUnmount,
    transport: configuration.transport,
    ...fromNotify(configuration.notify),
  });
  return settings;
}
