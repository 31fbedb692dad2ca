import { AddonError, type ErrorCode } from '../base/errors.ts';

/** First match wins. Restic 0.14 answers 1 for nearly everything, so its words have to be read; here and nowhere else. */
const WORDS: readonly (readonly [RegExp, ErrorCode, string])[] = [
  [/no space left on device|disk quota exceeded/i, 'storage-full', 'storage has no space left'],
  [/already locked|unable to create lock/i, 'repository-locked', 'repository is locked by another operation'],
  [/wrong password or no key found/i, 'key-missing', 'the key at hand does not open the repository'],
  [
    /transport endpoint is not connected|connection lost|connection (?:reset|closed|refused)|broken pipe|ssh command exited|unexpected packet|input\/output error|stale file handle/i,
    'connection-lost',
    'the storage went away under restic',
  ],
  [
    /is there a repository|unable to open config file|config file does not exist/i,
    'repository-missing',
    'there is no repository in the folder',
  ],
  [
    /ciphertext verification failed|invalid data returned|hash (?:mismatch|does not match)|not found in (?:repository|index)|does not exist.*data|no such file|unexpected eof|pack .* (?:contains|not referenced)|repository contains errors|invalid character|number of .* mismatch/i,
    'repository-damaged',
    'restic finds the repository damaged',
  ],
  [/permission denied|operation not permitted/i, 'storage-failed', 'restic may not write to the repository'],
];

/** The last line that says something, without restic's prefix. */
export function lastWords(text: string): string {
  const lines = text.split('\n').map((line) => line.trim());
  const said = lines.filter((line) => line !== '' && !/^(?:github\.com|main\.|runtime\.|\/|goroutine)/.test(line));
  return (said.findLast((line) => /fatal|error/i.test(line)) ?? said.at(-1) ?? 'it said nothing')
    .replace(/^Fatal:\s*/, '')
    .slice(0, 300);
}

/** Tells restic's failures apart. Newer versions say them by exit status, older ones by words. */
export function explainFailure(outcome: { readonly exitCode: number; readonly stderr: string }): AddonError {
  const byStatus: Readonly<Record<number, ErrorCode>> = {
    10: 'repository-missing',
    11: 'repository-locked',
    12: 'key-missing',
  };
  const status = byStatus[outcome.exitCode];
  const found = WORDS.find(([pattern, code]) =>
    status === undefined ? pattern.test(outcome.stderr) : code === status,
  );
  const [, code, text] = found ?? [undefined, 'storage-failed' as const, 'restic failed'];
  return new AddonError(
    code,
    `${text} (restic ended with exit status ${outcome.exitCode}: ${lastWords(outcome.stderr)})`,
  );
}
