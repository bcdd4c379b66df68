// docs/examples/browser in Chromium, as a page of another origin than the agent's.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, test } from 'node:test';

import { chromium } from 'playwright-core';

import { serve } from '../../docs/examples/browser/serve.mjs';
import { Agent } from './support/agent.mjs';
import { until } from './support/expect.mjs';

const executablePath = [process.env.NOTIFY_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) => path && existsSync(path));
const skip = executablePath ? false : 'there is no Chromium here: ./dev setup installs it, and NOTIFY_CHROMIUM names another one';
const [WEB_SOCKETS, EVENT_STREAM, LONG_POLLING] = ['1', '2', '4'];

const site = async () => {
  const server = await serve(0);
  after(() => { server.close(); server.closeAllConnections(); });
  return `http://127.0.0.1:${server.address().port}`;
};
const world = skip ? {} : await (async () => {
  const [home, stranger] = [await site(), await site()];
  const agent = await Agent.start({ after }, { config: `http: {cors: {allowed_origins: ['${home}']}}\nhub: {drain_window: 0s, poll_timeout: 5s}\n` });
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] });
  after(() => browser.close());
  return { home, stranger, agent, browser, blue: await agent.tenant('blue') };
})();
const { home, stranger, agent, browser, blue } = world;

const publish = async (type, data) => {
  const { status, text } = await agent.api('POST', '/api/events/publish', { key: blue.key, json: { type, data } });
  assert.equal(status, 202, text);
};

/** The page in a tab of its own, and what the network saw: requests, answers and WebSockets of the agent. */
async function open(t, origin = home) {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  const network = await context.newCDPSession(page);
  const seen = { requests: [], answers: [], sockets: [], said: [], errors: [] };
  const isAgents = (url) => url.startsWith(agent.url) || url.startsWith(agent.url.replace('http', 'ws'));
  network.on('Network.requestWillBeSent', ({ request, type }) => { if (isAgents(request.url)) seen.requests.push({ ...request, type }); });
  network.on('Network.responseReceived', ({ response, type }) => { if (isAgents(response.url)) seen.answers.push({ ...response, type }); });
  network.on('Network.webSocketCreated', ({ url }) => seen.sockets.push(url));
  page.on('console', (message) => seen.said.push(message.text()));
  page.on('pageerror', (error) => seen.errors.push(error.message));
  await network.send('Network.enable');
  await page.goto(`${origin}/?agent=${encodeURIComponent(agent.url)}`);
  return {
    page, seen,
    async connect({ transport = '', token, types = 'order.placed, rate.updated' } = {}) {
      await page.selectOption('#transport', transport);
      await page.fill('#types', types);
      await page.fill('#token', token ?? await agent.token('blue', 'alice'));
      await page.click('button');
    },
    state: (text) => page.waitForFunction((wanted) => document.getElementById('state').textContent.startsWith(wanted), text, { timeout: 20_000 }),
    /** What the page shows, newest first, once there is that much. */
    async shows(count) {
      await page.waitForFunction((wanted) => document.querySelectorAll('#events li').length >= wanted, count, { timeout: 20_000 });
      return page.$$eval('#events li', (lines) => lines.map((line) => [...line.children].slice(0, 2).map((each) => each.textContent).join(' ')));
    },
  };
}

test('a page of another origin shows events over WebSockets, after a preflight and with its token in the query', { skip }, async (t) => {
  const tab = await open(t);
  const token = await agent.token('blue', 'alice');
  await tab.connect({ transport: WEB_SOCKETS, token });
  await tab.state('Live.');
  await publish('order.placed', { order: 1, note: '<b>Grüße</b> 🌍' });
  await publish('rate.updated', { rate: 0.75 });
  assert.deepEqual(await tab.shows(2), ['rate.updated {"rate":0.75}', 'order.placed {"order":1,"note":"<b>Grüße</b> 🌍"}']);
  assert.equal(tab.seen.answers.find(({ type }) => type === 'Preflight').status, 204);
  const query = new URL(tab.seen.sockets[0]).searchParams;
  assert.deepEqual([tab.seen.sockets.length, query.get('access_token')], [1, token]);
  assert.deepEqual(tab.seen.errors, []);
  assert.ok(!agent.output.includes(token));
});

test('over server-sent events the page shows the same', { skip }, async (t) => {
  const tab = await open(t);
  const token = await agent.token('blue', 'alice');
  await tab.connect({ transport: EVENT_STREAM, token });
  await tab.state('Live.');
  await publish('order.placed', 'by stream');
  assert.deepEqual(await tab.shows(1), ['order.placed "by stream"']);
  const stream = tab.seen.requests.find(({ type }) => type === 'EventSource');
  assert.equal(new URL(stream.url).searchParams.get('access_token'), token);
  assert.deepEqual(tab.seen.sockets, []);
});

test('over long polling the page shows the same', { skip }, async (t) => {
  const tab = await open(t);
  await tab.connect({ transport: LONG_POLLING });
  await tab.state('Live.');
  await publish('order.placed', 'by poll');
  assert.deepEqual(await tab.shows(1), ['order.placed "by poll"']);
  const polls = tab.seen.requests.filter(({ method, url }) => method === 'GET' && new URL(url).searchParams.has('id'));
  assert.ok(polls.length >= 2 && polls.every(({ headers, url }) => /^Bearer /.test(headers.Authorization) && !url.includes('access_token')));
  assert.ok(tab.seen.answers.some(({ type, status }) => type === 'Preflight' && status === 204));
  assert.deepEqual(tab.seen.sockets, []);
});

test('a publisher, whose token may not stand in a query, gets to long polling by itself', { skip }, async (t) => {
  const tab = await open(t);
  await tab.connect({ token: await agent.token('blue', 'shop', '--role', 'publisher,viewer') });
  await tab.state('Live.');
  assert.ok(tab.seen.requests.some(({ method, type }) => method === 'GET' && type === 'Fetch'));
});

test('after a reload the page goes on where it was', { skip }, async (t) => {
  const tab = await open(t);
  await tab.connect();
  await tab.state('Live.');
  await publish('order.placed', 'before');
  await tab.shows(1);
  await tab.page.reload();
  await publish('order.placed', 'while away 1');
  await publish('order.placed', 'while away 2');
  await tab.connect();
  assert.deepEqual(await tab.shows(2), ['order.placed "while away 2"', 'order.placed "while away 1"']);
});

for (const [name, transport] of [['WebSockets', WEB_SOCKETS], ['server-sent events', EVENT_STREAM], ['long polling', LONG_POLLING]]) {
  test(`after a restart of the agent the page comes again over ${name} and misses nothing`, { skip }, async (t) => {
    const tab = await open(t);
    await tab.connect({ transport });
    await tab.state('Live.');
    await publish('order.placed', 1);
    await tab.shows(1);
    await agent.restart();
    await publish('order.placed', 2);
    assert.deepEqual(await tab.shows(2), ['order.placed 2', 'order.placed 1']);
    await tab.state('Live.');
  });
}

test('a page of an origin that is not allowed gets nothing, by no way', { skip }, async (t) => {
  const tab = await open(t, stranger);
  const token = await agent.token('blue', 'alice');
  await tab.connect({ token });
  await until('the page says that it failed', () => tab.page.$eval('#state', (state) => state.className === 'bad'));
  assert.equal(tab.seen.answers.find(({ type }) => type === 'Preflight').status, 403);
  // A WebSocket asks for no preflight: the agent itself must refuse.
  const outcome = await tab.page.evaluate((url) => new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.onopen = () => resolve('open');
    socket.onerror = () => resolve('refused');
  }), `${agent.url.replace('http', 'ws')}/hubs/notifications?access_token=${token}`);
  assert.equal(outcome, 'refused');
  await until('the browser says why', () => tab.seen.said.some((text) => /WebSocket handshake: Unexpected response code: 403/.test(text)));
  const { body, status } = await agent.api('GET', '/hubs/notifications', { key: token, headers: { Origin: stranger } });
  assert.deepEqual([status, body.code], [403, 'origin_not_allowed']);
});
