import type { Notice } from '../contract.ts';

/** Something that a user began and that may take long. It has its notice once it has ended. */
export interface Run {
  readonly id: string;
  readonly title: string;
  readonly loadingText: string;
  readonly notice: Notice | null;
}
