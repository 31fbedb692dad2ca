import { silentLog } from '../../../storage-node/base/log.ts';
import { createRedactor } from '../../../storage-node/base/redact.ts';
import { openStorageNode } from '../../../storage-node/index.ts';

/** When all these tests happen. */
export const NOW = new Date('2026-11-21T12:00:00Z');

/** Opens a storage node as a daemon does. */
export const open = (dataDirectory: string) =>
  openStorageNode({ dataDirectory, log: silentLog, clock: () => NOW, redactor: createRedactor() });
