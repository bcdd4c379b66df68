// Replay: a range of the log again, to connections, a webhook or a log; planned, paced, resumed.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';
import { serve } from './support/upstream.mjs';

const SECRET = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`;
const agent = await Agent.start({ after }, { config: 'channels: {webhook: {allow_private_networks: true}}\n' });
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');

/** `count` events of a type with data {n}; their positions. */
const publish = async (type, count, { key = blue.key, ...more } = {}) => {
  const events = Array.from({ length: count }, (_, n) => ({ type, data: { n }, ...more }));
  const { status, body, text } = await agent.api('POST', '/api/events/batch', { key, json: events });
  assert.equal(status, 200, text);
  return { first: body.firstSequence, last: body.lastSequence, epoch: body.epoch, after: `${body.epoch}-${body.firstSequence - 1}` };
};
const replay = (...args) => ['event', 'replay', '--tenant', 'blue', ...args];
const stored = async (type, tenant = 'blue') => (await agent.api('GET', `/api/events?type=${type}&limit=1000`, { tenant })).body.items;
const numbers = (events) => events.map((event) => event.data.n);
const upTo = (count) => Array.from({ length: count }, (_, n) => n);
const tokenIn = (stderr) => stderr.match(/--resume (\S+)/)?.[1];
const post = (json, options) => agent.api('POST', '/api/events/replay', { key: blue.key, json, ...options });

test('a plan says what a replay would be and sends nothing', async (t) => {
  const { after: from } = await publish('plan.made', 5, { userid: 'petra' });
  const { received } = await connectHub(t, agent, await agent.token('blue', 'petra'), { methods: ['plan.made'] });
  const plan = await agent.json(replay('--after', from, '--type', 'plan.made', '--to-user', 'petra', '--rate', '2', '--plan'));
  assert.deepEqual([plan.events, plan.connections, plan.recipients, plan.channels, plan.seconds, plan.quota, plan.gaps], [5, 1, 1, { hub: 5 }, 2, null, []]);
  assert.deepEqual(received.of('plan.made'), []);
  const { items } = await agent.json(replay('--list'));
  assert.deepEqual(items, []);
});

test('a user gets the range again, marked, at the pace that was asked for', async (t) => {
  const { after: from, first } = await publish('user.paced', 5);
  const { received } = await connectHub(t, agent, await agent.token('blue', 'alice'), { methods: ['user.paced'] });
  const begun = Date.now();
  const report = await agent.json(replay('--after', from, '--type', 'user.paced', '--to-user', 'alice', '--rate', '10', '--yes'));
  assert.ok(Date.now() - begun >= 400);
  assert.deepEqual([report.state, report.events, report.sent, report.skipped, report.failed, report.duplicates], ['completed', 5, 5, 0, 0, 0]);
  assert.ok(report.seconds >= 0.4 && report.token);
  const events = await received.until('user.paced', 5);
  assert.deepEqual(numbers(events), upTo(5));
  assert.deepEqual(events.map((event) => [event.replayed, event.sequence, event.originalsequence]), upTo(5).map((n) => [true, undefined, first + n]));
  assert.equal((await stored('user.paced')).length, 5);
});

test('the original speed keeps the distances of the recorded times', async (t) => {
  const { after: from } = await publish('speed.kept', 1);
  await wait(600);
  await publish('speed.kept', 1);
  const { received } = await connectHub(t, agent, await agent.token('blue', 'sam'), { methods: ['speed.kept'] });
  const args = replay('--after', from, '--type', 'speed.kept', '--to-user', 'sam', '--yes');
  const original = await agent.json([...args, '--speed', 'original']);
  const faster = await agent.json([...args, '--speed', '10x']);
  assert.ok(original.seconds >= 0.55 && original.seconds < 5, String(original.seconds));
  assert.ok(faster.seconds < original.seconds);
  await received.until('speed.kept', 4);
});

test('a webhook gets each envelope, signed as Standard Webhooks', async (t) => {
  const { after: from, first } = await publish('hook.sent', 3);
  const hook = await serve(t, (_, response) => response.writeHead(204).end());
  const report = await agent.json(replay('--after', from, '--type', 'hook.sent', '--to-url', `${hook.url}/in`, '--secret', SECRET, '--yes'));
  assert.equal(report.sent, 3);
  assert.equal(JSON.stringify(report).includes('whsec_'), false);
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  hook.requests.forEach(({ url, headers, body }, n) => {
    const event = JSON.parse(body);
    assert.deepEqual([url, event.data.n, event.originalsequence, event.replayed, headers['webhook-id']], ['/in', n, first + n, true, event.id]);
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    assert.equal(headers['webhook-signature'], `v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  });
});

test('an endpoint that is gone interrupts the replay, and a resume sends the rest', async (t) => {
  const { after: from } = await publish('hook.gone', 20);
  let gone = true;
  const hook = await serve(t, (request, response) => response.writeHead(gone && JSON.parse(request.body).data.n >= 3 ? 410 : 200).end());
  const { code, stderr } = await agent.notifyctl(replay('--after', from, '--type', 'hook.gone', '--to-url', hook.url, '--secret', SECRET, '--yes'), { expect: null });
  assert.equal(code, 130, stderr);
  gone = false;
  const report = await agent.json(replay('--resume', tokenIn(stderr)));
  assert.deepEqual([report.state, report.sent, report.failed], ['completed', 20, 0]);
});

test('a slow receiver slows the replay and not the agent', async (t) => {
  const { after: from } = await publish('slow.taken', 4);
  const hook = await serve(t, async (_, response) => { await wait(300); response.writeHead(200).end(); });
  const running = agent.json(replay('--after', from, '--type', 'slow.taken', '--to-url', hook.url, '--secret', SECRET, '--speed', 'max', '--yes'));
  await until('the replay runs', () => hook.requests.length > 0);
  const begun = Date.now();
  for (let n = 0; n < 20; ++n) await publish('slow.live', 1);
  assert.ok(Date.now() - begun < 3000);
  const { seconds, sent } = await running;
  assert.ok(sent === 4 && seconds >= 1.1, String(seconds));
});

test('what is stored in another log is a new event there, and fires nothing', async () => {
  const { after: from, first, epoch } = await publish('copied.over', 3);
  const rule = { on: 'copied.over', template: 'rate-updated', channels: ['log'], audience: { tenant: true } };
  assert.equal((await agent.api('PUT', '/api/triggers/copied', { key: green.key, json: rule })).status, 200);
  const report = await agent.json(replay('--after', from, '--type', 'copied.over', '--to-tenant', 'green', '--yes'));
  assert.deepEqual([report.sent, report.duplicates], [3, 0]);
  const copies = await stored('copied.over', 'green');
  assert.deepEqual(copies.map((event) => [event.tenant, event.replayof, event.replayid, event.data.n]), upTo(3).map((n) => ['green', `${epoch}-${first + n}`, report.token, n]));
  assert.ok(copies.every((event) => event.epoch !== epoch && event.sequence > 0 && event.replayed === undefined));
  const { outcome } = await until('the rules have looked', async () => {
    const { body } = await agent.api('GET', `/api/events/${copies[0].id}?outcome=true`, { key: green.key });
    return body.outcome.processed && body;
  });
  assert.deepEqual([outcome.deliveries, outcome.rules.find(({ rule: id }) => id === 'copied').matched], [[], false]);
  assert.match(outcome.rules.find(({ rule: id }) => id === 'copied').reason, /--fire-triggers/);
});

test('triggers fire with --fire-triggers alone, and their deliveries say which replay it was', async () => {
  const { after: from, first, epoch } = await publish('fired.again', 2);
  const template = { id: 'fired', files: { 'log.txt.hbs': 'fired {{data.n}}' } };
  assert.equal((await agent.api('POST', '/api/templates', { key: blue.key, json: template })).status, 201);
  const rule = { on: 'fired.again', template: 'fired', channels: ['log'], audience: { tenant: true } };
  assert.equal((await agent.api('PUT', '/api/triggers/fired', { key: blue.key, json: rule })).status, 200);
  const args = replay('--after', from, '--type', 'fired.again', '--fire-triggers');
  const plan = await agent.json([...args, '--plan']);
  assert.deepEqual([plan.notifications, plan.channels, plan.rules, plan.quota.events], [2, { log: 2 }, { fired: 2 }, 2]);
  const report = await agent.json([...args, '--yes']);
  const copies = (await stored('fired.again')).slice(2);
  assert.deepEqual(copies.map((event) => [event.replayof, event.replaytriggers]), [0, 1].map((n) => [`${epoch}-${first + n}`, true]));
  const outcome = await until('it is delivered', async () => {
    const { body } = await agent.api('GET', `/api/events/${copies[0].id}?outcome=true`, { key: blue.key });
    return body.outcome.deliveries.length > 0 && body.outcome;
  });
  assert.deepEqual(outcome.deliveries[0].replay, { token: report.token, event: `${epoch}-${first}` });
  // A second replay of the same range takes the originals only.
  const again = await agent.json([...args, '--plan']);
  assert.deepEqual([again.events, again.duplicates, again.quota.events], [4, 2, 2]);
});

test('only platform-admin writes into a tenant, and both chains have it', async () => {
  refused(await post({ after: '0', target: { tenant: 'green' } }), 403, 'forbidden');
  refused(await post({ after: '0', target: { tenant: 'no-such' } }), 403, 'forbidden');
  refused(await post({ after: '0', target: { tenant: 'no-such' } }, { key: agent.adminKey, tenant: 'blue' }), 404, 'tenant_not_found');
  const { after: from } = await publish('audited.copy', 1);
  const { token } = await agent.json(replay('--after', from, '--type', 'audited.copy', '--to-tenant', 'green', '--yes'));
  for (const tenant of ['blue', 'green']) {
    await until(`${tenant} has it`, async () => {
      const { items } = await agent.json(['audit', 'list', '--tenant', tenant, '--limit', '100']);
      return items.some((record) => record.action === 'event.replay' && record.target.includes(token));
    });
  }
  refused(await agent.api('GET', `/api/events/replay/${token}`, { key: green.key }), 404, 'not_found');
});

test('a caller cannot say that an event was replayed', async () => {
  for (const name of ['replayof', 'replayid', 'replaytriggers']) {
    const { status, body } = await agent.api('POST', '/api/events/publish', { key: blue.key, json: { type: 'a.b', [name]: 'x' } });
    assert.deepEqual([status, body.code], [400, 'attribute_reserved'], name);
  }
});

test('mistakes are named', async () => {
  assert.equal(refused(await post({ target: { user: 'a' } }), 400, 'invalid_argument').errors[0].pointer, '/since');
  assert.equal(refused(await post({ after: '0', target: { user: 'a', url: 'x' } }), 400, 'invalid_argument').errors[0].pointer, '/target/secret');
  assert.equal(refused(await post({ after: '0', rate: -1, target: { user: 'a' } }), 400, 'invalid_argument').errors[0].pointer, '/rate');
  assert.equal(refused(await post({ after: '0', last: '5-1', target: { user: 'a' } }), 400, 'invalid_argument').code, 'invalid_argument');
  refused(await agent.api('GET', '/api/events/replay/none', { key: blue.key }), 404, 'not_found');
});

test('the same Idempotency-Key is the same replay', async () => {
  const headers = { 'idempotency-key': 'once' };
  const body = { after: '0', rate: 1, target: { tenant: 'green' } };
  const first = await post(body, { key: agent.adminKey, tenant: 'blue', headers });
  const second = await post(body, { key: agent.adminKey, tenant: 'blue', headers });
  assert.deepEqual([first.status, second.body.token], [202, first.body.token]);
  refused(await post({ ...body, rate: 2 }, { key: agent.adminKey, tenant: 'blue', headers }), 422, 'idempotency_key_reused');
  const { body: ended } = await agent.api('DELETE', `/api/events/replay/${first.body.token}`, { key: blue.key });
  assert.equal(ended.state, 'cancelled');
});

test('Ctrl-C interrupts with a token, and --resume goes on after the last event that was sent', async (t) => {
  const { after: from } = await publish('user.stopped', 12);
  const { received } = await connectHub(t, agent, await agent.token('blue', 'rita'), { methods: ['user.stopped'] });
  const command = agent.follow(t, replay('--after', from, '--type', 'user.stopped', '--to-user', 'rita', '--rate', '5', '--yes'));
  await received.until('user.stopped', 3);
  assert.equal(await command.end('SIGINT'), 130);
  const token = tokenIn(command.stderr);
  const shown = await agent.json(replay('--show', token));
  assert.equal(shown.state, 'interrupted');
  const sent = received.of('user.stopped').length;
  assert.equal(shown.sent, sent);
  await wait(500);
  assert.equal(received.of('user.stopped').length, sent);
  const report = await agent.json(replay('--resume', token));
  assert.deepEqual([report.state, report.sent], ['completed', 12]);
  assert.deepEqual(numbers(await received.until('user.stopped', 12)), upTo(12));
});

test('a detached replay is listed, and can be cancelled', async () => {
  const { after: from } = await publish('listed.once', 50);
  const { token } = await agent.json(replay('--after', from, '--type', 'listed.once', '--to-tenant', 'green', '--rate', '1', '--yes', '--detach'));
  const { items } = await agent.json(replay('--list'));
  assert.deepEqual([items[0].token, items[0].state], [token, 'running']);
  assert.equal((await agent.json(replay('--cancel', token))).state, 'cancelled');
  const { code } = await agent.notifyctl(replay('--resume', token), { expect: null });
  assert.equal(code, 5);
});

test('kill -9 in the middle loses and doubles nothing that is stored', async (t) => {
  const { after: from } = await publish('crash.copied', 300);
  const command = agent.follow(t, replay('--after', from, '--type', 'crash.copied', '--to-tenant', 'green', '--rate', '200', '--yes'));
  await until('some are stored', async () => (await stored('crash.copied', 'green')).length > 20);
  await agent.kill();
  assert.equal(await command.closed, 7);
  const token = tokenIn(command.stderr);
  await agent.launch();
  assert.equal((await agent.json(replay('--show', token))).state, 'interrupted');
  const before = (await stored('crash.copied', 'green')).length;
  assert.ok(before < 300, String(before));
  const report = await agent.json(replay('--resume', token));
  assert.equal(report.state, 'completed');
  assert.deepEqual(numbers(await stored('crash.copied', 'green')), upTo(300));
});

test('kill -9 in the middle loses nothing that goes to a user', async (t) => {
  const { after: from } = await publish('crash.shown', 200);
  const token = await agent.token('blue', 'nora');
  const first = await connectHub(t, agent, token, { methods: ['crash.shown'] });
  const command = agent.follow(t, replay('--after', from, '--type', 'crash.shown', '--to-user', 'nora', '--rate', '100', '--yes'));
  await first.received.until('crash.shown', 30);
  await agent.kill();
  assert.equal(await command.closed, 7);
  await agent.launch();
  const second = await connectHub(t, agent, token, { methods: ['crash.shown'] });
  await agent.json(replay('--resume', tokenIn(command.stderr)));
  const all = [...first.received.of('crash.shown'), ...await until('the rest comes', () => second.received.of('crash.shown').at(-1)?.data.n === 199 && second.received.of('crash.shown'))];
  // What was sent and not yet noted comes again with the same id.
  const byId = new Map(all.map((event) => [event.id, event.data.n]));
  assert.deepEqual([...byId.values()].sort((a, b) => a - b), upTo(200));
});

test('a detached replay goes on by itself after kill -9', async () => {
  const { after: from } = await publish('crash.alone', 200);
  const { token } = await agent.json(replay('--after', from, '--type', 'crash.alone', '--to-tenant', 'green', '--rate', '100', '--yes', '--detach'));
  await until('some are stored', async () => (await stored('crash.alone', 'green')).length > 10);
  await agent.kill();
  await agent.launch();
  const done = await until('it is over', async () => {
    const now = await agent.json(replay('--show', token));
    return now.state === 'completed' && now;
  });
  assert.ok(done.sent + done.duplicates === 200);
  assert.deepEqual(numbers(await stored('crash.alone', 'green')), upTo(200));
});

test('a stopping agent leaves a token, too', async (t) => {
  const { after: from } = await publish('stop.copied', 200);
  const command = agent.follow(t, replay('--after', from, '--type', 'stop.copied', '--to-tenant', 'green', '--rate', '50', '--yes'));
  await until('some are stored', async () => (await stored('stop.copied', 'green')).length > 5);
  await agent.restart();
  assert.ok([130, 7].includes(await command.closed), command.stderr);
  assert.equal((await agent.json(replay('--resume', tokenIn(command.stderr)))).state, 'completed');
  assert.deepEqual(numbers(await stored('stop.copied', 'green')), upTo(200));
});
