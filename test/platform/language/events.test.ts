import { describe, expect, test } from 'vitest';
import { kit } from './kit.ts';

const told = async (
  body: string,
  event: { name: string; params?: Record<string, unknown>; response?: Record<string, unknown> },
) => {
  const made = await kit(`${body}\nactions: { own: { log: own } }`);
  return { ...made, outcome: await made.language.fire(made.installation, event) };
};

describe('an event', () => {
  test.for([
    ['the name of an action', 'onAfterStart: own'],
    ['a step', 'onAfterStart: { log: own }'],
    ['a list of both', 'onAfterStart: [own]'],
  ] as const)('is handled by %s', async ([, body]) => {
    const { lines, outcome } = await told(body, { name: 'onAfterStart' });
    expect(lines).toEqual(['own']);
    expect(outcome).toEqual({ answer: { result: 0 }, stopped: null, handlers: 1 });
  });

  test('without a handler does nothing', async () => {
    expect((await told('onAfterStart: own', { name: 'onAfterStop' })).outcome.handlers).toBe(0);
  });

  test('gives its parameters and its answer to its handlers', async () => {
    const body =
      'onAfterClone: { log: "${event.params.srcenv} ${event.response.env.envName} ${events.response.nodes.join(id,)}" }';
    const event = {
      name: 'onAfterClone',
      params: { srcenv: 'shop' },
      response: { env: { envName: 'twin' }, nodes: [{ id: 1 }, { id: 2 }] },
    };
    expect((await told(body, event)).lines).toEqual(['shop twin 1,2']);
  });

  test('calls all handlers of its name that fit, each with locals of its own', async () => {
    const body =
      'onAfterScaleOut: [{ set: { a: 1 } }, { log: "all ${this.a:-}" }]\n"onAfterScaleOut[sqldb]": { log: "layer ${this.a:-}" }\n"onAfterScaleOut[cp]": { log: other }';
    const { lines, outcome } = await told(body, { name: 'onAfterScaleOut', params: { nodeGroup: 'sqldb' } });
    expect(lines).toEqual(['all 1', 'layer -']);
    expect(outcome.handlers).toBe(2);
  });

  test('that fails tells the answer', async () => {
    const { outcome, lines } = await told("onBeforeDelete: [{ script: 'return { result: 4 };' }, own]", {
      name: 'onBeforeDelete',
    });
    expect(outcome.answer.result).toBe(4);
    expect(lines).toEqual([]);
  });
});

describe('a filter', () => {
  const fits = async (filter: string, params: Record<string, unknown>, response: Record<string, unknown> = {}) =>
    (await told(`"onAfterRedeployContainer${filter}": own`, { name: 'onAfterRedeployContainer', params, response }))
      .outcome.handlers === 1;

  test.for([
    ['a layer', '[sqldb]', { nodeGroup: 'sqldb' }, true],
    ['another layer', '[cp]', { nodeGroup: 'sqldb' }, false],
    ['a layer, by a node of it', '[sqldb]', { nodeid: 22 }, true],
    ['a node', '[22]', { nodeid: 22 }, true],
    ['another node', '[21]', { nodeid: 22 }, false],
    ['a type', '[mariadb-dockerized]', { nodeGroup: 'sqldb' }, true],
    ['one of several', '[cp, sqldb]', { nodeGroup: 'sqldb' }, true],
    ['everything', '[*]', { nodeGroup: 'sqldb' }, true],
    ['a key', '[nodeGroup:sqldb]', { nodeGroup: 'sqldb' }, true],
    ['all of several keys', '[nodeGroup:sqldb, nodeId:22]', { nodeGroup: 'sqldb', nodeId: 22 }, true],
    ['not all of several keys', '[nodeGroup:sqldb, nodeId:21]', { nodeGroup: 'sqldb', nodeId: 22 }, false],
    ['any parameter', '[name:tick]', { name: 'tick' }, true],
    ['another value of it', '[name:tick]', { name: 'tock' }, false],
    ['a placeholder', '[${targetNodes.nodeGroup}]', { nodeGroup: 'sqldb' }, true],
    ['a placeholder of another layer', '[${targetNodes.nodeGroup}]', { nodeGroup: 'cp' }, false],
  ] as const)('lets through %s', async ([, filter, params, expected]) => {
    expect(await fits(filter, params)).toBe(expected);
  });

  test('knows what the manifest calls a layer', async () => {
    const { outcome } = await told('nodeGroupAlias: { sqldb: database }\n"onAfterStop[database]": own', {
      name: 'onAfterStop',
      params: { nodeGroup: 'sqldb' },
    });
    expect(outcome.handlers).toBe(1);
  });
});

describe('stopEvent', () => {
  test.for([
    ['warning', 'warning'],
    ['error', 'error'],
    ['success', 'success'],
    ['anything else', 'error'],
  ] as const)('of type %s stops what was about to happen', async ([given, type]) => {
    const body = `onBeforeStop: [{ if (1 == 1): { stopEvent: { type: ${given}, message: 'busy on \${env.name}' } } }, own]`;
    const { outcome, lines } = await told(body, { name: 'onBeforeStop' });
    expect(outcome.stopped).toEqual({ type, message: 'busy on shop' });
    expect(outcome.answer.result).toBe(type);
    expect(lines).toEqual([]);
  });

  test('may be a text, and comes from deep inside', async () => {
    const made = await kit('onBeforeDelete: check\nactions: { check: [{ stopEvent: No way }] }');
    expect((await made.language.fire(made.installation, { name: 'onBeforeDelete' })).stopped).toEqual({
      type: 'error',
      message: 'No way',
    });
  });

  test('keeps later handlers from running', async () => {
    const { lines } = await told('onBeforeStop: { stopEvent: No }\n"onBeforeStop[*]": own', { name: 'onBeforeStop' });
    expect(lines).toEqual([]);
  });
});
