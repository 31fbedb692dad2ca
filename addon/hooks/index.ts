import { backupNow } from './backup-now.ts';
import { configure } from './configure.ts';
import { event } from './event.ts';
import { form } from './form.ts';
import type { Hook } from './hook.ts';
import { install } from './install.ts';
import { job } from './job.ts';
import { prepare } from './prepare.ts';
import { restore } from './restore.ts';
import { uninstall } from './uninstall.ts';

/** Every event of the platform that is answered, by its name on the command line. */
export const hooks: Readonly<Record<string, Hook>> = {
  prepare,
  install,
  configure,
  'backup-now': backupNow,
  restore,
  uninstall,
  form,
  event,
  job,
};
