import { quote } from './quote.ts';

const WHOLE = '# whole';

/**
 * The one command line that is ever given to a machine's shell: it reads the script from stdin, as base64 after a line with its length.
 * So neither names nor secrets stand on an argv. A script that was cut short is not run.
 */
export function bootstrap(shell = '/bin/sh'): string {
  const read = 'IFS= read -r size || exit 125; script=$(dd bs="$size" count=1 iflag=fullblock 2>/dev/null | base64 -d)';
  return `exec ${shell} -c '${read}; case $script in *"${WHOLE}") eval "$script" ;; *) exit 125 ;; esac'`;
}

/** The script as the command line reads it. */
export function spoken(script: string): string {
  const bytes = Buffer.from(`${script}\n${WHOLE}`).toString('base64');
  return `${bytes.length}\n${bytes}`;
}

/** How often the daemon says that it is there, and how long the guard on the machine waits for it. */
export const BEAT_MS = 10_000;
const SILENCE_SECONDS = 40;

/**
 * What every script begins with. `launch BODY` starts a group of its own that carries the session's mark; its id is `$!`.
 * `guard SIGNAL GROUP…` ends the groups when stdin ends or is silent for too long, and hunts what has left them.
 * `leave GROUP…` ends what is left of them and waits for a guard that is at work; after that no exit status would be the program's own.
 */
export function sessionText(id: string, shell = '/bin/sh'): string {
  return `umask 077
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
exec 9<&0 </dev/null
printf '%s\\n' ${quote(id)}
dir= unread=
launch() {
  printf %s "$1" | DBBACKUP_SESSION=${id} setsid ${shell} -c 'eval "$(cat)"' 9<&- &
}
end() { kill -"$1" "-$2" || kill -"$1" "$2"; }
linger() {
  tries=0
  while [ "$tries" -lt 20 ] && kill -0 "-$1"; do tries=$((tries + 1)); sleep 0.1; done
}
guard() {
  (
    exec >/dev/null 2>&1 3<&- 4>&- 5<&- 8>&-
    while [ "$(timeout ${SILENCE_SECONDS} dd bs=1 count=1 <&9)" = . ]; do :; done
    trap '' TERM
    for word; do case $word in [A-Z]*) signal=$word ;; *) end "$signal" "$word" ;; esac; done
    for word; do case $word in [0-9]*) linger "$word"; end KILL "$word" ;; esac; done
    grep -ls 'DBBACKUP_SESSION=${id}' /proc/[0-9]*/environ |
      while IFS=/ read -r _ _ process _; do kill -KILL "$process"; done
    [ -z "$dir" ] || rm -rf "$dir"
    exit 0
  ) &
  guard=$!
}
leave() {
  for group; do end KILL "$group"; done
  kill "$guard"
  ! wait "$guard" || kill -KILL $$
}
`;
}

/** Runs one program and ends with its exit status. */
export function runText(body: string): string {
  return `launch ${quote(body)}
group=$!
exec 2>/dev/null
guard TERM "$group"
wait "$group"
status=$?
leave "$group"
exit "$status"
`;
}
