// Events that are held for later, and the endpoints of section 4.1 of the plan.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';
import { serve } from './support/upstream.mjs';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const agent = await Agent.start({ after }, {
  config: 'schedule:\n  max_events: 500\n  max_ahead: 30d\nchannels:\n  webhook:\n    allow_private_networks: true\n    attempts: 1\n',
});
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');

const at = (ms) => new Date(Date.now() + ms).toISOString();
const call = (who) => (method, path, options) => agent.api(method, path, { key: who.key, ...options });
const api = call(blue);
const publish = (event, options) => api('POST', '/api/events/publish', { json: { type: 'market.opened', data: { n: 1 }, ...event }, ...options });
const status = async (id, who = blue) => (await call(who)('GET', `/api/events/status/${id}`)).body;
const listed = async (query = '', who = blue) => (await call(who)('GET', `/api/events?limit=1000${query}`)).body.items;
const ids = async (who = blue) => (await listed('&type=market.opened', who)).map((event) => event.id);

test('an event for later is held, listed, shown, and takes its place in the log at its time', async () => {
  const scheduledat = at(3_600_000);
  const answer = await publish({ id: 'far', scheduledat });
  assert.equal(answer.status, 202, answer.text);
  assert.deepEqual(answer.body, { id: 'far', status: 'PENDING', scheduledAt: scheduledat, duplicate: false });
  const { body } = await api('GET', '/api/events/status?scheduled=true&status=pending');
  assert.deepEqual(body.items.map((item) => [item.id, item.status, item.position]), [['far', 'PENDING', null]]);
  const shown = (await api('GET', '/api/events/far')).body;
  assert.deepEqual([shown.scheduledStatus, shown.data, shown.sequence], ['PENDING', { n: 1 }, undefined]);
  await api('DELETE', '/api/events/far');

  const soon = at(2000);
  await publish({ id: 'soon', scheduledat: soon });
  const sent = await until('it is sent', async () => (await listed('&type=market.opened')).find((event) => event.id === 'soon'), 60_000);
  assert.ok(Date.parse(sent.recordedtime) >= Date.parse(soon), 'not before its time');
  assert.equal(sent.scheduledat, soon);
  const { position } = await until('the rules have seen it', async () => {
    const now = await status('soon');
    return now.status === 'COMPLETED' && now;
  }, 60_000);
  assert.equal(position.sequence, sent.sequence);
});

test('the same id is a duplicate while it waits, after it was sent, and where the log has it', async () => {
  await publish({ id: 'twice', scheduledat: at(3_600_000) });
  const again = (await publish({ id: 'twice', scheduledat: at(7_200_000) })).body;
  assert.deepEqual([again.duplicate, again.status], [true, 'PENDING']);
  await api('DELETE', '/api/events/twice');
  assert.equal((await publish({ id: 'soon', scheduledat: at(3_600_000) })).body.duplicate, true);
  const first = (await publish({ id: 'in-log' })).body;
  assert.deepEqual((await publish({ id: 'in-log', scheduledat: at(3_600_000) })).body, { ...first, duplicate: true });
});

test('a cancelled event is never sent, and its status can still be asked for', async () => {
  await publish({ id: 'never', scheduledat: at(10_000) });
  await publish({ id: 'after-never', scheduledat: at(10_001) });
  const cancelled = await api('DELETE', '/api/events/never');
  assert.deepEqual([cancelled.status, cancelled.body.status], [200, 'CANCELLED']);
  assert.equal((await api('DELETE', '/api/events/never')).status, 200, 'once more is fine');
  await until('the one behind it is sent', async () => (await ids()).includes('after-never'), 60_000);
  assert.equal((await ids()).includes('never'), false);
  assert.equal((await status('never')).status, 'CANCELLED');
  const { body } = await api('GET', '/api/events/status?status=CANCELLED');
  assert.ok(body.items.some((item) => item.id === 'never') && body.items.every((item) => item.status === 'CANCELLED'));
});

test('what is in the log cannot be cancelled, and what is not there is 404', async () => {
  await publish({ id: 'done' });
  refused(await api('DELETE', '/api/events/done'), 409, 'conflict');
  refused(await api('DELETE', '/api/events/nothing'), 404, 'not_found');
});

test('bad times, too far, and too many each have their own error', async () => {
  refused(await publish({ scheduledat: at(5000), expiresat: at(1000) }), 400, 'invalid_event');
  refused(await publish({ scheduledat: 'tomorrow' }), 400, 'invalid_event');
  refused(await publish({ scheduledat: at(31 * 86_400_000) }), 400, 'scheduled_too_far');
  refused(await publish({ scheduledat: '2999-01-01T00:00:00Z' }), 400, 'scheduled_too_far');
  const full = await agent.tenant('full');
  const events = Array.from({ length: 501 }, (_, i) => ({ id: `f${i}`, type: 'a.b', scheduledat: at(3_600_000) }));
  const { body } = await call(full)('POST', '/api/events/batch', { json: events });
  assert.deepEqual([body.accepted, body.scheduled, body.rejected.map(({ index, code }) => [index, code])], [500, 500, [[500, 'schedule_full']]]);
  const one = await call(full)('POST', '/api/events/publish', { json: events[500] });
  refused(one, 429, 'schedule_full');
  assert.ok(Number(one.headers.get('retry-after')) > 0);
});

test('a batch says how many were scheduled, and its counts add up', async () => {
  const json = [
    { id: 'b1', type: 'market.opened' },
    { id: 'b2', type: 'market.opened', scheduledat: at(3_600_000) },
    { id: 'b3', type: 'market.opened' },
    { id: 'b2', type: 'market.opened', scheduledat: at(3_600_000) },
    { id: 'b4', type: 'nodot' },
    { id: 'b5', type: 'market.opened', scheduledat: at(40 * 86_400_000) },
  ];
  const { body } = await api('POST', '/api/events/batch', { json });
  assert.deepEqual([body.accepted, body.scheduled, body.duplicates, body.rejected.map(({ index }) => index)], [3, 1, 1, [4, 5]]);
  assert.equal(body.accepted + body.duplicates + body.rejected.length, json.length);
  assert.equal(body.lastSequence - body.firstSequence + 1, body.accepted - body.scheduled);
  await api('DELETE', '/api/events/b2');
});

test('the hub holds events too', async (t) => {
  const { connection } = await connectHub(t, agent, await agent.token('blue', 'alice', '--role', 'publisher'));
  const answer = await connection.invoke('Publish', { id: 'by-hub', type: 'market.opened', scheduledat: at(3_600_000) });
  assert.deepEqual([answer.id, answer.status, answer.duplicate], ['by-hub', 'PENDING', false]);
  assert.equal((await api('DELETE', '/api/events/by-hub')).body.status, 'CANCELLED');
});

test('one tenant neither sees nor cancels what another has scheduled', async () => {
  await publish({ id: 'mine', scheduledat: at(3_600_000) });
  refused(await call(green)('GET', '/api/events/status/mine'), 404, 'not_found');
  refused(await call(green)('DELETE', '/api/events/mine'), 404, 'not_found');
  assert.deepEqual((await call(green)('GET', '/api/events/status?scheduled=true')).body.items, []);
  assert.equal((await api('DELETE', '/api/events/mine')).status, 200);
});

test('kill -9 while events come due: after the restart each is in the log once, also those due meanwhile', async () => {
  const names = Array.from({ length: 200 }, (_, i) => `crash-${i}`);
  const json = names.map((id, i) => ({ id, type: 'market.opened', scheduledat: at(6000 + i * 10) }));
  assert.equal((await api('POST', '/api/events/batch', { json })).body.scheduled, 200);
  for (let round = 0; round < 3; ++round) {
    await wait(round === 0 ? 6300 : 200);
    await agent.kill();
    await agent.launch();
  }
  await until('all are sent', async () => (await ids()).filter((id) => id.startsWith('crash-')).length >= 200, 60_000);
  await wait(300);
  const sent = (await ids()).filter((id) => id.startsWith('crash-'));
  assert.equal(new Set(sent).size, sent.length, 'none twice');
  assert.deepEqual([...sent].sort(), [...names].sort());
});

test('a suspended tenant holds its events until it is back', async () => {
  const json = { id: 'held', type: 'market.opened', scheduledat: at(8000) };
  await call(green)('POST', '/api/events/publish', { json });
  await agent.api('POST', '/api/tenants/green/suspend');
  await wait(Date.parse(json.scheduledat) + 1000 - Date.now());
  const { items } = (await agent.api('GET', '/api/events?limit=1000', { tenant: 'green' })).body;
  assert.equal(items.some((event) => event.id === 'held'), false);
  await agent.api('POST', '/api/tenants/green/resume');
  await until('it is sent', async () => (await ids(green)).includes('held'), 60_000);
});

test('the command line schedules, lists and cancels', async () => {
  const one = JSON.parse((await agent.notifyctl(['event', 'publish', '--tenant', 'blue', '--type', 'market.opened', '--id', 'cli-1', '--in', '1h', '-o', 'json'])).stdout);
  assert.equal(one.status, 'PENDING');
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
  const two = JSON.parse((await agent.notifyctl(['event', 'publish', '--tenant', 'blue', '--type', 'market.opened', '--id', 'cli-2', '--at', tomorrow, '--tz', 'UTC', '-o', 'json'])).stdout);
  assert.equal(two.scheduledAt.slice(0, 16), tomorrow);
  const list = JSON.parse((await agent.notifyctl(['event', 'list', '--tenant', 'blue', '--scheduled', '-o', 'json'])).stdout);
  assert.deepEqual(list.items.map((item) => item.id), ['cli-1', 'cli-2']);
  await agent.notifyctl(['event', 'cancel', 'cli-1', '--tenant', 'blue']);
  await agent.notifyctl(['event', 'cancel', 'cli-2', '--tenant', 'blue']);
  assert.equal(JSON.parse((await agent.notifyctl(['event', 'status', 'cli-1', '--tenant', 'blue', '-o', 'json'])).stdout).status, 'CANCELLED');
  await publish({ id: 'cli-3' });
  await agent.notifyctl(['event', 'cancel', 'cli-3', '--tenant', 'blue'], { expect: 5 });
  await agent.notifyctl(['event', 'publish', '--tenant', 'blue', '--type', 'a.b', '--at', tomorrow], { expect: 2 });
});

test('retry sends again what failed, and is 409 where nothing failed', async (t) => {
  let broken = true;
  const hook = await serve(t, (request, response) => response.writeHead(broken ? 410 : 200).end());
  const files = { 'webhook.json.hbs': '{"n": {{json data.n}} }' };
  assert.equal((await api('POST', '/api/templates', { json: { id: 'retried', name: 'Retried', files } })).status, 201);
  const rule = { on: 'order.retried', template: 'retried', channels: ['webhook'], audience: { webhook: { url: hook.url, secret: SECRET } } };
  assert.equal((await api('PUT', '/api/triggers/retried', { json: rule })).status, 200);
  await api('POST', '/api/events/publish', { json: { id: 'order-1', type: 'order.retried', data: { n: 1 } } });
  await until('it failed', async () => (await status('order-1')).status === 'FAILED', 60_000);
  assert.deepEqual((await api('GET', '/api/events/status?status=FAILED')).body.items.map((item) => item.id), ['order-1']);
  broken = false;
  const answer = await api('POST', '/api/events/retry/order-1');
  assert.deepEqual([answer.status, answer.body], [202, { id: 'order-1', status: 'PROCESSING', retried: 1 }]);
  await until('it is delivered', async () => (await status('order-1')).status === 'COMPLETED', 60_000);
  assert.equal(new Set(hook.requests.map((request) => request.headers['webhook-id'])).size, 1, 'a receiver can tell that it is the same');
  refused(await api('POST', '/api/events/retry/order-1'), 409, 'conflict');
  refused(await api('POST', '/api/events/retry/nothing'), 404, 'not_found');
});

test('metrics tell rate, success, lag and what is scheduled', async () => {
  await publish({ id: 'counted', scheduledat: at(3_600_000) });
  const { body } = await api('GET', '/api/events/metrics?since=1h');
  assert.ok(body.events.accepted >= body.events.byType['market.opened'] && body.events.perSecond > 0);
  assert.ok(body.deliveries.byStatus.FAILED >= 1 && body.deliveries.successRate < 1);
  assert.ok(body.processing.head.sequence >= body.processing.position.sequence);
  assert.equal(body.scheduled.PENDING, 1);
  assert.ok(body.scheduled.COMPLETED >= 200 && Date.parse(body.scheduled.nextAt) > Date.now());
  refused(await api('GET', '/api/events/metrics?since=1h&until=2h'), 400, 'invalid_argument');
  const text = (await agent.api('GET', '/metrics')).text;
  assert.match(text, /^notify_events_scheduled\{tenant="blue"\} 1$/m);
  assert.match(text, /^notify_scheduled_events_sent_total\{tenant="blue"\} \d+$/m);
});

test('the list of statuses goes on from the log into the schedule', async () => {
  const items = [];
  let cursor = '';
  do {
    const { body } = await api('GET', `/api/events/status?limit=100&type=market.opened${cursor && `&cursor=${cursor}`}`);
    items.push(...body.items);
    cursor = body.next;
  } while (cursor);
  const inLog = await ids();
  assert.deepEqual(items.slice(0, inLog.length).map((item) => item.id), inLog);
  assert.deepEqual(items.slice(inLog.length).filter((item) => item.status === 'PENDING').map((item) => item.id), ['counted']);
  refused(await api('GET', '/api/events/status?status=LOST'), 400, 'invalid_argument');
});
