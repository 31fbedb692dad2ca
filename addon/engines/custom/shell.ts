import type { Command } from '../../machines/machine.ts';

/** The node's variables, as the platform and its administrator set them; those of its first process where they may be read. */
const VARIABLES = `load() {
  [ -r "$1" ] || return 0
  while IFS= read -r line; do
    line=\${line#export }
    name=\${line%%=*} value=\${line#*=}
    case $line in [A-Za-z_]*=*) ;; *) continue ;; esac
    case $name in *[!A-Za-z0-9_]* | HOME | USER | LOGNAME | SHELL | PWD | OLDPWD | IFS | LD_* | RESTIC_*) continue ;; esac
    if [ "$2" = quoted ]; then
      case $value in \\"*\\") value=\${value#?} value=\${value%?} ;; \\'*\\') value=\${value#?} value=\${value%?} ;; esac
    fi
    [ "$name" != PATH ] || value=$PATH:$value
    export "$name=$value"
  done <<VARIABLES
$({ tr '\\000' '\\n' <"$1"; } 2>/dev/null)
VARIABLES
}
load /etc/environment quoted
load /proc/1/environ plain
load /.jelenv quoted
unset line name value
`;

/**
 * Runs the customer's command, which comes over descriptor 3 and stands on no argv. Its stderr passes; when it fails without a
 * word there, the last 1 KB of its stdout is searched for what went wrong. $1 is where stdout goes, $2 the time limit in seconds.
 * Descriptors: 4 the report, 5 a copy of its stderr, 6 its stderr, 7 a copy of its stdout, 8 its stdout. TERM ends the command, and not this script.
 */
const RUN = `${VARIABLES}
trap : TERM
if [ "$1" = keep ]; then exec 8>&1; else exec 8>/dev/null; fi
exec 9<&0 </dev/null
(
  exec >/dev/null 3<&- 8>&- 9<&-
  passed=0
  while [ "$passed" -lt "$2" ]; do sleep 1 2>/dev/null; passed=$((passed + 1)); done
  trap : TERM
  echo "the time limit of $2 seconds has passed" >&2
  kill -TERM 0
  sleep 10
  kill -KILL 0
) & dog=$!
report=$({ { { { sh /dev/fd/3 <&9 2>&6 4>&- 6>&- 7>&- 8>&- 9<&-; echo "$?" >&4; } | { tee /dev/fd/7 >&8; echo "$?" >&4; }; } 7>&1 |
  tail -c 1024 | tr -d '\\000' >&4; } 6>&1 | tee /dev/fd/5 5>&1 >&2 | { words=$(wc -c); printf '\\n%s' "$words" >&4; }; } 4>&1)
kill -KILL "$dog" 2>/dev/null
wait "$dog" 2>/dev/null
line='
'
status=\${report%%"$line"*} report=\${report#*"$line"}
copied=\${report%%"$line"*} report=\${report#*"$line"}
words=\${report##*"$line"} said=\${report%"$line"*}
said=\${said%"$line"}
if [ "$status" != 0 ] && [ "$words" -eq 0 ]; then
  printf '%s\\n' "$said" | grep -a -i -E 'error|fail|fatal|denied|cannot|not found|refused' >&2 || printf '%s\\n' "$said" >&2
fi
[ "$status" = 0 ] || exit "$status"
exit "$copied"
`;

/** Looks at a command without running it. */
const LOOK = `${VARIABLES}
sh -n /dev/fd/3 || exit 2
[ -z "$1" ] || command -v -- "$1" >/dev/null || exit 3
`;

/** A customer's command, ready to run: for its stdout, or for its effect. */
export function customCommand(text: string, stdout: 'keep' | 'drop', limitSeconds: number): Command {
  return { argv: ['sh', '-c', RUN, 'custom', stdout, `${limitSeconds}`], secrets: [unwrapped(text)] };
}

/** Exit status 2: no shell text; 3: its first word names no program. */
export function lookCommand(text: string): Command {
  return { argv: ['sh', '-c', LOOK, 'custom', firstWord(unwrapped(text))], secrets: [unwrapped(text)] };
}

/** Users are told to wrap a command in double quotes when it uses variables: those around the whole are not part of it. */
export function unwrapped(text: string): string {
  const trimmed = text.trim();
  return /^"[^"]*"$/.test(trimmed) ? trimmed.slice(1, -1).trim() : trimmed;
}

/** The program that a command begins with; empty where only the shell can tell. */
export function firstWord(text: string): string {
  const [word = ''] = text.replace(/^([A-Za-z_]\w*=[^\s"'\\$`]*\s+)*/, '').split(/[\s;|&<>()]/, 1);
  return /^[\w./+-]+$/.test(word) ? word : '';
}
