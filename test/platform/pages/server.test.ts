import { afterAll, describe, expect, it } from 'vitest';
import { createMemoryPlatform, environment } from './memory-platform.ts';
import { buildPages, servePages } from './server.ts';

const platform = createMemoryPlatform();
const app = buildPages(platform);
afterAll(() => app.close());
const host = '127.0.0.1:8080';

describe('the server of the pages', () => {
  it('allows no script, style or address but its own', async () => {
    const { headers, body } = await app.inject({ url: '/', headers: { host } });
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; /,
    );
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(body).not.toMatch(/<script(?![^>]* src=)|style=| on\w+=/);
  });

  it('serves what the pages are made of and nothing else', async () => {
    const status = async (url: string) => (await app.inject({ url, headers: { host } })).statusCode;
    expect(await Promise.all(['/main.js', '/form/form.js', '/style.css', '/vendor/marked.js'].map(status))).toEqual([
      200, 200, 200, 200,
    ]);
    expect(
      await Promise.all(['/server.ts', '/../server.ts', '/%2e%2e/server.ts', '/tsconfig.json', '/form/'].map(status)),
    ).toEqual([404, 404, 404, 404, 404]);
  });

  it('has pictures from the platform alone', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>';
    const painted = createMemoryPlatform();
    painted.picture = async (address) =>
      address === 'https://example.com/logo.svg' ? { type: 'image/svg+xml', body: Buffer.from(svg) } : undefined;
    const pages = buildPages(painted);
    const picture = (address: string) => pages.inject({ url: '/api/picture', query: { address }, headers: { host } });
    const { headers, body } = await picture('https://example.com/logo.svg');
    expect([headers['content-type'], body]).toEqual(['image/svg+xml', svg]);
    expect((await picture('file:///etc/passwd')).statusCode).toBe(404);
    await pages.close();
  });

  it.each([
    ['a page of the web', { host, 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { host, 'sec-fetch-site': 'same-site' }],
    ['a name that leads here', { host: 'evil.example.com' }],
  ])('does nothing for %s', async (_who, headers) => {
    const answer = await app.inject({
      method: 'POST',
      url: '/api/environments/shop/delete',
      headers,
      payload: { details: {} },
    });
    expect(answer.statusCode).toBe(403);
    expect(platform.submissions).toEqual([]);
  });

  it('takes no request that a form of another page could send', async () => {
    const headers = { host, 'content-type': 'text/plain' };
    const answer = await app.inject({
      method: 'POST',
      url: '/api/environments/shop/delete',
      headers,
      payload: '{"details":{}}',
    });
    expect(answer.statusCode).toBe(415);
  });

  it.each([
    ['/api/environments/shop/explode', { details: {} }],
    ['/api/environments/shop/stop', { details: { count: 3 } }],
    ['/api/environments', { name: '', nodes: [] }],
    ['/api/dialogs/x/submit', { values: 'x' }],
  ])('refuses what has not the right shape: %s %j', async (url, payload) => {
    const answer = await app.inject({ method: 'POST', url, headers: { host }, payload });
    expect(answer.statusCode).toBe(400);
    expect(platform.submissions).toEqual([]);
  });

  it('tells pages of a change, and ends their streams when it is closed', async () => {
    const served = createMemoryPlatform();
    const pages = await servePages(served);
    const response = await fetch(`${pages.address}api/changes`);
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const next = async () => {
      for (;;) {
        const { value = '', done } = (await reader?.read()) ?? { done: true };
        const data = /^data: (.*)$/m.exec(value)?.[1];
        if (done || data !== undefined) return done ? 'end' : (JSON.parse(data as string) as Record<string, string>);
      }
    };
    const before = await next();
    served.change({ environments: [environment('shop', { status: 2 })] });
    const after = await next();
    expect(after).not.toEqual(before);
    expect(after).toMatchObject({ offers: (before as Record<string, string>).offers });
    await pages[Symbol.asyncDispose]();
    expect(await next()).toBe('end');
  });

  it('shows a failure of the platform as an error', async () => {
    const broken = createMemoryPlatform();
    broken.operate = async () => {
      throw new Error('the hosts are gone');
    };
    const pages = buildPages(broken);
    await pages.inject({
      method: 'POST',
      url: '/api/environments/shop/stop',
      headers: { host },
      payload: { details: {} },
    });
    const runs = async () => (await pages.inject({ url: '/api/runs', headers: { host } })).json();
    await expect.poll(runs).toMatchObject([{ notice: { type: 'error', text: 'the hosts are gone' } }]);
    await pages.close();
  });
});
