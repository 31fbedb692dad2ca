import { AddonError } from '../../storage-node/base/errors.ts';
import { copyStream, openTap } from './copy-text.ts';
import type { Expectation, Pipeline } from './machine.ts';
import { programText } from './program.ts';
import { quote } from './quote.ts';

/** Of each program's stderr the last 64 KiB are kept. */
const WORDS = 65_536;

/** Facts of one run that its text depends on. */
export interface PumpFacts {
  readonly id: string;
  readonly maxBytes: number;
  readonly reportsProgress: boolean;
}

/**
 * `producer | copy | consumer` in three parts that the shell can judge one by one. Descriptor 8 is the consumer's stdin held open:
 * it is closed only after the verdict, so end-of-file means that all is well, and before every other verdict the consumer is killed.
 * Named pipes join the parts (3 and 4: out of the producer, 5: into the consumer; 6 and 7: what programs say). This shell opens each for
 * both directions first, for then no open waits: one that waits is broken off by a child that ends, and in busybox fails.
 * The consumer's own shell ends the producer when the consumer ends before it was given end-of-file, or a silent producer would be waited for.
 * Afterwards, what is left in the pipe is what the consumer did not read.
 */
export function pumpText(
  { producer, consumer, expect }: Pipeline,
  { id, maxBytes, reportsProgress }: PumpFacts,
): string {
  const tailWanted = expect.endMarker !== undefined;
  if (consumer.input !== undefined) throw new AddonError('bug', 'the consumer of a pipeline has its input already');
  return `for base in /dev/shm "\${XDG_RUNTIME_DIR:-/}" "$HOME/.dbbackup/run"; do
  case $base in "$HOME"/*) mkdir -p "$base" ;; esac
  dir=$base/dbbackup-${id}
  [ "$base" != / ] && [ -w "$base" ] && mkdir "$dir" && break
done
cd "$dir" && echo $$ >owner || exit 125
producer=${quote(programText(producer))}
consumer=${quote(`trap : TERM
(
${programText(consumer, '<&5 5<&-')}
)
status=$?
[ -e passed ] || {
  : >early
  kill -TERM "-$producer" || kill -TERM "$producer"
  tries=0
  while [ "$tries" -lt 20 ] && kill -0 "-$producer"; do tries=$((tries + 1)); sleep 0.1; done
  kill -KILL "-$producer"
} 2>/dev/null
exit "$status"`)}
mkfifo raw data said answer words scan || exit 125
join() { exec 8<>"$1"; exec 6<"$1" 7>"$1"; exec 8>&-; }
join said
${expect.complaint === undefined ? keep('said', '7>&-') : scan(expect.complaint)}
said=$!
${openTap(tailWanted)}
exec 8<>raw; exec 3<raw 4>raw; exec 8>&-
launch "$producer" >&4 2>&7 3<&- 4>&- 6<&- 7>&-
P=$!
join answer
{ head -c ${maxBytes + 1}; cat >/dev/null; } <&6 >answer.kept 3<&- 4>&- 6<&- 7>&- &
answer=$!
exec 4>&7
join words
${keep('words', '3<&- 4>&- 7>&-')}
words=$!
exec 6<>data; exec 5<data 8>data; exec 6>&-
launch "producer=$P
$consumer" >&4 2>&7 3<&- 4>&- 7>&- 8>&-
C=$!
exec 4>&- 7>&-
alone() { exec 3<&- 4>&- 5<&- 8>&- 9<&-; }
spread() { exec <&3; alone; tee tap; echo $? >teed; }
copy() { exec >&8; alone; trap '' PIPE; LC_ALL=C; export LC_ALL; exec "$@" 2>copied; }
${copyStream(tailWanted)}
K=$!
exec 2>/dev/null 3<&- 4>&- 5<&-
guard KILL "$C" TERM "$P"
${reportsProgress ? progress(id) : 'reporter='}
wait "$P"; produced=$?
[ "$produced" = 0 ] || [ -e early ] || end KILL "$C"
wait "$K"; copied=$?
end KILL "$P"
wait "$said"
teed=0
${tailWanted ? '[ -n "$perl" ] || { teed=; wait "$tail"; read -r teed <teed; }' : ''}
bytes=
while read -r number unit _; do case $unit in byte*) bytes=$number ;; esac; done <copied
verdict=complete
if [ -e early ]; then verdict=consumer-failed
elif [ "$produced" != 0 ]; then verdict=producer-failed
elif [ "$copied" != 0 ] || [ -z "$bytes" ] || [ "$teed" != 0 ]; then verdict=consumer-failed
${checks(expect)}fi
if [ "$verdict" = complete ]; then
  : >passed
  exec 7<data
  exec 8>&-
  wait "$C"; consumed=$?
  if [ "$consumed" != 0 ] || [ -e early ]; then verdict=consumer-failed
  elif ! dd bs=1 count=1 <&7 >unread || [ -s unread ]; then verdict=consumer-failed unread=yes
  fi
else
  [ -e early ] || end KILL "$C"
  wait "$C"; consumed=$?
  exec 8>&-
fi
leave "$C" "$P"
[ -z "$reporter" ] || kill "$reporter"
wait "$answer" "$words"
[ -z "$unread" ] || echo 'the program ended without reading all it was given' >>words.kept
trap '' PIPE
printf '${id} verdict %s %s %s %s\\n' "$verdict" "\${bytes:-0}" "$produced" "$consumed"
for kept in said answer words; do
  printf '${id} %s ' "$kept"; [ ! -s "$kept.kept" ] || base64 <"$kept.kept" | tr -d '\\n'; echo
done
echo '${id} end'
cd /
rm -rf "$dir"
exit 0
`;
}

const keep = (name: string, without: string) => `tail -c ${WORDS} <&6 >${name}.kept 6<&- ${without} &`;

function scan(complaint: string): string {
  return `{ LC_ALL=C grep -E -i -c -e ${quote(oneLine(complaint))} >complaints; echo $? >complained; } <scan 6<&- 7>&- &
grep=$!
{ tee scan <&6 6<&- | tail -c ${WORDS} >said.kept 6<&-; } 7>&- &`;
}

function checks({ complaint, mayBeEmpty, bytes, endMarker }: Expectation): string {
  const marker = quote(oneLine(endMarker ?? ''));
  return [
    complaint === undefined
      ? []
      : ['wait "$grep"; read -r complained <complained; [ "$complained" != 1 ]', 'producer-complained'],
    mayBeEmpty ? [] : ['[ "$bytes" = 0 ]', 'empty'],
    bytes === undefined ? [] : [`[ "$bytes" != ${Math.trunc(bytes)} ]`, 'wrong-length'],
    endMarker === undefined ? [] : [`[ "$bytes" != 0 ] && ! grep -q -F -e ${marker} tail`, 'end-marker-missing'],
  ]
    .filter((check) => check.length > 0)
    .map(([fails, verdict]) => `elif ${fails}; then verdict=${verdict}\n`)
    .join('');
}

/** To grep, a line break would mean "or". */
function oneLine(pattern: string): string {
  if (/[\n\r]/.test(pattern)) throw new AddonError('bug', 'what is searched for in a stream must be one line');
  return pattern;
}

/** The kernel counts what the copying program has written. Ended with the rest, or the session would stay open until its sleep is over. */
function progress(id: string): string {
  return `(
  while sleep 1 >/dev/null && [ -r "/proc/$K/io" ]; do
    while read -r key value; do [ "$key" != wchar: ] || echo "${id} progress $value"; done <"/proc/$K/io"
  done
) 8>&- &
reporter=$!`;
}
