import type { MariadbServer } from '../../servers/mariadb.ts';
import { comparison, type Dataset } from '../dataset.ts';
import { scaleOf, script } from '../files.ts';
import { databases, dropAccounts, fingerprint, quoteName } from './fingerprint.ts';

const rowsPer20Megabytes = {
  customers: 12_000,
  products: 3_000,
  orders: 20_000,
  reviews: 20_000,
  pictures: 700,
  movements: 10_000,
};

/** Several databases of a small company with everything that a dump may forget, and the accounts that use them. */
export const mariadbDataset: Dataset<MariadbServer> = {
  fill: async (server, size) => {
    const counts = Object.entries(rowsPer20Megabytes).map(([name, rows]) => {
      return `SET @${name} = ${Math.ceil(rows * scaleOf[size])};\n`;
    });
    for (const part of ['accounts', 'shop', 'others', 'objects']) {
      await server.sql(counts.join('') + script(`mariadb/${part}.sql`));
    }
  },
  change: async (server) => void (await server.sql(script('mariadb/change.sql'))),
  destroy: async (server) => {
    const drops = (await databases(server)).map((name) => `DROP DATABASE ${quoteName(name)};`);
    await server.sql(['SET foreign_key_checks = 0;', ...drops, ...(await dropAccounts(server))].join('\n'));
  },
  fingerprint,
  compare: comparison(['database', 'table', 'view', 'trigger', 'routine', 'event', 'sequence', 'account']),
};
