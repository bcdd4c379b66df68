// kill -9 again and again, at random moments, while two tenants publish and subscribe.
//
// NOTIFY_CRASH_ROUNDS (default 100) kills; NOTIFY_CRASH_SEED repeats the moments of an earlier run.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from './support/agent.mjs';
import { until } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';

const ROUNDS = Number(process.env.NOTIFY_CRASH_ROUNDS ?? 100);
const SEED = Number(process.env.NOTIFY_CRASH_SEED ?? Date.now() % 2 ** 31);
const PUBLISHERS = 4;
const LONGEST_LIFE_MS = 400;

/** Mulberry32: the same moments for the same seed. */
function seeded(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Publishes singles and batches of a tenant, each until it is acknowledged, with the same ids. */
class Publisher {
  /** id: sequence, of what was acknowledged one by one. */
  single = new Map();
  /** Ids of what was acknowledged in batches. */
  batched = new Set();
  stopping = false;

  constructor(agent, { id, key }, number) {
    Object.assign(this, { agent, tenant: id, key, name: `${id}-${number}` });
  }

  async run() {
    for (let n = 1; !this.stopping; ++n) {
      const ids = Array.from({ length: n % 5 === 0 ? 20 : 1 }, (_, i) => `${this.name}-${n}-${i}`);
      await (ids.length > 1 ? this.#untilDone(() => this.#batch(ids)) : this.#untilDone(() => this.#one(ids[0])));
    }
  }

  async #untilDone(send) {
    for (;;) {
      const done = await send().catch((error) => {
        if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
        return false;  // Cut off: nobody knows. The same ids once more.
      });
      if (done) return;
      await wait(5);
    }
  }

  async #post(path, json) {
    const answer = await this.agent.api('POST', path, { key: this.key, json });
    if (answer.status === 503) return null;
    assert.ok(answer.status < 300, answer.text);
    return answer.body;
  }

  async #one(id) {
    const body = await this.#post('/api/events/publish', { id, type: 'crash.one', data: { id } });
    if (body) this.single.set(id, body.sequence);
    return body;
  }

  async #batch(ids) {
    const body = await this.#post('/api/events/batch', ids.map((id) => ({ id, type: 'crash.many', data: { id } })));
    if (!body) return body;
    assert.equal(body.accepted + body.duplicates, ids.length, JSON.stringify(body));
    for (const id of ids) this.batched.add(id);
    return body;
  }
}

/** A stock client that goes on after its last event each time. */
async function subscriber(t, agent, tenant) {
  const methods = ['crash.one', 'crash.many', 'gap'];
  const { connection } = await connectHub(t, agent, await agent.token(tenant, 'watcher'), { retry: Array(100_000).fill(50) });
  const seen = { events: [], gaps: [] };
  let last;
  const subscribe = async (from) => {
    const { gap, ...start } = await connection.invoke('Subscribe', { types: ['crash.*'], from });
    last ??= start;
    if (gap) seen.gaps.push(gap);
  };
  for (const method of methods.slice(0, 2)) {
    connection.on(method, ({ id, epoch, sequence }) => {
      seen.events.push({ id, sequence });
      last = { epoch, sequence };
    });
  }
  connection.on('gap', (gap) => seen.gaps.push(gap));
  // A connection that ends before it has subscribed again goes on from the same place the next time.
  connection.onreconnected(() => subscribe({ epoch: last.epoch, sequence: last.sequence }).catch(() => {}));
  await subscribe();
  return seen;
}

async function logOf(agent, { key }) {
  const events = [];
  for (let after = '0', more = true; more;) {
    const { body, status, text } = await agent.api('GET', `/api/events?type=crash.*&limit=1000&after=${after}`, { key });
    assert.equal(status, 200, text);
    events.push(...body.items.map(({ id, epoch, sequence, tenant }) => ({ id, epoch, sequence, tenant })));
    more = body.next !== null;
    if (more) after = `${events.at(-1).epoch}-${events.at(-1).sequence}`;
  }
  return events;
}

function checkLog(log, publishers, tenant) {
  const bySequence = new Map(log.map((event) => [event.id, event.sequence]));
  assert.equal(bySequence.size, log.length, 'an event is in the log twice');
  log.forEach((event, i) => assert.ok(i === 0 || event.sequence > log[i - 1].sequence, 'not in order'));
  assert.ok(log.every((event) => event.tenant === tenant && event.id.startsWith(`${tenant}-`)), "another tenant's event");
  for (const publisher of publishers) {
    for (const [id, sequence] of publisher.single) assert.equal(bySequence.get(id), sequence, `${id} was acknowledged at ${sequence}`);
    for (const id of publisher.batched) assert.ok(bySequence.has(id), `${id} was acknowledged and is lost`);
  }
}

test(`what was acknowledged is there exactly once and in order after ${ROUNDS} kills`, { timeout: 60_000 + ROUNDS * 3000 }, async (t) => {
  t.diagnostic(`NOTIFY_CRASH_SEED=${SEED}`);
  const random = seeded(SEED);
  const agent = await Agent.start({ after }, { config: 'log: {level: error}\n' });
  const tenants = [await agent.tenant('blue'), await agent.tenant('green')];
  const watchers = await Promise.all(tenants.map((tenant) => subscriber(t, agent, tenant.id)));
  const publishers = tenants.map((tenant) => Array.from({ length: PUBLISHERS }, (_, i) => new Publisher(agent, tenant, i)));
  const running = Promise.all(publishers.flat().map((publisher) => publisher.run()));
  running.catch(() => {});
  for (let round = 0; round < ROUNDS; ++round) {
    await Promise.race([wait(random() * LONGEST_LIFE_MS), running]);
    await agent.kill();
    await agent.launch();
  }
  for (const publisher of publishers.flat()) publisher.stopping = true;
  await running;
  for (const [i, tenant] of tenants.entries()) {
    const log = await logOf(agent, tenant);
    checkLog(log, publishers[i], tenant.id);
    const wanted = log.map(({ id, sequence }) => ({ id, sequence }));
    await until('the subscriber has caught up', () => watchers[i].events.length >= wanted.length, 30_000);
    assert.deepEqual(watchers[i].gaps, []);
    assert.deepEqual(watchers[i].events, wanted);
    t.diagnostic(`${tenant.id}: ${log.length} events`);
  }
});

test('a tenant that was acknowledged is there after a kill, with its keys', async () => {
  const agent = await Agent.start({ after });
  for (const id of ['one', 'two', 'three']) {
    const { key } = await agent.tenant(id);
    await agent.kill();
    await agent.launch();
    assert.equal((await agent.api('GET', '/api/events?last=1', { key })).body.items[0].tenant, id);
  }
});
