import type { DumpPlan } from '../engine.ts';
import { clientOf, credentialsOf, type Seat } from './client.ts';

/**
 * Streams the server's RDB to stdout and ends with 0 only when `redis-check-rdb`, which reads along, has found it whole: magic,
 * every record, end opcode and CRC64 (all but the CRC where the server has `rdbchecksum no`), and when its length is what the
 * client was told. A server that syncs without a file sends a mark of 40 bytes after the RDB, which the client leaves in: the
 * client's stderr says so before the first byte, and the mark is cut off. Statuses come by a nameless pipe, for a shell without pipefail.
 */
const streamRdb = `
d=$(mktemp -d) || exit 74
mkfifo "$d/notes" && exec 9<>"$d/notes" || { rm -rf "$d"; exit 74; }
rm -rf "$d"
cut_mark() {
  while IFS= read -r said <&9; do
    case $said in
      *'EOF marker'*) head -c -40; echo "cut $?" >&9; return ;;
      *'SYNC sent'*) head -c -0; echo "cut $?" >&9; return ;;
      'client '*) echo "$last" >&9; echo "$said" >&9; echo "cut 1" >&9; return ;;
      *) last=$said ;;
    esac
  done
}
exec 8>&1
{
  {
    { "$@" --rdb - 2>&9; echo "client $?" >&9; } | cut_mark | { tee /dev/fd/7 >&8; echo "copy $?" >&9; }
  } 7>&1 | { { redis-check-rdb /dev/stdin 2>&1; echo "check $?"; } | tail -n 12 >&9; cat >/dev/null; }
}
echo end >&9
client=1 cut=1 copy=1 check=1 told=0 found=0 words=
while IFS= read -r said <&9; do
  case $said in
    'client '*) client=\${said#* } ;;
    'cut '*) cut=\${said#* } ;;
    'copy '*) copy=\${said#* } ;;
    'check '*) check=\${said#* } ;;
    *'success after '*) told=\${said##*after } told=\${told%% *} ;;
    *'looks OK'*) found=\${said#*offset } found=\${found%%]*} ;;
    end) break ;;
  esac
  words="$words
$said"
done
[ "$client$cut$copy$check" = 0000 ] && { [ "$told" = 0 ] || [ "$told" = "$found" ]; } && exit 0
printf '%s\\n' "$words" "the RDB is not whole: client $client, cut $cut, copy $copy, check $check, told $told, found $found" >&2
exit 1`;

/** One primary's keys, values, times to live and functions. */
export function dumpOfKeys(seat: Seat): Omit<DumpPlan, 'counts'> {
  const argv = ['sh', '-c', streamRdb, 'sh', ...clientOf(seat)];
  return { command: { argv, environment: credentialsOf(seat) }, expect: {} };
}

/** Last line of the list of users. */
export const usersEnd = '# end of the users';

/** The users as an aclfile has them, passwords as hashes; a line that is none of theirs is a failure. */
const listUsers = `
users=$("$@" ACL LIST) || exit 1
if printf '%s\\n' "$users" | grep -v '^user ' >&2; then exit 1; fi
printf '%s\\n' "$users" '${usersEnd}'`;

/** All users with their permissions and the hashes of their passwords. */
export function dumpOfUsers(seat: Seat): Omit<DumpPlan, 'counts'> {
  const argv = ['sh', '-c', listUsers, 'sh', ...clientOf(seat)];
  return { command: { argv, environment: credentialsOf(seat) }, expect: { endMarker: usersEnd } };
}
