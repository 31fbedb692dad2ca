import { displayTime } from '../../storage-node/base/clock.ts';

/** Where a verb writes: the answer to stdout, everything else to stderr. */
export interface Output {
  /** Whether a person watches the progress. */
  readonly watched?: boolean;
  line(text: string): void;
  note(text: string): void;
  /** A line that is overwritten by the next one; nothing where nobody watches. */
  progress(text: string): void;
}

/** Output to this terminal or pipe. */
export function terminalOutput(): Output {
  const watched = process.stderr.isTTY === true;
  let open = false;
  const close = () => {
    if (open) process.stderr.write('\r\u001b[K');
    open = false;
  };
  return {
    watched,
    line(text) {
      close();
      process.stdout.write(`${text}\n`);
    },
    note(text) {
      close();
      process.stderr.write(`${text}\n`);
    },
    progress(text) {
      if (!watched) return;
      process.stderr.write(`\r\u001b[K${text}`);
      open = true;
    },
  };
}

/** Columns padded to their widest cell; control characters made visible, so that no name can draw on the screen. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const clean = [head, ...rows].map((row) => row.map(visible));
  const widths = head.map((_, column) => Math.max(...clean.map((row) => (row[column] ?? '').length)));
  return clean
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Text with control characters written as escapes. */
export function visible(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

/** `1.4 GB`: sizes as people read them, in powers of 1000. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1);
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/** A moment of the catalog for people, or a dash. */
export function when(moment: string | null): string {
  return moment === null ? '-' : displayTime(new Date(moment));
}
