import type { Random } from './random.ts';
import { CITIES, CURRENCIES, DOMAINS, FIRST_NAMES, LAST_NAMES, STATES, STREETS, WORDS } from './words.ts';

/** What stands in one column of one row. No value holds a tab, a line break or a backslash: both engines load the text as it is. */
export type Value = (row: number, random: Random) => string;

const EPOCH_MS = Date.UTC(2024, 0, 1);
const PLACES = WORDS.map((_, place) => place);
const two = (number: number) => (number < 10 ? `0${number}` : `${number}`);

export const id: Value = (row) => `${row}`;
export const email: Value = (row, random) =>
  `${random.any(FIRST_NAMES)}.${random.any(LAST_NAMES)}${row % 9973}@${random.any(DOMAINS)}`.toLowerCase();
export const fullName: Value = (_, random) => `${random.any(FIRST_NAMES)} ${random.any(LAST_NAMES)}`;
export const address: Value = (_, random) =>
  `${random.any(STREETS)} ${1 + random.below(180)}, ${10_000 + random.below(89_999)} ${random.any(CITIES)}`;
export const price: Value = (_, random) => `${random.below(900)}.${two(random.below(100))}`;
export const state: Value = (_, random) => random.early(STATES);
export const currency: Value = (_, random) => random.early(CURRENCIES);
export const token: Value = (_, random) => random.digits(16);

/** Rows come in the order of time, some minutes apart. */
export const moment: Value = (row, random) => {
  const at = new Date(EPOCH_MS + row * 61_000 + random.below(60_000));
  const day = `${at.getUTCFullYear()}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`;
  return `${day} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`;
};

export const upTo =
  (bound: number): Value =>
  (_, random) =>
    `${1 + random.below(bound)}`;

/** `least` to `most` words with sentences' ends; most words are followed by one of the few that usually follow them. */
export const text =
  (least: number, most: number): Value =>
  (_, random) => {
    let written = '';
    let at = 0;
    for (let count = least + random.below(most - least + 1); count > 0; count -= 1) {
      at = random.below(4) === 0 ? random.early(PLACES) : (at * 7 + 1 + random.below(5) * 13) % WORDS.length;
      written += WORDS[at];
      if (count > 1) written += random.below(11) === 0 ? '. ' : ' ';
    }
    return written;
  };

/** What applications put into JSON columns: the same keys each time, other values. */
export const json: Value = (row, random) =>
  `{"source": "${random.early(DOMAINS)}", "session": "${random.digits(12)}", "attempt": ${1 + random.below(4)}, ` +
  `"amount": ${random.below(50_000) / 100}, "tags": ["${random.early(WORDS)}", "${random.early(WORDS)}"], ` +
  `"client": {"ip": "10.${random.below(256)}.${random.below(256)}.${random.below(256)}", "locale": "${random.early(CURRENCIES)}"}, ` +
  `"sequence": ${row}}`;
