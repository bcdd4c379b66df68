// What the agent takes as an event, what it refuses, and that a repeat is told from a new one.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Agent } from './support/agent.mjs';
import { refused } from './support/expect.mjs';

const agent = await Agent.start({ after });
const blue = await agent.tenant('blue');

const publish = (options) => agent.api('POST', '/api/events/publish', { key: blue.key, ...options });
const batch = (options) => agent.api('POST', '/api/events/batch', { key: blue.key, ...options });
const get = async (id) => (await agent.api('GET', `/api/events/${encodeURIComponent(id)}`, { key: blue.key })).body;
const as = (type) => ({ 'content-type': type });

test('the short form is stored with what it leaves out filled in', async () => {
  const answer = await publish({ json: { type: 'order.placed', data: { total: 12.5 } } });
  assert.equal(answer.status, 202);
  const { id, epoch, sequence, duplicate, ...more } = answer.body;
  assert.deepEqual([duplicate, more], [false, {}]);
  const event = await get(id);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7/);
  assert.deepEqual(
    [event.specversion, event.source, event.type, event.tenant, event.epoch, event.sequence, event.data],
    ['1.0', '/tenants/blue', 'order.placed', 'blue', epoch, sequence, { total: 12.5 }]);
  assert.ok(Math.abs(Date.parse(event.time) - Date.now()) < 60_000 && event.recordedtime);
});

test('structured CloudEvents keep their attributes', async () => {
  const event = {
    specversion: '1.0', id: 'structured-1', source: '/shop', type: 'order.placed', time: '2026-06-01T10:00:00Z', subject: 'o-1',
    correlationid: 'c-1', priority: 'high', userid: 'alice', topic: 'orders', data: { n: 1 },
  };
  const answer = await publish({ body: JSON.stringify(event), headers: as('application/cloudevents+json') });
  assert.equal(answer.status, 202, answer.text);
  const stored = await get('structured-1');
  for (const [name, value] of Object.entries(event)) assert.deepEqual(stored[name], value, name);
});

test('structured mode wants specversion', async () => {
  refused(await publish({ body: '{"type":"a.b","id":"1","source":"/x"}', headers: as('application/cloudevents+json') }), 400, 'invalid_event');
});

test('binary CloudEvents have their attributes in headers', async () => {
  const answer = await publish({
    body: '{"n":2}',
    headers: { 'ce-specversion': '1.0', 'ce-type': 'order.placed', 'ce-id': 'binary-1', 'ce-source': '/shop', 'ce-subject': 'caf%C3%A9', ...as('application/json') },
  });
  assert.equal(answer.status, 202, answer.text);
  const stored = await get('binary-1');
  assert.deepEqual([stored.subject, stored.data], ['café', { n: 2 }]);
});

test('data other than JSON is bytes', async () => {
  const answer = await publish({
    body: Buffer.from([0, 1, 255]),
    headers: { 'ce-specversion': '1.0', 'ce-type': 'order.scan', 'ce-id': 'binary-2', 'ce-source': '/shop', ...as('image/png') },
  });
  assert.equal(answer.status, 202, answer.text);
  const stored = await get('binary-2');
  assert.deepEqual([stored.datacontenttype, stored.data_base64, stored.data], ['image/png', 'AAH/', undefined]);
});

test('data passes verbatim: big numbers and repeated members stay', async () => {
  const data = '{"a":12345678901234567890,"a":1.10,"b":"\\u00e9"}';
  await publish({ body: `{"type":"order.placed","id":"verbatim-1","data":${data}}`, headers: as('application/json') });
  const { text } = await agent.api('GET', '/api/events/verbatim-1', { key: blue.key });
  assert.ok(text.includes(data), text);
});

test('a repeat with the same source and id is the first event', async () => {
  const event = { type: 'order.placed', id: 'same-1', data: { try: 1 } };
  const first = (await publish({ json: event })).body;
  const second = (await publish({ json: { ...event, data: { try: 2 } } })).body;
  assert.deepEqual(second, { ...first, duplicate: true });
  const elsewhere = (await publish({ json: { ...event, source: '/elsewhere' } })).body;
  assert.equal(elsewhere.duplicate, false);
});

test('an Idempotency-Key is the duplicate key of one event', async () => {
  const options = { json: { type: 'order.placed', data: 1 }, headers: { 'idempotency-key': 'job-1' } };
  const first = (await publish(options)).body;
  assert.deepEqual((await publish(options)).body, { ...first, duplicate: true });
});

test('without id and key nothing is ever a duplicate', async () => {
  const event = { json: { type: 'order.placed', data: 1 } };
  const [first, second] = [(await publish(event)).body, (await publish(event)).body];
  assert.notEqual(first.id, second.id);
  assert.equal(second.sequence, first.sequence + 1);
});

const three = [{ type: 'batch.one', data: 1 }, { type: 'batch.two', data: 2 }, { type: 'batch.three', data: 3 }];
const wholeBatch = (answer) => {
  assert.equal(answer.status, 200, answer.text);
  const { accepted, duplicates, epoch, firstSequence, lastSequence, rejected, ...more } = answer.body;
  assert.deepEqual([accepted, duplicates, rejected, more], [3, 0, [], { scheduled: 0 }]);
  assert.ok(epoch > 0);
  assert.equal(lastSequence, firstSequence + 2);
};

test('a batch may be a JSON array', async () => wholeBatch(await batch({ json: three })));

test('a batch may be a CloudEvents batch', async () => {
  const events = three.map((event, i) => ({ specversion: '1.0', id: `cb-${i}`, source: '/shop', ...event }));
  wholeBatch(await batch({ body: JSON.stringify(events), headers: as('application/cloudevents-batch+json') }));
});

test('a batch may be lines', async () => {
  wholeBatch(await batch({ body: three.map((event) => `${JSON.stringify(event)}\n`).join(''), headers: as('application/x-ndjson') }));
});

test('the events of a batch are contiguous and in its order', async () => {
  const { body } = await batch({ json: three });
  const events = await agent.api('GET', `/api/events?after=${body.epoch}-${body.firstSequence - 1}`, { key: blue.key });
  assert.deepEqual(events.body.items.slice(0, 3).map((event) => [event.sequence, event.data]),
    [1, 2, 3].map((n) => [body.firstSequence + n - 1, n]));
});

test('a bad line costs one line', async () => {
  const { status, body } = await batch({ body: '{"type":"a.b"}\n{"type":\n{"type":"nodot"}\n{"type":"a.c"}\n', headers: as('application/x-ndjson') });
  assert.equal(status, 200);
  assert.deepEqual([body.accepted, body.duplicates, body.rejected.map((one) => [one.index, one.code])], [2, 0, [[1, 'invalid_json'], [2, 'invalid_event']]]);
});

test('every event of a batch may be rejected, and it is still answered', async () => {
  const { status, body } = await batch({ json: [{ type: 'billing.run' }, 7] });
  assert.equal(status, 200);
  assert.deepEqual([body.accepted, body.epoch, body.firstSequence, body.lastSequence], [0, null, null, null]);
  assert.deepEqual(body.rejected.map((one) => one.code), ['type_reserved', 'invalid_event']);
  assert.ok(body.rejected.every((one) => one.detail.length > 10));
});

test('duplicates of a batch are counted apart', async () => {
  await publish({ json: { type: 'a.b', id: 'dup-1' } });
  const { body } = await batch({ json: [{ type: 'a.b', id: 'dup-1' }, { type: 'a.b', id: 'dup-2' }, { type: 'a.b', id: 'dup-2' }] });
  assert.deepEqual([body.accepted, body.duplicates, body.rejected], [1, 2, []]);
});

test('an Idempotency-Key makes a batch safe to repeat', async () => {
  const options = { json: three, headers: { 'idempotency-key': 'batch-7' } };
  assert.deepEqual((({ accepted, duplicates }) => [accepted, duplicates])((await batch(options)).body), [3, 0]);
  assert.deepEqual((({ accepted, duplicates }) => [accepted, duplicates])((await batch(options)).body), [0, 3]);
});

test('a syntax error in an array refuses all of it with its offset', async () => {
  const before = (await agent.json(['tenant', 'get', 'blue'])).log.last;
  const answer = await batch({ body: '[{"type":"a.b"},{"type" "a.c"}]', headers: as('application/json') });
  refused(answer, 400, 'invalid_json');
  assert.match(answer.body.detail, /\b\d+\b/);
  assert.deepEqual((await agent.json(['tenant', 'get', 'blue'])).log.last, before);
});

for (const [what, body] of [['cut off', '{"type":"a.b"'], ['followed by more', '{"type":"a.b"} x'], ['empty', ''], ['not JSON', 'hello']]) {
  test(`a body that is ${what} is invalid JSON`, async () => {
    refused(await publish({ body, headers: as('application/json') }), 400, 'invalid_json');
  });
}

test('a body of another type is refused with the ones that are taken', async () => {
  const answer = await publish({ body: '<a/>', headers: as('text/xml') });
  refused(answer, 415, 'content_type_unsupported');
  assert.match(answer.body.detail, /application\/json/);
  refused(await batch({ body: '<a/>', headers: as('text/xml') }), 415, 'content_type_unsupported');
});

for (const [what, event, status, code] of [
  ['no type', { data: 1 }, 400, 'invalid_event'],
  ['a type without a dot', { type: 'placed' }, 400, 'invalid_event'],
  ['a type of the agent', { type: 'notification.created' }, 403, 'type_reserved'],
  ['an attribute of the agent', { type: 'a.b', sequence: 4 }, 400, 'attribute_reserved'],
  ['a bad time', { type: 'a.b', time: 'yesterday' }, 400, 'invalid_event'],
  ['an unknown priority', { type: 'a.b', priority: 'urgent' }, 400, 'invalid_event'],
  ['another tenant', { type: 'a.b', tenant: 'green' }, 403, 'tenant_mismatch'],
]) {
  test(`an event with ${what} is refused`, async () => refused(await publish({ json: event }), status, code));
}

test('an event may name its own tenant', async () => {
  assert.equal((await publish({ json: { type: 'a.b', tenant: 'blue' } })).status, 202);
});

test('a member of the envelope that is there twice is refused', async () => {
  refused(await publish({ body: '{"type":"a.b","type":"a.c"}', headers: as('application/json') }), 400, 'invalid_event');
});

test('an event above 256 KiB has its own error', async () => {
  refused(await publish({ json: { type: 'a.b', data: 'x'.repeat(256 * 1024) } }), 413, 'event_too_large');
  assert.equal((await publish({ json: { type: 'a.b', data: 'x'.repeat(255 * 1024) } })).status, 202);
});

test('a body above 8 MiB has its own error', async () => {
  refused(await batch({ body: Buffer.alloc(8 * 1024 * 1024 + 1, ' '), headers: as('application/json') }), 413, 'body_too_large');
});

test('a batch above 10,000 has its own error', async () => {
  const many = (n) => ({ body: '{"type":"a.b"}\n'.repeat(n), headers: as('application/x-ndjson') });
  assert.equal((await batch(many(10_000))).body.accepted, 10_000);
  refused(await batch(many(10_001)), 413, 'batch_too_large');
});

test('JSON deeper than 64 has its own error', async () => {
  const nested = (depth) => ({ body: `{"type":"a.b","data":${'['.repeat(depth)}${']'.repeat(depth)}}`, headers: as('application/json') });
  assert.equal((await publish(nested(60))).status, 202);
  refused(await publish(nested(70)), 400, 'json_too_deep');
});

test('what was refused is nowhere in the log', async () => {
  const { body } = await agent.api('GET', '/api/events?type=billing.*&type=nodot&type=notification.created', { key: blue.key });
  assert.deepEqual(body.items, []);
});

test('a list goes on behind its cursor, and filters by type, subject and user', async () => {
  for (let n = 0; n < 5; ++n) await publish({ json: { type: 'list.item', id: `list-${n}`, subject: `s-${n % 2}`, userid: 'bob' } });
  const list = async (query) => (await agent.api('GET', `/api/events?${query}`, { key: blue.key })).body;
  const first = await list('type=list.*&limit=3');
  const rest = await list(`type=list.*&limit=3&cursor=${first.next}`);
  assert.deepEqual([...first.items, ...rest.items].map((event) => event.id), [0, 1, 2, 3, 4].map((n) => `list-${n}`));
  assert.equal(rest.next, null);
  assert.deepEqual((await list('type=list.item&subject=s-1')).items.map((event) => event.id), ['list-1', 'list-3']);
  assert.equal((await list('userid=bob')).items.length, 5);
  assert.deepEqual((await list('userid=bob&last=2')).items.map((event) => event.id), ['list-3', 'list-4']);
});

test('an event has a status, by its id', async () => {
  const { body, status } = await agent.api('GET', '/api/events/status/structured-1', { key: blue.key });
  assert.equal(status, 200);
  assert.equal(body.id, 'structured-1');
  assert.ok(['PENDING', 'PROCESSING', 'COMPLETED'].includes(body.status));
});

test('a position beyond the log is a gap, with where to go on', async () => {
  const { body } = await publish({ json: { type: 'a.b' } });
  const answer = await agent.api('GET', `/api/events?after=${body.epoch}-${body.sequence + 1000}`, { key: blue.key });
  refused(answer, 410, 'gap');
  assert.match(answer.text, /ahead/);
});

test('traceparent and correlation id are taken over and answered', async () => {
  const answer = await publish({ json: { type: 'a.b' }, headers: { 'x-correlation-id': 'my-call-1' } });
  assert.equal(answer.headers.get('x-correlation-id'), 'my-call-1');
});

test('a batch asks the quota for all of its events before one is read, and gets the bad ones back', async () => {
  const small = await agent.tenant('small');
  const send = (lines) => agent.api('POST', '/api/events/batch', { key: small.key, body: lines.join('\n'), headers: as('application/x-ndjson') });
  // A rate so low that nothing comes back while the test runs.
  await agent.notifyctl(['tenant', 'update', 'small', '--limit', 'eventsPerSecond=1', '--limit', 'eventsBurst=10000']);
  const spent = (answer) => 10000 - Number(/"events";r=(\d+)/.exec(answer.headers.get('ratelimit'))[1]);
  const good = (count) => Array.from({ length: count }, () => '{"type":"a.b"}');
  const mixed = await send([...good(100), ...Array.from({ length: 9000 }, () => '{"type":'), '']);
  assert.deepEqual([mixed.body.accepted, mixed.body.rejected.length], [100, 9000]);
  assert.ok(spent(mixed) <= 100, mixed.headers.get('ratelimit'));
  assert.equal((await send(good(9800))).body.accepted, 9800);
  // None of these would be taken, and none is looked at.
  const full = refused(await send(Array.from({ length: 9000 }, () => 'no json')), 429, 'quota_exceeded');
  assert.ok(full.retryAfter > 8000);
  await agent.notifyctl(['tenant', 'update', 'small', '--limit', 'eventsPerSecond=1', '--limit', 'eventsBurst=10']);
  refused(await send(good(11)), 413, 'batch_too_large_for_quota');
  refused(await agent.api('POST', '/api/events/batch', { key: small.key, body: `[${good(11)}]`, headers: as('application/json') }), 413, 'batch_too_large_for_quota');
});
