/** A name as SQL writes it. Any name is safe in it. */
export function identifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A text as SQL writes it, whatever the server's mode makes of backslashes and quotes. */
export function text(value: string): string {
  return `CONVERT(X'${Buffer.from(value).toString('hex')}' USING utf8mb4)`;
}

/** A comparison that tells names apart which collations hold for equal. */
export function equals(column: string, value: string): string {
  return `CAST(${column} AS BINARY) = X'${Buffer.from(value).toString('hex')}'`;
}

/** The option file by which a client program learns how to log in. */
export function optionFile(options: Readonly<Record<string, string>>): string {
  const quoted = (value: string) =>
    value.replace(/[\\"\n\r\t]/g, (char) => `\\${ESCAPES[char as keyof typeof ESCAPES]}`);
  const lines = Object.entries(options).map(([name, value]) => `${name}="${quoted(value)}"`);
  return `[client]\n${lines.join('\n')}\n`;
}

const ESCAPES = { '\\': '\\', '"': '"', '\n': 'n', '\r': 'r', '\t': 't' } as const;

/** Rows of the client's batch output: fields are parted by tabs, and what would part them inside is escaped. */
export function rowsOf(stdout: string): readonly (readonly string[])[] {
  const lines = stdout.split('\n');
  // Each row ends in a newline, so nothing follows the last one.
  lines.pop();
  return lines.map((line) => line.split('\t').map(unescaped));
}

const MEANINGS: Readonly<Record<string, string>> = { n: '\n', t: '\t', '0': '\0', '\\': '\\' };

function unescaped(field: string): string {
  return field.replace(/\\([nt0\\])/g, (_, char: string) => MEANINGS[char] ?? char);
}
