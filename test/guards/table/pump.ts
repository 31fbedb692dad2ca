// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are code.
import type { Guard } from '../guard.ts';

const TEXT = 'addon/machines/pump-text.ts';
const tested = (name: string) => ({ file: 'test/guards/pump.test.ts', name });

/** A broken dump never becomes a snapshot, and a broken stream never a restore. */
export const pumpGuards: readonly Guard[] = [
  {
    name: 'end-of-file is withheld until the verdict',
    file: TEXT,
    text: '  [ -e early ] || end KILL "$C"\n  wait "$C"; consumed=$?\n  exec 8>&-\n',
    without: '  exec 8>&-\n  wait "$C"; consumed=$?\n',
    test: tested('withholds end-of-file when the end marker is missing'),
  },
  {
    name: 'exit status of the dump',
    file: TEXT,
    text: 'elif [ "$produced" != 0 ]; then verdict=producer-failed',
    without: 'elif false; then :',
    test: tested('withholds end-of-file when the dump ended with another exit status than 0'),
  },
  {
    name: 'end marker of the dump',
    file: TEXT,
    text: `[\`[ "$bytes" != 0 ] && ! grep -q -F -e \${marker} tail\`, 'end-marker-missing']`,
    without: '[]',
    test: tested('withholds end-of-file when the end marker is missing'),
  },
  {
    name: 'complaint on the stderr of the dump',
    file: TEXT,
    text: `['wait "$grep"; read -r complained <complained; [ "$complained" != 1 ]', 'producer-complained']`,
    without: '[]',
    test: tested('withholds end-of-file when the dump complained on stderr'),
  },
  {
    name: 'exact length of a stream',
    file: TEXT,
    text: `[\`[ "$bytes" != \${Math.trunc(bytes)} ]\`, 'wrong-length']`,
    without: '[]',
    test: tested('withholds end-of-file when the stream has not the exact length'),
  },
  {
    name: 'an empty dump is none',
    file: TEXT,
    text: `['[ "$bytes" = 0 ]', 'empty']`,
    without: '[]',
    test: tested('withholds end-of-file from an empty dump'),
  },
  {
    name: 'a consumer has to read all it was given',
    file: TEXT,
    text: '  elif ! dd bs=1 count=1 <&7 >unread || [ -s unread ]; then verdict=consumer-failed unread=yes\n',
    without: '',
    test: tested('does not call a stream complete that its consumer has not read to the end'),
  },
  {
    name: 'a report without its end is no verdict',
    file: 'addon/machines/pump.ts',
    text: " || !report.has('end')",
    without: '',
    test: tested('believes nothing but a whole report'),
  },
];
