/** @import { Dialog, EnvironmentView, NodeKind, Notice, Offer, Operation, Platform, Task } from '../../contract.ts' */
/** @import { Run } from '../run.ts' */
/** @typedef {{ dialog?: Dialog, notice?: Notice }} Opened */

/**
 * @template Answer
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<Answer>}
 */
async function ask(path, body) {
  const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`/api/${path}`, body === undefined ? {} : request);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error ?? `the platform answered ${response.status}`);
  return answer;
}

const name = encodeURIComponent;

/** What the pages ask of the platform. What may take long is begun only: it shows among the runs, its end as a notice. */
export const api = {
  about: () => /** @type {Promise<{ nodeKinds: NodeKind[], regions: string[] }>} */ (ask('about')),
  environments: () => /** @type {Promise<EnvironmentView[]>} */ (ask('environments')),
  offers: () => /** @type {Promise<Offer[]>} */ (ask('offers')),
  tasks: () => /** @type {Promise<Task[]>} */ (ask('tasks')),
  mail: () => /** @type {Promise<Platform['mail']>} */ (ask('mail')),
  runs: () => /** @type {Promise<Run[]>} */ (ask('runs')),
  /** @param {string} manifest */
  publish: (manifest) => ask('offers', { manifest }),
  /** @param {Parameters<Platform['createEnvironment']>[0]} wanted */
  createEnvironment: (wanted) => ask('environments', wanted),
  /** @param {string} offer @param {string} [target] @returns {Promise<Opened>} */
  openInstall: (offer, target) => ask(`offers/${name(offer)}/open`, { target }),
  /** @param {string} card @param {string} caption @returns {Promise<Opened>} */
  openButton: (card, caption) => ask(`cards/${name(card)}/open`, { caption }),
  /** @param {string} card @param {string} caption */
  press: (card, caption) => ask(`cards/${name(card)}/press`, { caption }),
  /** @param {string} card */
  uninstall: (card) => ask(`cards/${name(card)}/uninstall`, {}),
  /** @param {string} dialog @param {Readonly<Record<string, string>>} values @param {string} [target] @returns {Promise<Run>} */
  submit: (dialog, values, target) => ask(`dialogs/${name(dialog)}/submit`, { values, target }),
  /** @param {Operation} operation @param {string} environment @param {Readonly<Record<string, string>>} [details] */
  operate: (operation, environment, details = {}) => ask(`environments/${name(environment)}/${operation}`, { details }),
  /** @param {string} run */
  seen: (run) => ask(`runs/${name(run)}/seen`, {}),
};
