/** One guard of the product: what stands between a fault and lost data, and the test that notices when it is gone. */
export interface Guard {
  /** In the words of the product. */
  readonly name: string;
  readonly file: string;
  /** The text that is the guard; it stands exactly once in the file. */
  readonly text: string;
  /** What stands there when the guard is taken out. */
  readonly without: string;
  /** Every test whose name holds these words must turn red. */
  readonly test: TestOfGuard;
}

/** Where a test is, and by which words of its name it is run alone. */
export interface TestOfGuard {
  readonly file: string;
  readonly name: string;
  /** Words of the group before it, where one sentence holds for several. */
  readonly group?: string;
  /** The file that the sentence is written in, where that is a suite which the test file calls. */
  readonly writtenIn?: string;
}

/** The file's content with the guard taken out. Throws unless the guard stands in it exactly once. */
export function takenOut(guard: Guard, content: string): string {
  const parts = content.split(guard.text);
  if (parts.length !== 2) throw new Error(`"${guard.name}" stands ${parts.length - 1} times in ${guard.file}`);
  return parts.join(guard.without);
}
