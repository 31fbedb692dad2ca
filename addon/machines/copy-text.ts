import { quote } from './quote.ts';

/**
 * Copies stdin to stdout, keeps the last 4 KiB in the file `tail`, and says at last how many bytes there were. 1031 is F_SETPIPE_SZ of
 * Linux: where the kernel lets pipes hold a mebibyte, the programs beside take turns a sixteenth as often.
 */
const TAIL_KEEPER = `fcntl(STDIN, 1031, 1048576), fcntl(STDOUT, 1031, 1048576);
while ($read = sysread(STDIN, $block, 1048576)) {
  $tail = substr($tail . substr($block, -4096), -4096);
  for ($at = 0; $at < $read; $at += $wrote) {
    defined($wrote = syswrite(STDOUT, $block, $read - $at, $at)) or exit 1;
  }
  $bytes += $read;
}
defined($read) && open(TAIL, ">", "tail") && print(TAIL $tail) && close(TAIL) or exit 1;
print STDERR $bytes + 0, " bytes\\n";`;

/**
 * Where there is perl, one program copies a stream and keeps its end. Elsewhere, where the end is wanted, a second pipe carries a copy to
 * a program that keeps it: three programs, which move each byte three times as often and in blocks of 8 KiB.
 */
export const openTap = (tailWanted: boolean): string =>
  ['perl=$(command -v perl)', ...(tailWanted ? [TAP] : [])].join(' || ');

const TAP = `{
  mkfifo tap || exit 125
  tail -c 4096 <tap >tail 6<&- 7>&- &
  tail=$!
}`;

/** Begins to copy descriptor 3, with the functions `copy` and `spread`; the copying program is `$!`. */
export const copyStream = (
  tailWanted: boolean,
): string => `if [ -n "$perl" ]; then copy "$perl" -e ${quote(TAIL_KEEPER)} <&3 &
${tailWanted ? 'else spread | copy dd bs=65536 &' : 'else copy dd bs=65536 <&3 &'}
fi`;
