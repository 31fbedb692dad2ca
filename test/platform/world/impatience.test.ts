import { describe, expect, it } from 'vitest';
import { stand } from './stand.ts';

const { platform, environment } = stand({ patienceMs: 1500 });

const slow = `
type: update
id: slow
name: Slow
targetNodes: { nodeType: docker }
buttons:
  - { caption: Wait, action: wait }
  - { caption: Hurry, action: hurry }
onInstall:
  - log: installed
onCustomNodeEvent[name:full]:
  - cmd [cp]: echo '\${event.params.NODE_ID}' >/opt/told
    user: root
actions:
  wait:
    - cmd [cp]: sleep 4; echo done >/opt/waited
      user: root
  hurry:
    - cmd [cp]: 'true'
      user: root
`;

async function installed() {
  const stood = await platform();
  const { node } = await environment('bare', 'docker');
  await stood.publish(slow);
  const [card] = (await stood.environments())[0]?.layers[0]?.cards ?? [];
  if (card === undefined) {
    const dialog = await stood.openInstall('slow', 'bare/cp');
    if ('fields' in dialog) await stood.submit(dialog.id, {}, 'bare/cp');
  }
  const found = (await stood.environments())[0]?.layers[0]?.cards[0];
  const host = stood.estate.environments.get('bare')?.nodes[0]?.host;
  if (found === undefined || host === undefined) throw new Error('the add-on is not there');
  return { stood, card: found, host, node };
}

async function untilThere(look: () => Promise<string>): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const found = await look();
    if (found !== '') return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return '';
}

describe('a button that works for longer than the dashboard waits', () => {
  it('is given up on, while its work goes on to its end', async () => {
    const { stood, card, host } = await installed();
    expect(await stood.press(card.uniqueName, 'Wait')).toMatchObject({
      type: 'error',
      text: expect.stringContaining('goes on'),
    });
    const running = stood.tasks().find(({ title }) => title === 'Slow: Wait');
    expect(running?.state).toBe('running');
    expect((await stood.press(card.uniqueName, 'Hurry')).type).toBe('success');
    const read = async () => (await host.run(['cat', '/opt/waited'])).stdout;
    expect(await untilThere(read)).toBe('done\n');
  });
});

describe('an event that a node sends', () => {
  it('reaches the handlers of that name, without a session', async () => {
    const { stood, host, node } = await installed();
    const send = (name: string) =>
      host.must([
        'curl',
        '-fsS',
        `https://app.${stood.estate.domain}/1.0/environment/node/rest/sendevent`,
        '--data-urlencode',
        `params={"name":"${name}"}`,
      ]);
    const read = async () => (await host.run(['cat', '/opt/told'])).stdout;
    await send('other');
    expect(JSON.parse(await send('full'))).toEqual({ result: 0 });
    expect(await untilThere(read)).toBe(`${node.id}\n`);
  });
});
