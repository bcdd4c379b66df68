// Resume(session) with the stock client: subscriptions and positions come back, whatever ended the connection.

import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

import { Agent } from './support/agent.mjs';
import { connectHub } from './support/hub.mjs';

const place = ({ epoch, sequence }) => ({ epoch, sequence });

/** A proxy in front of the agent whose connections can be cut: {url, cut(), close()}. */
async function cuttable(t, agent) {
  const open = new Set();
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(new URL(agent.url).port), '127.0.0.1');
    const both = [client, upstream];
    open.add(both);
    for (const [from, to] of [both, both.toReversed()]) {
      from.on('error', () => {});
      from.on('close', () => { to.destroy(); open.delete(both); });
      from.pipe(to);
    }
  });
  await new Promise((ready) => { server.listen(0, '127.0.0.1', ready); });
  const cut = () => { for (const both of open) for (const socket of both) socket.resetAndDestroy(); };
  t.after(() => { cut(); server.close(); });
  return { url: `http://127.0.0.1:${server.address().port}`, cut };
}

/**
 * A client that shows `job.made` events and resumes whenever it lost its connection. `shown` counts each
 * number; `wrong` is what it should not have seen.
 */
async function worker(t, url, token) {
  const state = { shown: new Map(), wrong: [], marked: 0, resumes: 0, refused: 0 };
  const connection = new HubConnectionBuilder()
    .withUrl(`${url()}/hubs/notifications`, { accessTokenFactory: () => token })
    .withAutomaticReconnect({ nextRetryDelayInMilliseconds: () => 20 })
    .configureLogging(LogLevel.None)
    .build();
  let session = null;
  let next = null;
  connection.on('connected', (welcome) => { next = welcome.session; });
  connection.on('gap', (gap) => state.wrong.push(gap));
  connection.on('job.made', ({ data, redelivered }) => {
    if (redelivered) ++state.marked;
    else if (state.shown.has(data)) state.wrong.push(`${data} came again without a mark`);
    state.shown.set(data, (state.shown.get(data) ?? 0) + 1);
  });
  connection.onreconnected(async () => {
    const before = session;
    session = next;
    const answer = await connection.invoke('Resume', before).catch((error) => error);
    if (answer.resumed && answer.subscriptions.length === 1) ++state.resumes;
    // Cut in the middle of it: whether it was taken is not known, and the session before is asked for again.
    else if (answer instanceof Error) session = before;
    else { ++state.refused; state.wrong.push(`${before} was not resumed: ${JSON.stringify(answer)}`); }
  });
  t.after(() => connection.stop());
  await connection.start();
  session = next;
  await connection.invoke('Subscribe', { types: ['job.*'] });
  return { connection, state };
}

async function publish(agent, key, from, to, pause) {
  for (let n = from; n <= to;) {
    const json = { id: `job-${n}`, type: 'job.made', data: n };
    const answer = await agent.api('POST', '/api/events/publish', { key, json }).catch(() => null);
    if (answer?.status === 202) ++n;
    await wait(answer ? pause : 20);
  }
}

async function allShown(state, total, ms = 30_000) {
  for (const end = Date.now() + ms; state.shown.size < total && Date.now() < end;) await wait(20);
  const missing = Array.from({ length: total }, (_, i) => i + 1).filter((n) => !state.shown.has(n));
  assert.deepEqual(missing, [], 'lost');
  assert.deepEqual(state.wrong, []);
}

test('a connection that was cut gives its subscription back, under its id, behind what arrived', async (t) => {
  const agent = await Agent.start(t);
  const red = await agent.tenant('red');
  const token = await agent.token('red', 'lena');
  const first = await connectHub(t, agent, token, { methods: ['job.made'] });
  const [{ session }] = await first.received.until('connected');
  const begun = await first.connection.invoke('Subscribe', { types: ['job.*'] });
  await publish(agent, red.key, 1, 3, 0);
  const [, , third] = await first.received.until('job.made', 3);
  await wait(2500);  // Until it is known that they arrived.
  await first.connection.stop();
  await publish(agent, red.key, 4, 5, 0);
  const second = await connectHub(t, agent, token, { methods: ['job.made'] });
  const answer = await second.connection.invoke('Resume', session);
  assert.deepEqual(answer, {
    resumed: true, ...place(third),
    subscriptions: [{ subscription: begun.subscription, ...place(third), types: ['job.*'], topics: [] }],
  });
  const events = await second.received.until('job.made', 2);
  assert.deepEqual(events.map(({ data, redelivered }) => [data, redelivered]), [[4, undefined], [5, undefined]]);
  await second.connection.invoke('Unsubscribe', begun.subscription);
});

test('nobody gets the session of another user or tenant', async (t) => {
  const agent = await Agent.start(t);
  await agent.tenant('red');
  await agent.tenant('green');
  const first = await connectHub(t, agent, await agent.token('red', 'lena'));
  const [{ session }] = await first.received.until('connected');
  await first.connection.stop();
  for (const [tenant, user] of [['red', 'otto'], ['green', 'lena']]) {
    const other = await connectHub(t, agent, await agent.token(tenant, user));
    assert.deepEqual(await other.connection.invoke('Resume', session), { resumed: false, subscriptions: [] });
  }
  const own = await connectHub(t, agent, await agent.token('red', 'lena'));
  assert.equal((await own.connection.invoke('Resume', session)).resumed, true);
});

test('durable subscriptions come back as well', async (t) => {
  const agent = await Agent.start(t);
  const red = await agent.tenant('red');
  const token = await agent.token('red', 'lena');
  const first = await connectHub(t, agent, token);
  const [{ session }] = await first.received.until('connected');
  await first.connection.invoke('Subscribe', { types: ['job.*'], ack: true, name: 'jobs' });
  await first.connection.stop();
  await publish(agent, red.key, 1, 1, 0);
  const second = await connectHub(t, agent, token, { methods: ['job.made'] });
  const { subscriptions } = await second.connection.invoke('Resume', session);
  assert.deepEqual(subscriptions.map(({ name, ack, types }) => [name, ack, types]), [['jobs', true, ['job.*']]]);
  assert.equal((await second.received.until('job.made'))[0].data, 1);
});

test('60 cut connections lose no event, and repeat none without a mark', { timeout: 120_000 }, async (t) => {
  const agent = await Agent.start(t);
  const red = await agent.tenant('red');
  const proxy = await cuttable(t, agent);
  const { state } = await worker(t, () => proxy.url, await agent.token('red', 'lena'));
  const TOTAL = 2000;
  const publishing = publish(agent, red.key, 1, TOTAL, 2);
  for (let round = 0; round < 60; ++round) {
    await wait(40 + (round * 37) % 120);
    proxy.cut();
  }
  await publishing;
  await allShown(state, TOTAL);
  assert.ok(state.resumes > 10, `${state.resumes} resumes`);
});

test('a drained and a killed agent lose no event of a client that resumes', { timeout: 120_000 }, async (t) => {
  const agent = await Agent.start(t, { config: 'hub: {drain_window: 100ms}\n' });
  const red = await agent.tenant('red');
  const { state } = await worker(t, () => agent.url, await agent.token('red', 'lena', '--ttl', '1h'));
  const TOTAL = 600;
  let working = true;
  const publishing = publish(agent, red.key, 1, TOTAL, 10).finally(() => { working = false; });
  for (let round = 0; working && round < 6; ++round) {
    await wait(1500);
    await (round % 2 === 0 ? agent.kill() : agent.stop());
    await agent.launch();
  }
  await publishing;
  await allShown(state, TOTAL);
  assert.ok(state.resumes > 2, `${state.resumes} resumes`);
  assert.ok(state.marked > 0, 'what the last second brought came again');
});
