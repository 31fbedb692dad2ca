import { quote } from './quote.ts';

/** Copies stdin to stdout, keeps the last 4 KiB in the file `tail`, and says at last how many bytes there were. */
const TAIL_KEEPER = `while ($read = sysread(STDIN, $block, 262144)) {
  $tail = substr($tail . substr($block, -4096), -4096);
  for ($at = 0; $at < $read; $at += $wrote) {
    defined($wrote = syswrite(STDOUT, $block, $read - $at, $at)) or exit 1;
  }
  $bytes += $read;
}
defined($read) && open(TAIL, ">", "tail") && print(TAIL $tail) && close(TAIL) or exit 1;
open(TEED, ">", "teed") && print(TEED "0") && close(TEED) or exit 1;
print STDERR $bytes + 0, " bytes\\n";`;

/**
 * Where there is perl, one program copies a stream and keeps its end. Elsewhere a second pipe carries a copy to a program that keeps it:
 * three programs, which move each byte three times as often and in blocks of 8 KiB.
 */
export const openTap = `perl=$(command -v perl) || {
  mkfifo tap || exit 125
  tail -c 4096 <tap >tail 6<&- 7>&- &
  tail=$!
}`;

/** Begins to copy descriptor 3, with the functions `copy` and `spread`; the copying program is `$!`. */
export const copyAndKeepTail = `if [ -n "$perl" ]; then copy "$perl" -e ${quote(TAIL_KEEPER)} <&3 &
else spread | copy dd bs=65536 &
fi`;
