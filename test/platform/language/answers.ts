import type { Notice } from '../contract.ts';
import { isMapping, localised, mapping, textOf } from './mapping.ts';
import type { Answer, Mapping } from './types.ts';

/** Whether a chain goes on after this answer. */
export const succeeded = ({ result }: Answer): boolean => result === 0 || result === '0';

/** Whether the answer, as the last one, is a success: also when it says so by its word. */
export const isSuccess = (answer: Answer): boolean => succeeded(answer) || answer.result === 'success';

const WORDS = ['error', 'warning', 'info', 'success'];

/** What an answer lacks, from the manifest's `responses` by its code or text; its own fields stand. */
function completed(answer: Answer, responses: Mapping): Answer {
  const texts = [answer.result, answer.message, answer.error].filter((one) => one !== undefined).map(textOf);
  const key = texts.find((text) => Object.hasOwn(responses, text));
  const found = key === undefined ? undefined : responses[key];
  if (found === undefined) return answer;
  const given = isMapping(found) ? found : { message: found };
  const { message, ...own } = answer;
  const named = texts.slice(1).includes(key ?? '');
  // Of what the answer says itself, only the text that led here gives way.
  return { ...given, ...own, message: message === undefined || named ? (given.message ?? message) : message } as Answer;
}

function typeOf(answer: Answer): string {
  if (typeof answer.type === 'string') return answer.type;
  return typeof answer.result === 'string' && WORDS.includes(answer.result) ? answer.result : 'error';
}

/** What a pop-up or the end of an installation shows of an answer. */
export function noticeOf(
  answer: Answer,
  about: { readonly title: string; readonly successText: string; readonly responses: unknown; readonly locale: string },
  door: 'button' | 'install',
): Notice {
  const full = completed(answer, mapping(about.responses));
  const message = full.message ?? full.error;
  if (succeeded(answer)) {
    const text =
      door === 'install' && full.message !== undefined ? localised(full.message, about.locale) : about.successText;
    return { type: 'success', title: about.title, text, result: answer.result };
  }
  const type = typeOf(full);
  const text =
    message === undefined ? `The action ended with result ${answer.result}.` : localised(message, about.locale);
  if (door === 'install' && type === 'success') return { type, title: about.title, text, result: answer.result };
  // A dashboard's pop-up knows three types; whatever else an action answers is shown as an error.
  const known = type === 'info' || type === 'warning' ? type : 'error';
  return { type: known, title: about.title, text, result: answer.result };
}
