import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { webhookCarrier } from '../../../addon/notify/webhook.ts';
import { BY_WEBHOOK, EVERYWHERE, FAILED } from './happenings.ts';
import { type OutboxTrial, outboxTrial, SECRET } from './outbox-trial.ts';
import { type Receiver, startReceiver } from './receivers.ts';

let receiver: Receiver;
let it: OutboxTrial;
beforeEach(async () => {
  receiver = await startReceiver();
  it = outboxTrial({ webhookUrl: receiver.url, pingUrl: receiver.url.replace('/hook', '/ping') });
});
afterEach(async () => {
  await it[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

test('an event is posted as the Standard Webhooks say, and the library of a receiver agrees', async () => {
  const carry = webhookCarrier(
    () => ({ url: receiver.url, secret: SECRET, privateToo: true }),
    () => new Date(),
  );
  it.notify.news.tell(FAILED, BY_WEBHOOK);
  const [message] = it.outbox.list(1);
  if (message === undefined) throw new Error('nothing was written');
  await carry(message, new AbortController().signal);
  const [call] = receiver.calls;
  const headers = call?.headers as Record<string, string>;
  const verified = new Webhook(SECRET).verify(call?.body ?? '', headers);
  expect(verified).toMatchObject({
    type: 'backup.failed',
    timestamp: FAILED.at,
    data: { environment: { name: 'shop' }, error: { code: 'credentials-refused' }, lastGood: FAILED.lastGood },
  });
  expect(headers['content-type']).toBe('application/json');
  expect(() => new Webhook(SECRET).verify(`${call?.body} `, headers)).toThrow();
});

test.for([500, 503, 404, 302] as const)(
  'an answer of %d is tried again under the same id, until it succeeds',
  async (status) => {
    receiver.behave(status, { location: receiver.url });
    it.notify.news.tell(FAILED, BY_WEBHOOK);
    await it.send();
    await it.send();
    expect(receiver.calls).toHaveLength(1);
    expect(it.outbox.list(1)).toMatchObject([{ state: 'waiting', attempts: 1 }]);
    receiver.behave(204);
    it.pass(1);
    await it.send();
    expect(new Set(receiver.calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(it.outbox.list(1)).toMatchObject([{ state: 'sent', attempts: 2 }]);
  },
);

test('a receiver that answers 410 wants no more', async () => {
  receiver.behave(410);
  it.notify.news.tell(FAILED, BY_WEBHOOK);
  await it.send();
  expect(it.outbox.list(1)).toMatchObject([{ state: 'given-up', attempts: 1 }]);
});

test('a receiver that never answers well is given up after ten attempts, with a line in the log', async () => {
  receiver.behave(500);
  it.notify.news.tell(FAILED, BY_WEBHOOK);
  for (let hour = 0; hour < 40; hour++) {
    await it.send();
    it.pass(60);
  }
  expect(receiver.calls).toHaveLength(10);
  expect(it.outbox.list(1)).toMatchObject([{ state: 'given-up', attempts: 10 }]);
  expect(it.log.at(-1)).toMatch(/a webhook about backup\.failed was given up: 127\.0\.0\.1:\d+ answered 500/);
  expect(it.outbox.troubled('', 9)).toHaveLength(1);
});

test('nobody is there: the message waits', async () => {
  await receiver[Symbol.asyncDispose]();
  it.notify.news.tell(FAILED, BY_WEBHOOK);
  await it.send();
  expect(it.outbox.list(1)[0]?.problem).toMatch(/was not reached: .*ECONNREFUSED/);
  receiver = await startReceiver();
});

test('messages of one recipient keep their order, also when the first one fails', async () => {
  receiver.behave(500);
  it.notify.news.tell(FAILED, BY_WEBHOOK);
  it.notify.news.tell({ ...FAILED, event: 'backup.recovered', key: 'later' }, BY_WEBHOOK);
  await it.send();
  receiver.behave(200);
  await it.send();
  expect(receiver.calls).toHaveLength(1);
  it.pass(1);
  await it.send();
  const types = receiver.calls.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  expect(types).toEqual(['backup.failed', 'backup.failed', 'backup.recovered']);
});

test('no secret leaves with a message', async () => {
  const error = { code: 'dump-failed', message: 'the dump said: --password=hunter2-secret', hint: 'hunter2-secret' };
  it.notify.news.tell({ ...FAILED, error, environment: { name: 'shop', displayName: 'hunter2-secret' } }, EVERYWHERE);
  const written = JSON.stringify(it.outbox.list(9));
  expect(written).toContain('--password=***');
  expect(written).not.toContain('hunter2');
});

test('the dead-man address is called after a success, and its /fail after a failure', async () => {
  it.notify.news.ping('shop', 'success', 'job 1', it.now());
  await it.send();
  it.notify.news.ping('shop', 'fail', 'job 2', it.now());
  await it.send();
  expect(receiver.calls.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /ping', 'GET /ping/fail']);
});

test('a call that could not be made in time is not made up for, and only the newest one counts', async () => {
  receiver.behave(500);
  it.notify.news.ping('shop', 'success', 'job 1', it.now());
  await it.send();
  it.notify.news.ping('shop', 'fail', 'job 2', it.now());
  receiver.behave(200);
  it.pass(1);
  await it.send();
  expect(receiver.calls.map(({ path }) => path)).toEqual(['/ping', '/ping/fail']);
  receiver.behave(500);
  it.notify.news.ping('shop', 'success', 'job 3', it.now());
  await it.send();
  it.pass(31);
  receiver.behave(200);
  await it.send();
  expect(receiver.calls).toHaveLength(3);
  expect(it.outbox.list(1)).toMatchObject([{ state: 'given-up', attempts: 2 }]);
  expect(it.outbox.list(1)[0]?.problem).toContain('answered 500');
});

test('a stalled receiver delays nobody else', async () => {
  receiver.behave('stall');
  const other = await startReceiver();
  const both = outboxTrial({
    webhookUrl: receiver.url,
    policy: { hosterWebhook: { url: other.url, secretFile: 'hoster.secret' } },
  });
  both.notify.news.tell(FAILED, BY_WEBHOOK);
  both.notify.postman.wake();
  await expect.poll(() => other.calls.length).toBe(1);
  expect(receiver.calls).toHaveLength(1);
  expect(both.outbox.waiting()).toBe(1);
  await both[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

test('a webhook that was taken out of the configuration is sent nothing any more', async () => {
  const gone = outboxTrial({});
  gone.notify.news.tell(FAILED, BY_WEBHOOK);
  await gone.send();
  expect(gone.outbox.list(1)).toMatchObject([{ state: 'given-up', problem: 'no webhook is set up any more' }]);
  await gone[Symbol.asyncDispose]();
});
