import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Configuration, loadConfiguration } from '../../../addon/flows/configuration.ts';
import { install } from '../../../addon/flows/install.ts';
import { type FlowTrial, flowTrial } from '../../guards/flow-trial.ts';

let trial: FlowTrial;
let wanted: Configuration;
beforeEach(async () => {
  trial = await flowTrial();
  wanted = loadConfiguration(trial.storage.node, 'shop');
});
afterEach(() => trial[Symbol.asyncDispose]());

const notify = { mail: ['a@shop.example'], all: false, webhookUrl: '', webhookSecret: '', pingUrl: '' };
const warningsOf = async (change: Partial<Configuration>, mailIsSetUp: boolean) =>
  (await install({ ...wanted, ...change }, { ...trial.rooms, mailIsSetUp }, trial.job)).warnings;

test('who names mail addresses where no mail server is set up is warned, with who sets it and where', async () => {
  expect(await warningsOf({ notify }, false)).toEqual([
    expect.stringMatching(/notifyEmail .*no mail server; ask its hoster .*notify\.mail in config\.json/),
  ]);
});

test('who names none, or has a mail server, is not', async () => {
  expect(await warningsOf({ notify }, true)).toEqual([]);
  expect(await warningsOf({}, false)).toEqual([]);
  expect(await warningsOf({ notify: { ...notify, mail: [] } }, false)).toEqual([]);
});
