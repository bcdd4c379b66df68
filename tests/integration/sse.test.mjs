// GET /api/events/stream: events as they come, and going on where one stopped.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { refused } from './support/expect.mjs';
import { openStream } from './support/stream.mjs';

const agent = await Agent.start({ after });
const blue = await agent.tenant('blue');
const viewer = await agent.token('blue', 'victor', '--role', 'viewer');

const publish = async (event) => (await agent.api('POST', '/api/events/publish', { key: blue.key, json: event })).body;
const text = ({ epoch, sequence }) => `${epoch}-${sequence}`;
const stream = (t, query = '', options = {}) => openStream(t, `${agent.url}/api/events/stream?${query}`, { key: viewer, ...options });

test('a stream says first how long to wait before coming again, and is never cached', async (t) => {
  const { response, blocks } = await stream(t);
  assert.match(response.headers.get('content-type'), /^text\/event-stream/);
  assert.match(response.headers.get('cache-control'), /no-cache/);
  assert.deepEqual(await blocks.next(), { retry: '2000' });
});

test('an event is one block: its position, no event line, the envelope on one data line', async (t) => {
  const { events } = await stream(t, 'type=order.*');
  const placed = await publish({ type: 'order.placed', data: { text: 'two\nlines' } });
  const block = await events.next();
  assert.deepEqual(Object.keys(block).toSorted(), ['data', 'id']);
  assert.equal(block.id, text(placed));
  const envelope = JSON.parse(block.data);
  assert.deepEqual([envelope.id, envelope.sequence, envelope.data.text], [placed.id, placed.sequence, 'two\nlines']);
});

test('Last-Event-ID goes on behind it, from history to live, without a gap or a repeat', async (t) => {
  const first = await publish({ type: 'order.placed' });
  const history = [await publish({ type: 'order.placed' }), await publish({ type: 'order.placed' })];
  const { events } = await stream(t, 'type=order.placed', { headers: { 'last-event-id': text(first) } });
  assert.equal((await events.next()).id, text(history[0]));
  history.push(await publish({ type: 'order.placed' }));
  assert.deepEqual([(await events.next()).id, (await events.next()).id], history.slice(1).map(text));
});

test('after= is the same for who cannot set a header', async (t) => {
  const first = await publish({ type: 'order.placed' });
  const second = await publish({ type: 'order.placed' });
  const { events } = await stream(t, `type=order.placed&after=${text(first)}`);
  assert.equal((await events.next()).id, text(second));
});

test('a stream is of the types, subjects, users and topics that it asks for', async (t) => {
  const { events } = await stream(t, 'type=order.*&type=invoice.sent&subject=s-1');
  await publish({ type: 'order.placed', subject: 's-2' });
  await publish({ type: 'cart.filled', subject: 's-1' });
  const invoice = await publish({ type: 'invoice.sent', subject: 's-1' });
  const order = await publish({ type: 'order.paid', subject: 's-1' });
  assert.deepEqual([(await events.next()).id, (await events.next()).id], [invoice, order].map(text));
});

test('a position that delivery cannot go on behind is told as a gap', async (t) => {
  const head = await publish({ type: 'order.placed' });
  const asked = `${head.epoch}-${head.sequence + 1000}`;
  const { events } = await stream(t, 'type=order.*', { headers: { 'last-event-id': asked } });
  const { event, data } = await events.next();
  const gap = JSON.parse(data);
  assert.deepEqual([event, gap.reason, text(gap.requested), gap.missed], ['gap', 'ahead', asked, null]);
  const next = await publish({ type: 'order.placed' });
  assert.equal((await events.next()).id, text(next));
});

test('a position of a log before this one is a gap', async (t) => {
  const { events } = await stream(t, 'type=order.*', { headers: { 'last-event-id': '1000-7' } });
  const { event, data } = await events.next();
  assert.deepEqual([event, JSON.parse(data).reason], ['gap', 'epoch']);
});

test('a quiet stream tells every 15 seconds the position that it has looked at', { timeout: 25_000 }, async (t) => {
  const { blocks } = await stream(t, 'type=never.comes');
  assert.ok((await blocks.next()).retry);
  const passed = await publish({ type: 'order.placed' });
  const started = Date.now();
  const mark = await blocks.next();
  assert.deepEqual(Object.keys(mark), ['id']);
  assert.ok(Number(mark.id.split('-')[1]) >= passed.sequence && Date.now() - started < 16_500, `${mark.id} after ${Date.now() - started} ms`);
});

test('a subscriber gets what is open to subscribers and its own, from the query token too', async (t) => {
  const alice = await agent.token('blue', 'alice');
  const { events } = await stream(t, `type=order.*&access_token=${alice}`, { key: null });
  await publish({ type: 'order.placed', userid: 'bob' });
  const own = await publish({ type: 'order.placed', userid: 'alice' });
  assert.equal((await events.next()).id, text(own));
});

test('a stream of another tenant is refused', async () => {
  refused(await agent.api('GET', '/api/events/stream', { key: viewer, tenant: 'green' }), 403, 'tenant_mismatch');
});

for (const [what, query, headers] of [['a bad type', 'type=no%20type', {}], ['a bad position', 'after=x', {}], ['a bad Last-Event-ID', '', { 'last-event-id': 'x' }]]) {
  test(`a stream with ${what} is refused before it begins`, async () => {
    refused(await agent.api('GET', `/api/events/stream?${query}`, { key: viewer, headers }), 400, 'invalid_argument');
  });
}

test('a stream goes on over a restart of the agent, by its last id', async (t) => {
  const before = await publish({ type: 'order.placed' });
  const first = await stream(t, 'type=order.placed', { headers: { 'last-event-id': `${before.epoch}-${before.sequence - 1}` } });
  const { id } = await first.events.next();
  await agent.restart();
  const next = await publish({ type: 'order.placed' });
  const second = await stream(t, 'type=order.placed', { headers: { 'last-event-id': id } });
  assert.equal((await second.events.next()).id, text(next));
});
