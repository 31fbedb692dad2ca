/** A TypeScript file by its path below the project's root. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** What breaks a rule, and where. */
export interface Violation {
  readonly rule: string;
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

export interface Comment {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A source whose words can be told from its comments and strings. */
export interface Scanned extends Source {
  /** The text, equally long, with comments and the insides of strings, templates and regular expressions blank. */
  readonly code: string;
  readonly comments: readonly Comment[];
}

const WORDS_BEFORE_A_PATTERN = /\b(?:return|typeof|case|in|of|do|else|void|delete|throw|new|await|yield)$/;

/** Tells code from comments and strings. Knows nested templates; guesses regular expressions by what stands before. */
export function scan(source: Source): Scanned {
  const { text } = source;
  const code = text.split('');
  const comments: Comment[] = [];
  const braces: number[] = [];
  let at = 0;

  const blank = (from: number, to: number) => {
    for (let i = from; i < to; i++) if (code[i] !== '\n') code[i] = ' ';
  };
  const comment = (end: number) => {
    comments.push({ start: at, end, text: text.slice(at, end) });
    blank(at, end);
    at = end;
  };
  const quoted = (quote: string) => {
    let end = at + 1;
    while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1;
    blank(at + 1, Math.min(end, text.length));
    at = end + 1;
  };
  const template = () => {
    const from = at;
    while (at < text.length && text[at] !== '`' && !text.startsWith('${', at)) at += text[at] === '\\' ? 2 : 1;
    blank(from, Math.min(at, text.length));
    if (text[at] === '`') at += 1;
    else {
      braces.push(0);
      at += 2;
    }
  };
  const pattern = () => {
    let end = at + 1;
    for (let inClass = false; end < text.length && text[end] !== '\n' && (inClass || text[end] !== '/'); end++) {
      if (text[end] === '\\') end += 1;
      else if (text[end] === '[') inClass = true;
      else if (text[end] === ']') inClass = false;
    }
    blank(at + 1, end);
    at = end + 1;
  };
  const patternMayBegin = () => {
    const before = code
      .slice(Math.max(0, at - 200), at)
      .join('')
      .trimEnd();
    return before === '' || !/[\w$)\]}'"`]$/.test(before) || WORDS_BEFORE_A_PATTERN.test(before);
  };
  const endOf = (mark: string, from: number) => {
    const found = text.indexOf(mark, from);
    return found < 0 ? text.length : found;
  };

  if (text.startsWith('#!')) comment(endOf('\n', 0));
  while (at < text.length) {
    const char = text[at] as string;
    const top = braces.length - 1;
    if (text.startsWith('//', at)) comment(endOf('\n', at));
    else if (text.startsWith('/*', at)) comment(Math.min(endOf('*/', at + 2) + 2, text.length));
    else if (char === "'" || char === '"') quoted(char);
    else if (char === '`') {
      at += 1;
      template();
    } else if (char === '/' && patternMayBegin()) pattern();
    else if (char === '}' && braces[top] === 0) {
      braces.pop();
      at += 1;
      template();
    } else {
      if (top >= 0 && char === '{') braces[top] = (braces[top] ?? 0) + 1;
      if (top >= 0 && char === '}') braces[top] = (braces[top] ?? 0) - 1;
      at += 1;
    }
  }
  return { ...source, code: code.join(''), comments };
}

/** The line, counted from 1, on which a position lies. */
export function lineAt(source: Source, position: number): number {
  return source.text.slice(0, position).split('\n').length;
}
