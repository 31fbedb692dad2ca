import type { Audience, Happening } from '../../../addon/notify/happening.ts';

/** A failed backup, told of as it would be. */
export const FAILED: Happening = {
  event: 'backup.failed',
  key: 'failing shop 2026-11-21T12:00:00.000Z 0',
  at: '2026-11-21T12:00:00.000Z',
  environment: { name: 'shop', displayName: 'Käse & Söhne' },
  engine: 'mariadb',
  since: '2026-11-21T12:00:00.000Z',
  reminder: 0,
  failures: 1,
  job: '20261121T115900Z-81b2d0',
  error: {
    code: 'credentials-refused',
    message: 'mariadb on 10.0.0.5 refused user backup',
    hint: 'enter the database user and password again with configure.',
  },
  lastGood: {
    id: '20261118T030000Z-3f9a1c',
    takenAt: '2026-11-18T03:00:00.000Z',
    bytes: 12_000_000,
    storedBytes: 4_000_000,
    databases: ['orders', 'we"ird\nname'],
  },
  nextRun: '2026-11-22T03:00:00.000Z',
};

/** One customer with a mail address, a webhook and a dead-man address. */
export const EVERYWHERE: Audience = { mail: ['admin@shop.example'], webhook: true, ping: true, notices: false };
export const BY_MAIL: Audience = { mail: ['admin@shop.example'], webhook: false, ping: false, notices: false };
export const BY_WEBHOOK: Audience = { mail: [], webhook: true, ping: false, notices: false };
