// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are code.
import type { Guard } from '../guard.ts';

const tested = (name: string, group = '') => ({ file: 'test/guards/attach.test.ts', name, group });

/** The way to the storage: who is at its end, what is seen through it, and what happens when it breaks. */
export const attachGuards: readonly Guard[] = [
  {
    name: 'pinned host key for control (ssh2)',
    file: 'addon/machines/ssh.ts',
    text: 'return !stranger;',
    without: 'return true;',
    test: tested('is not entered when the node shows another host key'),
  },
  {
    name: 'pinned host key for data (OpenSSH client)',
    file: 'addon/machines/openssh.ts',
    text: "StrictHostKeyChecking: 'yes'",
    without: "StrictHostKeyChecking: 'no'",
    test: tested('carries no data when the node shows the OpenSSH client another host key'),
  },
  {
    name: 'proof of the mount by a nonce',
    file: 'addon/machines/mount.ts',
    text: 'seen.exitCode !== 0 || seen.stdout !== share.proof.content',
    without: 'seen.exitCode !== 0',
    test: tested('is refused when the master sees another folder than the one that is shared', 'by the mount'),
  },
  {
    name: 'proof of the channel by a nonce',
    file: 'addon/machines/channel.ts',
    text: "if (contentIn(Buffer.from(stdout, 'base64')) === share.proof.content) return;",
    without: "if (contentIn(Buffer.from(stdout, 'base64')) !== undefined) return;",
    test: tested('is refused when the master sees another folder than the one that is shared', 'by the channel'),
  },
  {
    name: 'file system type of the mount',
    file: 'addon/machines/mount.ts',
    text: 'until [ -e "$3/covered" ] && mounted "$1"; do',
    without: 'until [ -e "$3/covered" ]; do',
    test: tested('is not believed in where a plain directory looks the same'),
  },
  {
    name: 'the mountpoint must be empty',
    file: 'addon/machines/site.ts',
    text: '[ -z "$(ls -A "$point")" ] ||',
    without: 'true ||',
    test: tested('goes to no directory that holds something'),
  },
  {
    name: 'the mountpoint must be no link',
    file: 'addon/machines/site.ts',
    text: '[ ! -L "$point" ] ||',
    without: 'true ||',
    test: tested('follows no link'),
  },
  {
    name: 'nobody can write beneath the mount',
    file: 'addon/machines/mount.ts',
    text: 'chmod 500 . && : >"$3/covered"',
    without: ': >"$3/covered"',
    test: tested('leaves a directory in which nobody can write when it is gone'),
  },
  {
    name: 'restic works inside the mount',
    file: 'addon/machines/mount.ts',
    text: "repositoryArguments: ['-r', '.']",
    without: "repositoryArguments: ['-r', site.mountpoint]",
    test: tested('that dies under restic is never replaced by the directory beneath it'),
  },
  {
    name: 'watchdog of the mount',
    file: 'addon/machines/mount.ts',
    text: '      onLost(ended);\n',
    without: '',
    test: tested('says that it is lost as soon as the file server ends', 'by the mount'),
  },
  {
    name: 'watchdog of the channel',
    file: 'addon/machines/channel.ts',
    text: 'if (open && end?.exitCode !== 0) onLost',
    without: 'if (false) onLost',
    test: tested('says that it is lost as soon as the file server ends', 'by the channel'),
  },
  {
    name: 'fence at the end of an attachment',
    file: 'addon/machines/carrier.ts',
    text: '      await line.end();\n',
    without: '',
    test: tested('is over when its file servers have ended, also those that hear nothing'),
  },
];
