// Durable subscriptions of the hub (`ack: true`), with the stock client @microsoft/signalr.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';

const agent = await Agent.start({ after }, { config: 'hub: {ack: {timeout: 1s, max_attempts: 3, max_in_flight: 50}}\n' });
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');
const methods = ['job.made', 'rate.updated', 'unsubscribed', 'gap'];

const publisher = (on, key) => async (type, data, more = {}) => {
  const { status, body, text } = await on.api('POST', '/api/events/publish', { key, json: { type, data, ...more } });
  assert.equal(status, 202, text);
  return body;
};
const publish = publisher(agent, blue.key);
const connect = async (t, user, { role = 'subscriber', tenant = 'blue', on = agent, ...rest } = {}) => {
  const hub = await connectHub(t, on, await on.token(tenant, user, '--role', role), { methods, ...rest });
  const subscribe = (name, more = {}) => hub.connection.invoke('Subscribe', { types: ['job.*'], ack: true, name, ...more });
  const ack = (name, position) => hub.connection.invoke('Ack', name, position);
  return { ...hub, subscribe, ack, jobs: (count) => hub.received.until('job.made', count) };
};
const failure = (promise) => promise.then(() => assert.fail('it was not refused'), (error) => error.message);
const place = ({ epoch, sequence }) => ({ epoch, sequence });
const text = ({ epoch, sequence }) => `${epoch}-${sequence}`;
const shape = (events) => events.map(({ data, redelivered }) => (redelivered ? `${data}*` : `${data}`));
const tail = async (hub, from, count) => shape((await hub.jobs(from + count)).slice(from));

test('events carry their subscription, and come again, marked, until they are acknowledged', async (t) => {
  const alice = await connect(t, 'alice');
  const begun = await alice.subscribe('jobs');
  assert.deepEqual(Object.keys(begun).toSorted(), ['epoch', 'sequence', 'subscription']);
  const sent = [];
  for (let n = 1; n <= 3; ++n) sent.push(await publish('job.made', n));
  const first = await alice.jobs(3);
  assert.deepEqual(shape(first), ['1', '2', '3']);
  assert.ok(first.every((event) => event.subscription === begun.subscription));
  assert.equal(await alice.ack('jobs', place(sent[0])), undefined);
  assert.deepEqual(await tail(alice, 3, 2), ['2*', '3*']);
  await alice.ack('jobs', text(sent[2]));
  await wait(2500);
  assert.equal(alice.received.of('job.made').length, 5);
  const { items } = (await agent.api('GET', '/api/consumers', { key: blue.key })).body;
  const shown = items.find((each) => each.name === 'hub/alice/jobs');
  assert.deepEqual([shown.position, shown.inFlight, shown.types], [place(sent[2]), 0, ['job.*']]);
});

test('a reconnect goes on behind the last acknowledged, at once', async (t) => {
  const first = await connect(t, 'bob');
  await first.subscribe('jobs');
  const sent = [await publish('job.made', 1), await publish('job.made', 2)];
  await first.jobs(2);
  await first.ack('jobs', place(sent[0]));
  await first.connection.stop();
  await publish('job.made', 3);
  const second = await connect(t, 'bob');
  const begun = await second.subscribe('jobs', { from: { sequence: 0 } });
  assert.deepEqual(place(begun), place(sent[0]));
  assert.deepEqual(await tail(second, 0, 2), ['2*', '3']);
});

test('from is where a new one begins', async (t) => {
  const { epoch, sequence } = await publish('job.made', 'before');
  await publish('job.made', 'after');
  const carol = await connect(t, 'carol');
  assert.deepEqual(place(await carol.subscribe('jobs', { from: { epoch, sequence } })), { epoch, sequence });
  assert.deepEqual(await tail(carol, 0, 1), ['after']);
  const begun = await carol.subscribe('ahead', { from: { epoch, sequence: sequence + 5000 } });
  assert.deepEqual([begun.gap.reason, begun.gap.requested], ['ahead', { epoch, sequence: sequence + 5000 }]);
  assert.deepEqual(place(begun), begun.gap.resumedAfter);
});

test('a newer connection takes it over, and the older is told', async (t) => {
  const older = await connect(t, 'dora');
  const begun = await older.subscribe('jobs');
  const sent = await publish('job.made', 1);
  await older.jobs(1);
  const newer = await connect(t, 'dora');
  await newer.subscribe('jobs');
  const [told] = await older.received.until('unsubscribed');
  assert.deepEqual(told, { subscription: begun.subscription, name: 'jobs', reason: 'taken_over' });
  assert.deepEqual(await tail(newer, 0, 1), ['1*']);
  assert.match(await failure(older.ack('jobs', place(sent))), /HubException: not_found: /);
  await newer.ack('jobs', place(sent));
  await publish('job.made', 2);
  assert.deepEqual(await tail(newer, 1, 1), ['2']);
  assert.equal(older.received.of('job.made').length, 1);
});

test('what fails at every attempt becomes a dead letter, and the others go on', async (t) => {
  const erin = await connect(t, 'erin');
  await erin.subscribe('jobs');
  const bad = await publish('job.made', 'bad');
  await publish('job.made', 'good');
  const letters = async () => (await agent.api('GET', '/api/dlq?consumer=hub/erin/jobs', { key: blue.key })).body.items;
  const [letter] = await until('it is given up', async () => { const all = await letters(); return all.length > 0 && all; }, 30_000);
  assert.deepEqual([letter.consumer, letter.attempts, letter.event, letter.state], ['hub/erin/jobs', 3, place(bad), 'DEAD']);
  assert.equal(erin.received.of('job.made').filter((event) => event.data === 'bad').length, 3);
  const good = await until('the other comes again', () => erin.received.of('job.made').findLast((event) => event.data === 'good' && event.redelivered));
  await erin.ack('jobs', place(good));
  const before = erin.received.of('job.made').length;
  await agent.notifyctl(['dlq', 'retry', letter.id, '--tenant', 'blue']);
  const [again] = (await erin.jobs(before + 1)).slice(before);
  assert.deepEqual([again.data, again.redelivered], ['bad', true]);
  await erin.ack('jobs', place(again));
  assert.deepEqual(await letters(), []);
});

test('a client that does not acknowledge has so many and no more', async (t) => {
  const slow = await Agent.start(t, { config: 'hub: {ack: {max_in_flight: 5}}\n' });
  const red = await slow.tenant('red');
  const say = publisher(slow, red.key);
  const fred = await connect(t, 'fred', { tenant: 'red', on: slow });
  await fred.subscribe('jobs');
  const sent = [];
  for (let n = 1; n <= 12; ++n) sent.push(await say('job.made', n));
  await fred.jobs(5);
  await wait(300);
  assert.equal(fred.received.of('job.made').length, 5);
  await fred.ack('jobs', place(sent[4]));
  assert.deepEqual(await tail(fred, 5, 5), ['6', '7', '8', '9', '10']);
});

test('unsubscribing keeps the position', async (t) => {
  const gina = await connect(t, 'gina');
  const { subscription } = await gina.subscribe('jobs');
  await gina.connection.invoke('Unsubscribe', subscription);
  await publish('job.made', 'later');
  assert.match(await failure(gina.connection.invoke('Unsubscribe', subscription)), /not_found: /);
  await gina.subscribe('jobs');
  assert.deepEqual(await tail(gina, 0, 1), ['later']);
});

test('an event of a broadcast type comes once, by the durable subscription', async (t) => {
  const hugo = await connect(t, 'hugo');
  const { subscription } = await hugo.subscribe('rates', { types: ['rate.*'] });
  await publish('rate.updated', 1);
  const last = await publish('rate.updated', 2);
  const seen = await hugo.received.until('rate.updated', 2);
  await hugo.ack('rates', place(last));
  assert.deepEqual(seen.map((event) => event.subscription), [subscription, subscription]);
  assert.equal(hugo.received.of('rate.updated').length, 2);
});

test('another user or tenant of the same name has its own, and touches no other', async (t) => {
  const one = await connect(t, 'ida');
  const other = await connect(t, 'ivan');
  const gus = await connect(t, 'ida', { tenant: 'green' });
  for (const each of [one, other, gus]) await each.subscribe('mine');
  const secret = await publish('job.made', 'for ida', { userid: 'ida' });
  const open = await publish('job.made', 'for all');
  await publisher(agent, green.key)('job.made', 'green');
  assert.deepEqual([await tail(one, 0, 2), await tail(other, 0, 1), await tail(gus, 0, 1)], [['for ida', 'for all'], ['for all'], ['green']]);
  await one.ack('mine', place(open));
  assert.match(await failure(gus.ack('mine', place(secret))), /HubException: (gap|invalid_argument): /);
  const positions = async (key) => (await agent.api('GET', '/api/consumers', { key })).body.items.map((each) => `${each.name} ${each.inFlight}`);
  assert.deepEqual((await positions(blue.key)).filter((each) => each.includes('/mine ')), ['hub/ida/mine 0', 'hub/ivan/mine 1']);
  assert.deepEqual(await positions(green.key), ['hub/ida/mine 1']);
  assert.deepEqual([one, other, gus].flatMap((each) => each.received.of('unsubscribed')), []);
});

test('what cannot be is refused with a reason', async (t) => {
  const jane = await connect(t, 'jane');
  const refusal = async (argument) => failure(jane.connection.invoke('Subscribe', { types: ['*'], ...argument }));
  assert.match(await refusal({ ack: true }), /HubException: invalid_argument: 'ack' needs a 'name'/);
  assert.match(await refusal({ ack: true, name: '' }), /HubException: invalid_argument: /);
  assert.match(await refusal({ ack: 'yes', name: 'x' }), /HubException: invalid_argument: 'ack' must be true or false/);
  assert.match(await refusal({ name: 'x' }), /HubException: invalid_argument: 'name' is for subscriptions with 'ack/);
  assert.match(await refusal({ ack: true, name: 'a/b' }), /HubException: invalid_argument: 'name' must be/);
  assert.match(await refusal({ ack: true, name: 'x', types: ['fx*'] }), /HubException: invalid_argument: 'types' must hold/);
  assert.match(await failure(jane.ack('none', { sequence: 1 })), /HubException: not_found: /);
  const { epoch, sequence } = await jane.subscribe('strict');
  assert.match(await failure(jane.ack('strict', 'x')), /HubException: invalid_argument: 'The position' must be/);
  assert.match(await failure(jane.ack('strict', { epoch, sequence: sequence + 1_000_000 })), /HubException: invalid_argument: .*ahead/);
  assert.match(await failure(jane.ack('strict', { epoch: 1, sequence: 1 })), /HubException: gap: /);
  assert.match(await failure(jane.connection.invoke('Ack', 'strict')), /Failed to invoke 'Ack'/);
  const shop = await connect(t, 'shop', { role: 'publisher' });
  assert.match(await failure(shop.subscribe('jobs')), /HubException: forbidden: /);
  assert.match(await failure(shop.ack('jobs', { sequence: 1 })), /HubException: forbidden: /);
  // No request names one of the hub's.
  refused(await agent.api('POST', '/api/consumers', { key: blue.key, json: { name: 'hub/jane/strict' } }), 400, 'invalid_argument');
  assert.ok([400, 404].includes((await agent.api('POST', '/api/consumers/hub/jane/strict/fetch', { key: blue.key, json: {} })).status));
  assert.equal((await agent.api('POST', '/api/consumers/hub%2Fjane%2Fstrict/fetch', { key: blue.key, json: {} })).status, 400);
});

test('bare data has no position to acknowledge', async (t) => {
  await agent.tenant('bare');
  await agent.notifyctl(['tenant', 'update', 'bare', '--config', 'hub.payload=data']);
  const kim = await connect(t, 'kim', { tenant: 'bare' });
  assert.match(await failure(kim.subscribe('jobs')), /HubException: envelope_required: /);
});

test('a key has its own, too', async (t) => {
  const { key, id } = await agent.json(['key', 'create', '--tenant', 'blue', '--role', 'viewer']);
  const hub = await connectHub(t, agent, key, { methods });
  await hub.connection.invoke('Subscribe', { types: ['job.*'], ack: true, name: 'backend' });
  await publish('job.made', 'for a backend');
  assert.deepEqual(shape(await hub.received.until('job.made')), ['for a backend']);
  const { items } = (await agent.api('GET', '/api/consumers', { key: blue.key })).body;
  assert.ok(items.some((each) => each.name === `hub/key:${id}/backend`));
});

test('its lag, and what became of its events, are in the metrics', async () => {
  const { body } = await agent.api('GET', '/metrics');
  const value = (name) => Number(body.match(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\d+)$`, 'm'))?.[1] ?? Number.NaN);
  assert.ok(value('notify_consumer_lag{tenant="blue"}') > 0);
  assert.ok(value('notify_consumer_in_flight{tenant="blue"}') >= 0);
  for (const outcome of ['delivered', 'redelivered', 'acknowledged', 'timed_out', 'dead_lettered']) {
    assert.ok(value(`notify_consumer_events_total{tenant="blue",outcome="${outcome}"}`) > 0, outcome);
  }
  assert.ok(!body.includes('hub/'), 'no label carries a user');
});

// One client works while its agent is stopped and killed again and again: at least once, in order, and
// nothing that was acknowledged comes back.
test('restarts and kill -9 lose no event and no position', { timeout: 120_000 }, async (t) => {
  const own = await Agent.start(t, { config: 'hub: {ack: {timeout: 2s}}\n' });
  const red = await own.tenant('red');
  const token = await own.token('red', 'lena', '--ttl', '1h');
  const TOTAL = 300;
  let acknowledged = 0;
  let asked = { data: 0 };  // The last acknowledgement, whose answer may be lost.
  let last = 0;
  let marked = 0;
  const seen = new Set();
  const work = async () => {
    const { connection } = await connectHub(t, own, token);
    let tell;
    const over = new Promise((resolve) => { tell = resolve; });
    connection.onclose(tell);
    last = acknowledged;
    const acknowledge = () => {
      const { data, position } = asked;
      return connection.invoke('Ack', 'jobs', position).then(() => {
        acknowledged = Math.max(acknowledged, data);
        if (acknowledged === TOTAL) tell('done');
      }, () => {});
    };
    connection.on('job.made', ({ data, redelivered, epoch, sequence }) => {
      if (data <= acknowledged) return tell(new Error(`${data} came again, although ${acknowledged} is acknowledged`));
      // It goes on, or it goes back to the first that is not acknowledged.
      if (![last, acknowledged, asked.data].includes(data - 1)) return tell(new Error(`${data} after ${last} and ${acknowledged}`));
      if (redelivered) ++marked;
      if (seen.has(data) && !redelivered) return tell(new Error(`${data} came again without a mark`));
      seen.add(data);
      last = data;
      if (data % 10 === 0 || data === TOTAL) {
        asked = { data, position: { epoch, sequence } };
        acknowledge();
      }
      return undefined;
    });
    await connection.invoke('Subscribe', { types: ['job.*'], ack: true, name: 'jobs', from: { sequence: 0 } });
    if (asked.position) acknowledge();
    const how = await over;
    await connection.stop();
    if (how instanceof Error && /^\d/.test(how.message)) throw how;
    return how === 'done';
  };
  const publishing = (async () => {
    for (let n = 1; n <= TOTAL;) {
      const answer = await own.api('POST', '/api/events/publish', { key: red.key, json: { id: `job-${n}`, type: 'job.made', data: n } }).catch(() => null);
      if (answer?.status === 202) ++n; else await wait(10);
    }
  })();
  const reading = (async () => {
    for (;;) {
      const done = await work().catch((error) => { if (/^\d/.test(error.message)) throw error; return wait(20, false); });
      if (done) return;
    }
  })();
  let working = true;
  const all = Promise.all([publishing, reading]).finally(() => { working = false; });
  all.catch(() => {});
  for (let round = 0; working && round < 8; ++round) {
    await wait(200 + (round * 97) % 300);
    await (round % 3 === 2 ? own.stop() : own.kill());
    await own.launch();
  }
  await all;
  assert.equal(seen.size, TOTAL);
  assert.ok(marked > 0);
  assert.deepEqual((await own.api('GET', '/api/dlq', { key: red.key })).body.items, []);
});
