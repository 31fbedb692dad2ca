import type { EngineName } from '../../storage-node/base/words.ts';
import { custom } from './custom.ts';
import type { Engine } from './engine.ts';
import { mariadb } from './mariadb.ts';
import { mongodb } from './mongodb.ts';
import { postgresql } from './postgresql.ts';
import { redis } from './redis.ts';

/** Every kind of database server that can be backed up. */
export const engines = { mariadb, postgresql, redis, mongodb, custom } as const satisfies Record<EngineName, Engine>;
