const BLOCK = /(?:^|[:-][ \t]+)(?:&\S+[ \t]+)?[|>][+-]?\d?[+-]?[ \t]*(?:#.*)?$/;
const VALUE = /(?:^[ \t]*(?:-[ \t]+)*|:[ \t]+|[[{,][ \t]*)(["'])/g;

const indentOf = (line: string) => line.length - line.trimStart().length;

/** Where a quoted text that began before this position ends on the line, or -1. */
function closing(line: string, from: number, quote: string): number {
  for (let at = from; at < line.length; at++) {
    if (quote === '"' && line[at] === '\\') at++;
    else if (line[at] === quote) {
      if (quote === '"' || line[at + 1] !== "'") return at;
      at++;
    }
  }
  return -1;
}

/** The quote that is still open at the end of a line, or null. */
function openQuote(line: string): string | null {
  let at = 0;
  for (;;) {
    VALUE.lastIndex = at;
    const match = VALUE.exec(line);
    if (match === null) return null;
    const end = closing(line, match.index + match[0].length, match[1] ?? '');
    if (end < 0) return match[1] ?? null;
    at = end + 1;
  }
}

/**
 * The platform's reader takes lines of a quoted text that are indented less than YAML wants; published manifests have such.
 * White space at their beginning is no part of the text, so that it may be put there.
 */
export function indentQuotes(text: string): string {
  let quote: string | null = null;
  let indent = 0;
  let block: number | null = null;
  return text
    .split('\n')
    .map((line) => {
      if (quote !== null) {
        if (closing(line, 0, quote) >= 0) quote = null;
        return line.trim() === '' ? line : ' '.repeat(Math.max(0, indent - indentOf(line))) + line;
      }
      if (block !== null && (line.trim() === '' || indentOf(line) > block)) return line;
      block = BLOCK.test(line) ? indentOf(line) : null;
      if (block !== null || line.trimStart().startsWith('#')) return line;
      quote = openQuote(line);
      indent = indentOf(line) + 4;
      return line;
    })
    .join('\n');
}
