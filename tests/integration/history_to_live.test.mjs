// Thousands of subscriptions begin, from everywhere in the log, while publishers run: each gets every event of
// its topic behind its position exactly once and in order.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from './support/agent.mjs';
import { connectHub } from './support/hub.mjs';

const SCALE = Number(process.env.NOTIFY_HISTORY_SCALE ?? 1);
const TOPICS = 100;
const CONNECTIONS = 20;
const STREAMS = Math.round(2000 * SCALE);
const SUBSCRIPTIONS = 200;  // Of connections that share them by ten.
const BATCH = 25;
const LEAST_EVENTS = Math.round(10_000 * SCALE);
const PADDING = 'x'.repeat(600);  // So that history is longer than what the log keeps in memory.
const GIVE_UP_MS = 150_000;

const agent = await Agent.start({ after });
const blue = await agent.tenant('blue');

/** Ends with an error that says how far it came, where something is lost. */
async function reached(what, probe) {
  const deadline = Date.now() + GIVE_UP_MS;
  while (!probe.done()) {
    assert.ok(Date.now() < deadline, `${what}: ${probe.told()}`);
    await wait(20);
  }
}

/** What is in the log, by topic: the numbers of its events, ascending. */
class Log {
  byTopic = Array.from({ length: TOPICS }, () => []);
  epoch = 0;
  last = 0;
  count = 0;
  #ended = false;

  async #batch(topics) {
    const events = topics.map((topic) => ({ type: 'feed.made', topic: `t${topic}`, data: PADDING }));
    const { status, body, text } = await agent.api('POST', '/api/events/batch', { key: blue.key, json: events });
    assert.equal(status, 200, text);
    assert.equal(body.accepted, topics.length);
    this.epoch = body.epoch;
    topics.forEach((topic, index) => this.byTopic[topic].push(body.firstSequence + index));
    this.last = Math.max(this.last, body.lastSequence);
    this.count += topics.length;
  }

  /** One after another, without a pause, until end(). */
  async publish() {
    for (let turn = 0; !this.#ended || this.count < LEAST_EVENTS; ++turn) {
      await this.#batch(Array.from({ length: BATCH }, (_, n) => (turn * BATCH + n) % TOPICS));
    }
  }
  end() { this.#ended = true; }

  /** One more of each topic, behind all others. */
  async close() {
    for (let topic = 0; topic < TOPICS; topic += BATCH) await this.#batch(Array.from({ length: BATCH }, (_, n) => topic + n));
    for (const numbers of this.byTopic) numbers.sort((a, b) => a - b);
  }

  after(topics, from) {
    return topics.flatMap((topic) => this.byTopic[topic].filter((number) => number > from)).toSorted((a, b) => a - b);
  }
}

/** Everywhere: the beginning, the end, and anything between, by turns. */
const fromOf = (log, n) => {
  if (n % 4 === 0) return 0;
  if (n % 4 === 1) return log.last;
  return (n * 7919) % (log.last + 1);
};

test('each of thousands gets every event once and in order, whenever it begins', { timeout: 2 * GIVE_UP_MS }, async (t) => {
  const log = new Log();
  const publishing = [log.publish(), log.publish()];
  for (const each of publishing) each.catch(() => {});
  const token = await agent.token('blue', 'watcher', '--role', 'viewer');
  const hubs = [];
  for (let n = 0; n < CONNECTIONS; ++n) hubs.push(await connectHub(t, agent, token));
  while (log.last === 0) await wait(5);

  // Streams: each is a subscriber of its own.
  const receivers = [];
  const errors = [];
  const begin = (n) => {
    const receiver = { topics: [n % TOPICS], from: fromOf(log, n), got: [] };
    receivers.push(receiver);
    const filter = { types: ['feed.made'], topics: [`t${receiver.topics[0]}`], from: { epoch: log.epoch, sequence: receiver.from } };
    hubs[n % CONNECTIONS].connection.stream('StreamEvents', filter).subscribe({
      next: (event) => { receiver.got.push(event.sequence); },
      error: (error) => { errors.push(error.message); },
      complete: () => { errors.push('a stream ended'); },
    });
  };
  for (let n = 0; n < STREAMS; ++n) {
    begin(n);
    if (n % 50 === 49) await hubs[n % CONNECTIONS].connection.invoke('Groups');
  }

  // Subscriptions: a connection gets an event once, however many of its own match, so each of these has a
  // topic of its own.
  for (let n = 0; n < SUBSCRIPTIONS / 10; ++n) {
    const { connection } = await connectHub(t, agent, token);
    const own = Array.from({ length: 10 }, (_, k) => ({ topics: [(n * 10 + k) % TOPICS], from: 0, got: [] }));
    connection.on('feed.made', (event) => {
      const receiver = own.find((each) => `t${each.topics[0]}` === event.topic);
      receiver.got.push(event.sequence);
    });
    for (const [k, receiver] of own.entries()) {
      receivers.push(receiver);
      const live = k % 5 === 4;
      const from = live ? undefined : { epoch: log.epoch, sequence: fromOf(log, n * 10 + k) };
      const answer = await connection.invoke('Subscribe', { types: ['feed.made'], topics: [`t${receiver.topics[0]}`], from });
      receiver.from = answer.sequence;
      if (from) assert.equal(answer.sequence, from.sequence);
    }
  }
  log.end();
  await Promise.all(publishing);
  await log.close();

  const last = (receiver) => log.byTopic[receiver.topics[0]].at(-1);
  const behind = () => receivers.filter((receiver) => receiver.got.at(-1) !== last(receiver));
  await reached('every subscription came to the end', {
    done: () => errors.length > 0 || behind().length === 0,
    told: () => `${behind().length} of ${receivers.length} are behind, of ${log.count} events`,
  });
  assert.deepEqual(errors, []);
  await wait(100);  // A repeat would come behind the last.
  for (const receiver of receivers) assert.deepEqual(receiver.got, log.after(receiver.topics, receiver.from));
  const total = receivers.reduce((sum, receiver) => sum + receiver.got.length, 0);
  t.diagnostic(`${receivers.length} subscriptions, ${log.count} events, ${total} deliveries`);
  assert.ok(receivers.length >= STREAMS + SUBSCRIPTIONS && log.count >= LEAST_EVENTS);
});
