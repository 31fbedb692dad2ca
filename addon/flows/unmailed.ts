import type { Configuration } from './configuration.ts';
import type { Rooms } from './rooms.ts';

/** What a user should know whose mail addresses nobody can write to; empty where they can be, or where there are none. */
export function unmailed({ notify }: Configuration, { mailIsSetUp }: Rooms): readonly string[] {
  if (mailIsSetUp || notify === undefined || notify.mail.length === 0) return [];
  return [
    'nobody is mailed, though notifyEmail is set: the storage node has no mail server; ask its hoster to set one, as notify.mail in config.json there',
  ];
}
