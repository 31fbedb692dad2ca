/** One line of a list. */
export interface Choice {
  readonly value: string;
  readonly caption: string;
}

/** What a dialog is to show in one of its fields; what is not said stays as the manifest has it. */
export interface FieldPatch {
  /** What a list or a text begins with. */
  readonly default?: string | number;
  /** The same for a box to tick. */
  readonly value?: boolean;
  readonly values?: readonly Choice[];
  /** By the value of another field, the choices of this one. */
  readonly dependsOn?: Readonly<Record<string, Readonly<Record<string, readonly Choice[]>>>>;
  /** Plain text of a line that is only to be read. */
  readonly markup?: string;
  readonly hidden?: boolean;
  readonly required?: boolean;
  readonly placeholder?: string;
}

/** Patches by the names of the fields. */
export type Fields = Readonly<Record<string, FieldPatch>>;

/** A line to be read; hidden where there is nothing to say. */
export function line(text: string): FieldPatch {
  return text === '' ? { hidden: true } : { markup: text, hidden: false };
}

/** `21.3 MB`: powers of 1000. */
export function megabytes(bytes: number): string {
  if (bytes < 100_000) return `${Math.max(1, Math.round(bytes / 1000))} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
