import type { Source, Violation } from './source.ts';

const MEDIAN = 80;
const NINE_OF_TEN = 150;
const LARGEST = 300;

/** Where the files of the product outgrow the budget: median, nine of ten, and the largest. */
export function sizeViolations(sources: readonly Source[]): Violation[] {
  const files = sources
    .filter(({ path }) => path.startsWith('addon/') || path.startsWith('storage-node/'))
    .map(({ path, text }) => ({ path, lines: text.replace(/\n$/, '').split('\n').length }))
    .sort((a, b) => a.lines - b.lines);
  const rule = 'sizes';
  const tooLarge = files
    .filter(({ lines }) => lines > LARGEST)
    .map(({ path, lines }) => ({ rule, path, line: lines, message: `${lines} lines, above ${LARGEST}` }));
  const share = (part: number, bound: number): Violation[] => {
    const file = files[Math.ceil(files.length * part) - 1];
    if (file === undefined || file.lines <= bound) return [];
    const message = `${part * 100} % of the files must have at most ${bound} lines; this one has ${file.lines}`;
    return [{ rule, path: file.path, line: file.lines, message }];
  };
  return [...tooLarge, ...share(0.5, MEDIAN), ...share(0.9, NINE_OF_TEN)];
}
