// Two tenants of one agent: `red`, whose credentials an attacker has, and `green`, which is full of secrets.

import assert from 'node:assert/strict';

import WebSocket from 'ws';

import { until } from './expect.mjs';
import { jwt } from './jwt.mjs';
import { RS } from './websocket.mjs';

/** Stands in everything that green keeps and that nobody else was ever told. */
export const SECRET = 'canary-5f1d9c7be2';
/** Stands in everything that the attacker sends. */
export const ATTACK = 'attack-8c41d07a93';

export const ATTACKER = 'red';
export const VICTIM = 'green';

const HANDSHAKE = `{"protocol":"json","version":1}${RS}`;

/** Looks for a text in bytes that are cut anywhere. */
export class Scanner {
  #tail = '';
  found = null;

  constructor(text) { this.text = text; }
  look(bytes) {
    const all = this.#tail + bytes;
    const at = all.indexOf(this.text);
    if (at >= 0) this.found ??= all.slice(Math.max(0, at - 400), at + 200);
    this.#tail = all.slice(-this.text.length);
  }
}

/** A hub connection of green's: what came, and whether it is still there. */
export class Victim {
  #answers = new Map();
  #next = 0;
  events = [];
  open = true;
  secret = new Scanner(SECRET);
  attack = new Scanner(ATTACK);

  static async connect(agent, token) {
    const victim = new Victim();
    const socket = new WebSocket(`${agent.url.replace('http', 'ws')}/hubs/notifications`, { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false });
    victim.socket = socket;
    const welcome = new Promise((resolve, reject) => {
      victim.welcomed = resolve;
      socket.once('error', reject);
    });
    socket.on('open', () => socket.send(HANDSHAKE));
    socket.on('close', () => { victim.open = false; });
    socket.on('message', (bytes) => victim.#take(bytes.toString()));
    victim.welcome = await welcome;
    return victim;
  }

  #take(text) {
    this.secret.look(text);
    this.attack.look(text);
    for (const part of text.split(RS).slice(0, -1)) {
      const { type, target, arguments: given, invocationId, result, error } = JSON.parse(part);
      if (type === 1 && target === 'connected') this.welcomed(given[0]);
      else if (type === 1 && given[0]?.sequence) this.events.push(given[0]);
      else if (type === 3) this.#answers.get(invocationId)?.(error ? new Error(error) : result);
    }
  }

  invoke(target, ...given) {
    const invocationId = String(++this.#next);
    this.socket.send(JSON.stringify({ type: 1, invocationId, target, arguments: given }) + RS);
    return new Promise((resolve, reject) => {
      this.#answers.set(invocationId, (value) => (value instanceof Error ? reject(value) : resolve(value)));
    });
  }
  close() { this.socket.close(); }
}

const TEMPLATE = {
  id: 'secret', name: SECRET, files: { 'log.txt.hbs': `${SECRET} {{data.n}}`, 'in_app.yaml.hbs': `title: "${SECRET}"\nbody: "{{data.n}}"\n` },
};

/** What green has. `known` are its names and ids that the attacker was told, by kind. */
export class World {
  published = [];

  static async make(agent) {
    const world = new World();
    world.agent = agent;
    world.red = await agent.tenant(ATTACKER, 'tenant-admin,publisher');
    world.green = await agent.tenant(VICTIM, 'tenant-admin,publisher');
    await world.#fillGreen();
    await world.#arm();
    return world;
  }

  async #ask(method, path, json, expect = [200, 201, 202]) {
    const answer = await this.agent.api(method, path, { key: this.green.key, json });
    assert.ok(expect.includes(answer.status), `${method} ${path}: ${answer.text}`);
    return answer.body;
  }

  async publish(n) {
    const userid = n % 3 === 0 ? 'alice' : 'bob';
    const type = ['job.made', 'fx.quote.created', 'payment.processed'][n % 3];
    const id = n % 2 === 0 ? `green-event-${n}` : `${SECRET}-${n}`;
    const { sequence } = await this.#ask('POST', '/api/events/publish', { id, type, userid, topic: 'orders', stream: 'order-1', subject: SECRET, data: { text: SECRET, n } });
    this.published.push(sequence);
  }

  async #fillGreen() {
    const ask = (...request) => this.#ask(...request);
    await ask('POST', '/api/templates', TEMPLATE);
    await ask('PUT', '/api/triggers/secret', { on: 'job.*', template: 'secret', channels: ['log', 'in_app'], audience: { user: 'bob' } });
    await ask('POST', '/api/consumers', { name: 'secret', types: ['job.*'] });
    await ask('POST', '/api/projections', { name: 'secret', types: ['job.*'], key: '/data/text', fields: { count: { fold: 'count' } } });
    const schema = { type: 'object', title: SECRET };
    const put = await this.agent.api('PUT', '/api/schemas/secret.made', { key: this.green.key, body: JSON.stringify(schema), headers: { 'content-type': 'application/schema+json' } });
    assert.equal(put.status, 200, put.text);
    for (let n = 0; n < 30; ++n) await this.publish(n);
    // What it renders lacks its data: a dead letter.
    await ask('POST', '/api/templates', { id: 'dead', name: SECRET, files: { 'in_app.yaml.hbs': `title: "${SECRET}"\nbody: "${SECRET} {{n}}"\n` } });
    await ask('PUT', '/api/triggers/dead', { on: 'secret.died', template: 'dead', channels: ['in_app'], audience: { user: 'bob' } });
    await ask('POST', '/api/events/publish', { type: 'secret.died', data: { n: SECRET } });
    this.token = await this.agent.token(VICTIM, 'bob', '--role', 'viewer', '--ttl', '24h');
    this.plain = await Victim.connect(this.agent, this.token);
    await this.plain.invoke('Subscribe', { types: ['*'] });
    this.durable = await Victim.connect(this.agent, await this.agent.token(VICTIM, 'gina', '--role', 'viewer', '--ttl', '24h'));
    await this.durable.invoke('Subscribe', { types: ['job.*'], ack: true, name: 'work' });
    await this.renew();
  }

  /** A session that its connection left, and a connection that was negotiated and waits: for a few minutes only. */
  async renew() {
    const leaving = await Victim.connect(this.agent, this.token);
    await leaving.invoke('Subscribe', { types: ['job.*'] });
    this.session = leaving.welcome.session;
    leaving.close();
    const negotiated = await this.agent.api('POST', '/hubs/notifications/negotiate?negotiateVersion=1&useStatefulReconnect=true', { key: this.token });
    const polled = await this.agent.api('POST', '/hubs/notifications/negotiate?negotiateVersion=1', { key: this.token });
    this.waiting = negotiated.body.connectionToken;
    this.polling = polled.body.connectionToken;
    this.renewedAt = Date.now();
    const first = await this.agent.api('GET', `/hubs/notifications?id=${this.polling}`, { key: this.token });
    assert.equal(first.status, 200);
    this.#poll(this.polling);
    await this.agent.api('POST', `/hubs/notifications?id=${this.polling}`, { key: this.token, body: HANDSHAKE });
  }

  async #arm() {
    const { body: { items: keys } } = await this.agent.api('GET', '/api/keys', { key: this.green.key });
    const { items: letters } = await until('a dead letter', async () => {
      const { body } = await this.agent.api('GET', '/api/dlq', { key: this.green.key });
      return body.items.length > 0 && body;
    });
    const { epoch, sequence } = (await this.agent.api('GET', '/api/events?last=1', { key: this.green.key })).body.items[0];
    const page = await this.agent.api('GET', '/api/events?limit=2', { key: this.green.key });
    this.known = {
      keys: keys.map(({ id }) => id), cursor: page.body.next, position: { epoch, sequence }, users: ['bob', 'gina'],
      events: ['green-event-0', 'green-event-2', 'green-event-4'],
      letters: letters.map(({ id }) => id),
      names: ['secret', 'secret.made', 'order-1', 'work', 'hub/gina/work', 'hub%2Fgina%2Fwork'],
      connections: () => [this.plain.welcome.connectionId, this.durable.welcome.connectionId, this.waiting, this.polling],
      sessions: () => [this.session, this.plain.welcome.session, this.durable.welcome.session],
    };
    const { agent } = this;
    const key = async (role) => (await agent.json(['key', 'create', '--tenant', ATTACKER, '--role', role])).key;
    const revoked = await agent.token(ATTACKER, 'rudi');
    await agent.notifyctl(['token', 'revoke', '--tenant', ATTACKER, '--user', 'rudi']);
    const alice = await agent.token(ATTACKER, 'alice', '--ttl', '24h');
    const forged = (claims) => jwt('HS256', Buffer.from('not the key of anybody, 32 bytes'), { iss: 'notifyd', sub: 'bob', tenant: VICTIM, roles: ['tenant-admin'], exp: 4e9, ...claims });
    const [head, claims, signature] = alice.split('.');
    const renamed = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(claims, 'base64url')), tenant: VICTIM })).toString('base64url');
    this.good = {
      admin: this.red.key, publisher: await key('publisher'), viewer: await key('viewer'), subscriber: alice,
      bob: await agent.token(ATTACKER, 'bob', '--role', 'viewer', '--ttl', '24h'),
    };
    this.bad = [
      null, revoked, forged({}), forged({ tenant: ATTACKER }), forged({ exp: 1 }), `${head}.${renamed}.${signature}`, `${head}.${renamed}.`,
      `${this.green.key.slice(0, -6)}AAAAAA`, this.green.key.slice(0, -1), `nk_platform_${'A'.repeat(43)}`, `${this.red.key}, Bearer ${this.red.key}`, 'Bearer',
    ];
  }

  /** Polls as long as it is the connection of the day. */
  async #poll(id) {
    while (id === this.polling) {
      const { status, text } = await this.agent.api('GET', `/hubs/notifications?id=${id}`, { key: this.token }).catch(() => ({ status: 0, text: '' }));
      this.plain.attack.look(text);
      if (status !== 200) return;
    }
  }

  /** What was left for its owner is there for him. */
  async unspoiled() {
    const owner = await Victim.connect(this.agent, this.token);
    assert.equal((await owner.invoke('Resume', this.session)).resumed, true, "green's session was taken");
    owner.close();
    for (const id of this.known.letters) {
      const { body, text } = await this.agent.api('GET', `/api/dlq/${id}`, { key: this.green.key });
      assert.equal(body.status ?? body.state, 'DEAD', text);
    }
    assert.equal((await this.agent.api('DELETE', `/hubs/notifications?id=${this.polling}`, { key: this.token })).status, 202, "green's long poll was ended");
  }

  /** What green has that no event of its own may change, as one text. */
  async state() {
    const lists = ['keys', 'templates', 'triggers', 'consumers', 'projections', 'schemas'];
    const parts = [];
    for (const list of lists) {
      const { status, body, text } = await this.agent.api('GET', `/api/${list}?limit=1000`, { key: this.green.key });
      assert.equal(status, 200, `${list}: ${text}`);
      parts.push([list, body.items.map((item) => `${item.id ?? item.name} ${item.version ?? ''} ${item.role ?? ''}`)]);
    }
    return parts;
  }

  /** Everything that green would see of an attack. */
  async everything() {
    const texts = [];
    const paths = ['keys', 'templates', 'triggers', 'consumers', 'projections', 'schemas', 'connections', 'presence'].map((list) => `/api/${list}?limit=1000`);
    for (const path of paths) texts.push((await this.agent.api('GET', path, { key: this.green.key })).text);
    for (let after = '0'; after;) {
      const { body, text } = await this.agent.api('GET', `/api/events?limit=1000&after=${after}`, { key: this.green.key });
      texts.push(text);
      const last = body.items.at(-1);
      after = body.next && last ? `${last.epoch}-${last.sequence}` : null;
    }
    return texts.join('\n');
  }
}
