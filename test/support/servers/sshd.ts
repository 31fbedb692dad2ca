import { resolve } from 'node:path';
import type { Host } from '../host.ts';
import { untilReady } from './waiting.ts';

const logFile = '/var/log/sshd.log';

// Without PAM an account is refused when its password is locked by "!"; "*" is fine.
const configuration = `Port 22
HostKey /etc/ssh/ssh_host_ed25519_key
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
AcceptEnv LANG LC_*
Subsystem sftp /usr/lib/openssh/sftp-server
PidFile /run/sshd.pid
`;

/** Starts sshd on port 22 with a fresh host key; answers that key's public line. After stopSshd it may be started again, with another key. */
export async function startSshd(host: Host): Promise<string> {
  await host.writeFile('/etc/ssh/sshd_config', configuration);
  const publicKey = await host.sh(`install -d -m 755 /run/sshd
    rm -f /etc/ssh/ssh_host_*
    ssh-keygen -q -t ed25519 -N '' -C '' -f /etc/ssh/ssh_host_ed25519_key
    /usr/sbin/sshd -E ${logFile}
    cat /etc/ssh/ssh_host_ed25519_key.pub`);
  const listens = async () => (await host.must(['ss', '-Hltn', 'sport = :22'])) !== '';
  await untilReady(host, 'sshd', logFile, listens);
  return publicKey.trim();
}

/** Ends sshd and every session it serves. */
export async function stopSshd(host: Host): Promise<void> {
  await host.sh('pkill -KILL -x sshd; while pgrep -x sshd >/dev/null; do sleep 0.02; done');
}

/** Makes the host's unprivileged backup account and places the key, as an administrator would. */
export async function prepareMaster(host: Host, publicKey: string): Promise<string> {
  const script = resolve(import.meta.dirname, '../../../scripts/node/prepare');
  return await host.must(['sh', script, '--key', publicKey]);
}
