/** How much a dataset fills in; see sizes.ts for what that means. */
export type Size = 'tiny' | 'small' | 'medium' | 'large';

/** What a server holds, as comparable facts: a subject in words ("table shop.orders") and what is true of it. */
export type Fingerprint = ReadonlyMap<string, string>;

/** Data that looks real, for one kind of server, and what it takes to prove that they came back. */
export interface Dataset<Server> {
  /** Fills an empty server. The same size gives the same data every time; only expiry times follow the clock. */
  fill(server: Server, size: Size): Promise<void>;
  /** A day's work on a filled server: rows come, change and go, and so do tables and accounts. */
  change(server: Server): Promise<void>;
  /** Takes everything away that a customer may have made: databases, accounts, keys. */
  destroy(server: Server): Promise<void>;
  fingerprint(server: Server): Promise<Fingerprint>;
  /** The differences, in words; none when both hold the same. Throws when `expected` lacks a kind of fact that the dataset has. */
  compare(expected: Fingerprint, actual: Fingerprint): string[];
}

/** A comparison that insists on having seen every one of these kinds, the first words of the subjects. */
export function comparison(kinds: readonly string[]): Dataset<unknown>['compare'] {
  return (expected, actual) => {
    const seen = countKinds(expected);
    const unseen = kinds.filter((kind) => !seen.has(kind));
    if (unseen.length > 0) throw new Error(`the comparison looked at no ${unseen.join(', no ')}: that proves nothing`);
    const subjects = [...new Set([...expected.keys(), ...actual.keys()])].sort();
    return subjects.flatMap((subject) => difference(subject, expected.get(subject), actual.get(subject)));
  };
}

/** How many facts there are of each kind. */
export function countKinds(fingerprint: Fingerprint): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const subject of fingerprint.keys()) {
    const [kind = ''] = subject.split(' ', 1);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

function difference(subject: string, expected: string | undefined, actual: string | undefined): string[] {
  if (expected === actual) return [];
  if (actual === undefined) return [`${subject} is missing`];
  if (expected === undefined) return [`${subject} was not there before`];
  return [`${subject} differs: expected ${excerpt(expected, actual)}, found ${excerpt(actual, expected)}`];
}

/** The part of a fact around the first character in which it differs from the other. */
function excerpt(fact: string, other: string): string {
  if (fact.length <= 120) return JSON.stringify(fact);
  let same = 0;
  while (same < fact.length && fact[same] === other[same]) same += 1;
  const start = Math.max(0, same - 40);
  return `${start > 0 ? '…' : ''}${JSON.stringify(fact.slice(start, start + 120))}…`;
}
