import { z } from 'zod';
import type { Server } from '../engine.ts';
import { ask, execute } from './client.ts';
import { awayFrom, maintenanceDatabase } from './probe.ts';
import { identifier, literal } from './quote.ts';
import { ASIDE, markIn, RESERVED } from './reserved.ts';
import { dropped } from './swap.ts';

const Found = z.array(z.object({ name: z.string(), comment: z.string().nullable() }));
const Target = z.object({ exists: z.boolean(), open: z.boolean() });

const LEFTOVERS = `SELECT coalesce(json_agg(json_build_object('name', datname, 'comment', shobj_description(oid, 'pg_database')) ORDER BY datname), '[]')
  FROM pg_database WHERE datname ~ '${RESERVED}'`;

/**
 * Ends what an interrupted restore left: opens a database that it had closed, gives one that was renamed away its name back when no
 * other has it, and drops its own databases. Only databases of reserved names are ever dropped.
 */
export async function tidyDatabases(server: Server): Promise<readonly string[]> {
  const purpose = { code: 'restore-failed', what: 'what an interrupted restore left could not be taken away' } as const;
  const from = await maintenanceDatabase(server);
  const done: string[] = [];
  for (const { name, comment } of Found.parse(await ask(server, from, LEFTOVERS, purpose))) {
    const mark = markIn(comment);
    const place = mark === undefined ? undefined : await targetOf(mark.database);
    const worksFrom = awayFrom(mark?.database, from);
    if (mark !== undefined && mark.dbbackup === 'swapping' && place?.exists === true && !place.open) {
      await execute(server, worksFrom, `ALTER DATABASE ${identifier(mark.database)} ALLOW_CONNECTIONS true;`, purpose);
      done.push(`opened database ${mark.database}, which an interrupted restore had closed`);
    }
    if (mark !== undefined && name.startsWith(ASIDE) && place?.exists === false) {
      const back = `ALTER DATABASE ${identifier(name)} RENAME TO ${identifier(mark.database)};
        ALTER DATABASE ${identifier(mark.database)} ALLOW_CONNECTIONS true;
        COMMENT ON DATABASE ${identifier(mark.database)} IS NULL;`;
      await execute(server, worksFrom, back, purpose);
      done.push(`gave database ${mark.database} its name back, which an interrupted restore had taken`);
      continue;
    }
    await execute(server, worksFrom, dropped(name), purpose);
    done.push(`dropped ${name}, which an interrupted restore${mark === undefined ? '' : ` of ${mark.database}`} left`);
  }
  return done;

  async function targetOf(database: string): Promise<z.infer<typeof Target>> {
    const query = `SELECT json_build_object('exists', count(*) > 0, 'open', coalesce(bool_and(datallowconn), false))
      FROM pg_database WHERE datname = ${literal(database)}`;
    return Target.parse(await ask(server, from, query, purpose));
  }
}
