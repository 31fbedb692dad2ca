// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are code.
import type { Guard } from '../guard.ts';

const SESSION = 'addon/machines/session.ts';
const tested = (name: string) => ({ file: 'test/guards/session.test.ts', name });

/** What runs on a master ends with its session, sees no secret on a command line, and is the program that was placed. */
export const sessionGuards: readonly Guard[] = [
  {
    name: 'guard on the master that ends everything with the session',
    file: SESSION,
    text: 'guard TERM "$group"\n',
    without: 'sleep 3600 &\nguard=$!\n',
    test: tested('ends when the session ends'),
  },
  {
    name: 'guard on the master hunts what has left its group',
    file: SESSION,
    text: `    grep -ls 'DBBACKUP_SESSION=\${id}' /proc/[0-9]*/environ |
      while IFS=/ read -r _ _ process _; do kill -KILL "$process"; done
`,
    without: '',
    test: tested('ends when the session ends, also what has left its group'),
  },
  {
    name: 'heartbeat silence of the daemon',
    file: SESSION,
    text: 'timeout ${SILENCE_SECONDS} dd',
    without: 'dd',
    test: tested('ends when the daemon falls silent and the connection stays'),
  },
  {
    name: 'a script that was cut short is not run',
    file: SESSION,
    text: '*"${WHOLE}") eval',
    without: '*) eval',
    test: tested('that was cut short on its way is not run'),
  },
  {
    name: 'secrets of commands by descriptor',
    file: SESSION,
    text: `setsid \${shell} -c 'eval "$(cat)"' 9<&- &`,
    without: 'setsid ${shell} -c "$1" 9<&- &',
    test: tested('reaches a program on a machine by a descriptor'),
  },
  {
    name: 'secrets of local programs by descriptor',
    file: 'storage-node/base/run.ts',
    text: 'IFS= read -r secret; exec',
    without: 'IFS= read -r secret; export secret; exec',
    test: tested('reaches a program of the storage node by a descriptor'),
  },
  {
    name: 'placed tools are checked by SHA-256',
    file: 'addon/machines/place.ts',
    text: '[ ! -L "$file" ] && ${isRight(\'$file\', sum)} &&',
    without: '[ ! -L "$file" ] &&',
    test: tested('that was altered on the machine is replaced before it is used'),
  },
  {
    name: 'arguments are quoted',
    file: 'addon/machines/quote.ts',
    text: `.replaceAll("'", "'\\\\''")`,
    without: '',
    test: tested('arrives as it was given, whatever stands in it'),
  },
];
