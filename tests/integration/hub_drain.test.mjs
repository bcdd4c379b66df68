// An agent that stops sends its clients away one by one, and the next one on the same data folder takes them over.
//
// NOTIFY_DRAIN_CLIENTS (default 2,000) clients over raw WebSockets; each second one has a subscription.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import WebSocket from 'ws';

import { Agent } from './support/agent.mjs';
import { until } from './support/expect.mjs';
import { RS } from './support/websocket.mjs';

const CLIENTS = Number(process.env.NOTIFY_DRAIN_CLIENTS ?? 2000);
const WINDOW_MS = 4000;
const BINS = 8;
const AT_ONCE = 100;
const CONFIG = `log: {level: error}\nhub: {drain_window: ${WINDOW_MS}ms}\n`;

/** A client of the hub that resumes its session whenever it is sent away. */
class Client {
  shown = new Map();
  wrong = [];
  resumed = 0;
  #next = 0;
  #answers = new Map();

  constructor(agent, token, subscribes) {
    Object.assign(this, { agent, token, subscribes, session: null, told: null, closedAt: null });
  }

  /** Connects until it is served. */
  async connect() {
    while (!await this.#once()) await wait(50 + Math.random() * 100);
  }

  #once() {
    return new Promise((resolve) => {
      const socket = new WebSocket(`${this.agent.url.replace('http', 'ws')}/hubs/notifications`, { headers: { authorization: `Bearer ${this.token}` }, perMessageDeflate: false });
      this.socket = socket;
      socket.on('open', () => socket.send(`{"protocol":"json","version":1}${RS}`));
      socket.on('error', () => resolve(false));
      socket.on('close', () => { this.closedAt ??= Date.now(); resolve(false); });
      socket.on('message', (bytes) => {
        for (const part of bytes.toString().split(RS).slice(0, -1)) this.#take(JSON.parse(part), resolve);
      });
    });
  }

  #take(message, served) {
    const { type, target, arguments: given, invocationId, result, error } = message;
    if (type === 7) {
      this.told = message;
      this.toldAt = Date.now();
    } else if (type === 3) {
      this.#answers.get(invocationId)(error ? { error } : result);
    } else if (type === 1 && target === 'connected') {
      this.#welcome(given[0]).then(served);
    } else if (type === 1 && target === 'job.made') {
      const { data, redelivered } = given[0];
      if (this.shown.has(data) && !redelivered) this.wrong.push(`${data} came again without a mark`);
      this.shown.set(data, true);
    }
  }

  async #welcome({ session }) {
    const before = this.session;
    if (before === null && this.subscribes) await this.#call('Subscribe', { types: ['job.*'] });
    if (before !== null) {
      const answer = await this.#call('Resume', before);
      if (!answer.resumed || answer.subscriptions.length !== (this.subscribes ? 1 : 0)) this.wrong.push(`not resumed: ${JSON.stringify(answer)}`);
      ++this.resumed;
    }
    this.session = session;
    return true;
  }

  #call(method, argument) {
    const invocationId = String(++this.#next);
    this.socket.send(JSON.stringify({ type: 1, invocationId, target: method, arguments: [argument] }) + RS);
    return new Promise((resolve) => { this.#answers.set(invocationId, resolve); });
  }
}

async function inTurns(clients, does) {
  const left = [...clients];
  await Promise.all(Array.from({ length: AT_ONCE }, async () => { while (left.length > 0) await does(left.pop()); }));
}

test(`${CLIENTS} clients are sent away over the window, and lose nothing to the next agent`, { timeout: 120_000 + CLIENTS * 30 }, async (t) => {
  const agent = await Agent.start(t, { config: CONFIG });
  const red = await agent.tenant('red');
  const tokens = await Promise.all(Array.from({ length: 20 }, (_, i) => agent.token('red', `user-${i}`)));
  const clients = Array.from({ length: CLIENTS }, (_, i) => new Client(agent, tokens[i % tokens.length], i % 2 === 0));
  t.after(() => { for (const { socket } of clients) socket?.terminate(); });
  await inTurns(clients, (client) => client.connect());
  let published = 0;
  let working = true;
  const publish = async () => {
    const answer = await agent.api('POST', '/api/events/publish', { key: red.key, json: { id: `job-${published}`, type: 'job.made', data: published } }).catch(() => null);
    if (answer?.status === 202) ++published;
  };
  const publishing = (async () => { while (working) { await publish(); await wait(100); } })();
  await wait(1500);

  const began = Date.now();
  await agent.stop();
  await until('all are away', () => clients.every(({ closedAt }) => closedAt !== null));
  for (const { told } of clients) assert.deepEqual(told, { type: 7, allowReconnect: true });

  // Spread: each part of the window has its share, and no moment more than a few times that.
  const bins = Array(BINS).fill(0);
  for (const { toldAt } of clients) ++bins[Math.min(BINS - 1, Math.floor(((toldAt - began) * BINS) / WINDOW_MS))];
  t.diagnostic(`sent away by ${WINDOW_MS / BINS} ms: ${bins}`);
  const share = CLIENTS / BINS;
  assert.ok(bins.every((count) => count > share / 5 && count < share * 2.5), `${bins}`);

  await agent.launch();
  await inTurns(clients, (client) => client.connect());
  await wait(1000);
  working = false;
  await publishing;
  const all = Array.from({ length: published }, (_, n) => n);
  const missing = ({ shown }) => all.filter((n) => !shown.has(n));
  await until('everybody has everything', () => clients.every((client) => !client.subscribes || missing(client).length === 0), 30_000).catch(() => {});
  for (const client of clients) {
    assert.deepEqual(client.wrong, []);
    assert.equal(client.resumed, 1);
    if (client.subscribes) assert.deepEqual(missing(client), [], 'lost');
  }
});
