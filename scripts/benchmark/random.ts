/** The same numbers for the same seed, on every machine. */
export interface Random {
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number;
  /** One of the list; those in front come much more often, as words do in real texts. */
  early<Thing>(list: readonly Thing[]): Thing;
  /** One of the list, each as likely as the others. */
  any<Thing>(list: readonly Thing[]): Thing;
  /** Hexadecimal digits. */
  digits(length: number): string;
}

export function randomOf(seed: number): Random {
  let state = (seed * 2_654_435_761) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (bound: number) => Math.floor((next() / 4_294_967_296) * bound);
  return {
    below,
    early: (list) => {
      const place = next() / 4_294_967_296;
      return list[Math.floor(place * place * list.length)] as (typeof list)[number];
    },
    any: (list) => list[below(list.length)] as (typeof list)[number],
    digits: (length) => {
      let text = '';
      while (text.length < length) text += next().toString(16).padStart(8, '0');
      return text.slice(0, length);
    },
  };
}
