import type { Guard } from '../guard.ts';

const ADDRESS = 'addon/notify/guarded-address.ts';
const watched = (name: string) => ({ file: 'test/addon/flows/watch.test.ts', name });
const guarded = (name: string) => ({ file: 'test/addon/notify/guarded-address.test.ts', name });
const mailed = (name: string) => ({ file: 'test/addon/notify/mail.test.ts', name });
const posted = (name: string) => ({ file: 'test/addon/notify/webhook.test.ts', name });

/** Who is told, once, and where no message may go. */
export const notifyGuards: readonly Guard[] = [
  {
    name: 'news: each end of a job is written down with the end itself',
    file: 'storage-node/catalog/watch.ts',
    text: 'BEGIN INSERT OR IGNORE INTO untold_jobs VALUES (NEW.id); END',
    without: 'BEGIN SELECT 1; END',
    test: watched('is told although nobody listened when it ended, and although the daemon died then'),
  },
  {
    name: 'news: a trouble that is known is not told again',
    file: 'addon/flows/ended-jobs.ts',
    text: "if (isNew && graver === undefined) tellTrouble('failing');",
    without: "if (graver === undefined) tellTrouble('failing');",
    test: watched('is told once, then once a day, and its recovery is told once'),
  },
  {
    name: 'news: a failure that is tried again is held back',
    file: 'addon/flows/ended-jobs.ts',
    text: "if (row.kind === 'backup' && !repeated) {",
    without: "if (row.kind === 'backup') {",
    test: watched('that succeeds when it is tried again disturbs nobody'),
  },
  {
    name: 'news: what is overdue is known without any job',
    file: 'addon/flows/overdue.ts',
    text: 'const isLate = now >= expected.overdueFrom;',
    without: 'const isLate = now > now;',
    test: watched('is overdue at the start of a daemon that was down meanwhile'),
  },
  {
    name: 'outbox: an attempt is counted before it is made',
    file: 'addon/notify/postman.ts',
    text: 'store.attempt(message.id, new Date(now.getTime() + pause + LIMIT_MS).toISOString());',
    without: '',
    test: posted('a receiver that never answers well is given up after ten attempts, with a line in the log'),
  },
  {
    name: 'outbox: the same event has the same id',
    file: 'addon/notify/compose.ts',
    text: 'JSON.stringify([key, channel, recipient])',
    without: 'String(Math.random())',
    test: mailed('the same event told again, also by another daemon, is the same message'),
  },
  {
    name: 'outbox: secrets are taken out of what is sent',
    file: 'addon/notify/compose.ts',
    text: "(typeof value === 'string' ? redact(value) : value)",
    without: 'value',
    test: posted('no secret leaves with a message'),
  },
  {
    name: 'addresses: what a name leads to is checked, too',
    file: ADDRESS,
    text: 'found.some(({ address }) => !isPublicAddress(address))',
    without: 'found.some(({ address }) => address === undefined)',
    test: guarded('is refused after it was resolved: the connection is made to what was checked'),
  },
  {
    name: 'addresses: an IPv4 address in the clothes of IPv6',
    file: ADDRESS,
    text: "if (family === 'ipv6' && MAPPED.check(address, 'ipv6')) return false;",
    without: '',
    test: guarded('an IPv4 address in the clothes of IPv6 is not public, whichever it is'),
  },
  {
    name: 'addresses: the networks of the storage itself',
    file: ADDRESS,
    text: ' && !networksOf(interfaces).check(address, family)',
    without: '',
    test: guarded('the networks of this machine are not public, whatever their numbers'),
  },
  {
    name: 'mail: a line is one line',
    file: 'addon/notify/words.ts',
    text: ".replaceAll(/[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\s]+/gu, ' ')",
    without: '',
    test: {
      file: 'test/addon/notify/texts.test.ts',
      name: 'a line is one line, of whole characters, and no longer than asked',
    },
  },
];
