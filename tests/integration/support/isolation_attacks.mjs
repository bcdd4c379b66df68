// Attempts of red to reach green, from a seed: the same seed gives the same attempts.

import { ATTACK, ATTACKER, VICTIM } from './isolation_world.mjs';

/** Mulberry32. */
export function seeded(state) {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const FULLWIDTH = [...VICTIM].map((c) => String.fromCodePoint(c.codePointAt(0) + 0xfee0)).join('');

/** Ways to write a tenant's name, most of them wrong. */
const NAMES = [
  VICTIM, VICTIM.toUpperCase(), 'Green', ` ${VICTIM}`, `${VICTIM} `, `\t${VICTIM}`, `${VICTIM}\u0000`, `${VICTIM}%00`, `${ATTACKER}\u0000${VICTIM}`, FULLWIDTH, 'gr\u0435en', 'gree\u0301n',
  '%67reen', '%2567reen', `${ATTACKER},${VICTIM}`, `${ATTACKER}::${VICTIM}`, `${ATTACKER}/../${VICTIM}`, `../${VICTIM}`, `${VICTIM}/`, `./${VICTIM}`, `${VICTIM}.`, `-${VICTIM}`, '*', '%', '_', `{"id":"${VICTIM}"}`,
  `' OR tenant='${VICTIM}`, `${ATTACKER}' OR '1'='1`, 'platform', 'default', 'system', '',
];
const SEPARATORS = ['::', ':', '%3A%3A', '\uff1a\uff1a', ':\u200b:', '::::', '.', '/', '::\u0000', ' :: '];
const METHODS = ['JoinTenantGroup', 'LeaveTenantGroup', 'Subscribe', 'Unsubscribe', 'Ack', 'Publish', 'SendToUser', 'SendToGroup', 'Broadcast', 'Groups', 'Resume', 'SubscribePresence', 'UnsubscribePresence'];
const PATTERNS = ['*', 'job.*', 'secret.*', 'notification.*', 'tenant.*', 'hub.*', 'green.*', 'job.made'];

const headerSafe = (text) => !/[^\t\x20-\x7e]/.test(text);

export class Attacks {
  constructor(seed, world, routes) {
    Object.assign(this, { random: seeded(seed), world, routes });
  }

  below(n) { return Math.floor(this.random() * n); }
  pick(list) { return list[this.below(list.length)]; }
  oneIn(n) { return this.below(n) === 0; }

  /** The next attempt: {kind: 'http' | 'socket' | 'call', …}, all of it plain values. */
  next() {
    const kind = this.below(20);
    if (kind < 10) return this.#route();
    if (kind < 12) return this.#hubRequest();
    if (kind < 13) return this.#upgrade();
    return this.#call();
  }

  #credential() {
    return this.oneIn(4) ? this.pick(this.world.bad) : this.pick(Object.values(this.world.good));
  }
  #thing() {
    const { keys, users, events, letters, names, connections, sessions } = this.world.known;
    return this.pick([...keys, ...letters, ...users, ...events, ...names, ...connections(), ...sessions(), VICTIM]);
  }
  #group() {
    const name = this.oneIn(3) ? this.#thing() : this.pick(NAMES);
    const kind = this.pick(['tenant', 'tenant', 'user', 'topic', 'Tenant', 'TENANT', 'group', '']);
    const group = `${kind}${this.pick(SEPARATORS)}${name}`;
    return this.oneIn(4) ? `${group}${this.pick(SEPARATORS)}${this.#thing()}` : group;
  }
  #position() {
    const { epoch, sequence } = this.world.known.position;
    return this.pick([{ epoch, sequence: 0 }, { epoch, sequence: this.below(sequence) }, { epoch: 0, sequence: 0 }, { epoch, sequence }, { epoch: 0, sequence: sequence - 1 }]);
  }

  // One REST request.

  #query() {
    const { cursor, position } = this.world.known;
    const named = encodeURIComponent(this.pick(NAMES));
    const all = [
      ['tenant', VICTIM], ['tenantId', named], ['X-Tenant', VICTIM], ['cursor', cursor], ['after', `${position.epoch}-0`], ['after', '0'], ['limit', '1000'], ['userid', 'bob'],
      ['user', 'bob'], ['topic', 'orders'], ['stream', 'order-1'], ['type', '*'], ['type', 'job.*'], ['subject', encodeURIComponent(this.#thing())], ['source', `/tenants/${VICTIM}`], ['key', 'secret'],
      ['by', 'tenant,type'], ['access_token', this.pick([this.world.good.subscriber, this.world.good.bob, ...this.world.bad.filter(Boolean)].map(encodeURIComponent))], ['metric', 'notifications_sent_total'],
      ['name', 'notifications_sent_total'], ['since', '1h'],
    ];
    const parts = Array.from({ length: this.below(4) }, () => this.pick(all).join('='));
    return parts.length ? `?${parts.join('&')}` : '';
  }
  #body(path) {
    const own = { tenant: this.pick([VICTIM, ...NAMES]), tenantId: VICTIM, 'X-Tenant': VICTIM };
    const position = this.#position();
    const bodies = [
      own,
      { ...own, id: this.#thing(), type: this.pick(['job.made', 'secret.made', 'hub.slow', 'tenant.updated']), data: { text: ATTACK }, userid: 'bob', topic: 'orders', stream: 'order-1' },
      { ...own, name: this.#thing(), types: ['*'], after: position },
      { ...own, id: this.pick(['secret', ATTACK]), name: ATTACK, files: { 'log.txt.hbs': `${ATTACK} {{tenant}} {{> green/secret}} {{@root.tenant}}` } },
      { ...own, id: ATTACK, on: '*', template: 'secret', channels: ['log'], audience: this.pick([{ user: 'bob' }, { tenant: true }, { tenant: VICTIM }, { users: ['bob', `${VICTIM}::bob`] }]) },
      { ...own, template: 'secret', channels: ['in_app'], audience: { users: ['bob', this.#group()] }, data: { n: ATTACK } },
      { ...own, user: 'bob', role: this.pick(['viewer', 'tenant-admin', 'platform-admin']), roles: ['viewer'] },
      { ...own, method: 'job.made', arguments: [ATTACK], max: 10, waitMs: 0, position, timeoutMs: 50 },
      { ...own, ...position, position, token: this.#thing(), toTenant: VICTIM, to: { tenant: VICTIM }, from: position, target: { tenant: VICTIM }, plan: true },
      [{ ...own, type: 'job.made', data: ATTACK }],
    ];
    if (path.includes('tokens') || path.includes('keys')) return { ...bodies[6], user: this.pick(['bob', 'mallory']) };
    return this.pick(bodies);
  }
  #route() {
    const { method, path: template } = this.pick(this.routes);
    const filled = template.replace(/\{(\w+)\}/g, (_, what) => {
      // Red has a `bob` of its own, whose token stays good.
      if (what === 'user') return this.pick(['gina', encodeURIComponent(this.#group())]);
      const thing = template.startsWith('/api/tenants') && !this.oneIn(4) ? this.pick(NAMES) : this.#thing();
      return this.oneIn(3) ? thing.replaceAll(' ', '%20').replace(/[^\x21-\x7e]/g, encodeURIComponent) : encodeURIComponent(thing);
    });
    const prefix = this.pick(['', '', '', '', `/t/${VICTIM}`, `/t/${encodeURIComponent(this.pick(NAMES))}`, `/${VICTIM}`, `/t/${ATTACKER}/../${VICTIM}`, `/t/${ATTACKER}/t/${VICTIM}`, `//t/${VICTIM}`, `/T/${VICTIM}`]);
    const headers = {};
    if (this.oneIn(3)) {
      const name = this.pick(NAMES.filter(headerSafe));
      headers['X-Tenant'] = this.oneIn(5) ? [ATTACKER, VICTIM] : name;
    }
    if (this.oneIn(6)) headers.Host = this.pick([`${VICTIM}.api.smartpay.com`, `${VICTIM}.smartpay.com`, `${VICTIM}:80`, `${ATTACKER}.api.smartpay.com`]);
    if (this.oneIn(8)) headers['X-Forwarded-Host'] = `${VICTIM}.api.smartpay.com`;
    if (this.oneIn(8)) headers['Last-Event-ID'] = `${this.world.known.position.epoch}-0`;
    if (this.oneIn(8)) headers['Idempotency-Key'] = `green-event-${this.below(6)}`;
    const body = method === 'get' || method === 'delete' ? undefined : JSON.stringify(this.#body(template));
    if (body) headers['Content-Type'] = this.pick(['application/json', 'application/json', 'application/cloudevents+json', 'application/schema+json']);
    return { kind: 'http', method: method.toUpperCase(), path: prefix + filled + this.#query(), headers, bearer: this.#credential(), body };
  }

  // The hub over HTTP.

  #hubRequest() {
    const id = encodeURIComponent(this.pick([...this.world.known.connections(), ...this.world.known.sessions()]));
    const query = this.pick([`?id=${id}`, `?id=${id}&tenant=${VICTIM}`, `?id=${id}&id=${id}`, `?connectionId=${id}`, `?negotiateVersion=1&tenant=${VICTIM}`, `?id=${id}&access_token=${encodeURIComponent(this.world.good.bob)}`]);
    const method = this.pick(['POST', 'DELETE', 'GET', 'POST']);
    const headers = this.oneIn(3) ? { 'X-Tenant': this.pick([VICTIM, ATTACKER]) } : {};
    if (this.oneIn(3)) headers.Accept = 'text/event-stream';
    const path = `${this.oneIn(6) ? `/t/${VICTIM}` : ''}/hubs/notifications${this.oneIn(5) ? '/negotiate' : ''}`;
    const body = method === 'POST' ? this.pick([`{"protocol":"json","version":1}\u001e`, `{"type":1,"target":"Broadcast","arguments":["job.made","${ATTACK}"]}\u001e`, '{"type":7}\u001e', '']) : undefined;
    return { kind: 'http', method, path: path + query, headers, bearer: this.#credential(), body };
  }
  #upgrade() {
    const id = encodeURIComponent(this.pick([...this.world.known.connections(), ...this.world.known.sessions()]));
    const query = this.pick([`?id=${id}`, `?id=${id}&useStatefulReconnect=true`, `?id=${id}&access_token=${encodeURIComponent(this.world.good.bob)}`, `?tenant=${VICTIM}&access_token=${encodeURIComponent(this.pick(this.world.bad.filter(Boolean)))}`]);
    const headers = this.oneIn(3) ? { 'X-Tenant': VICTIM } : {};
    return { kind: 'socket', path: `${this.oneIn(5) ? `/t/${VICTIM}` : ''}/hubs/notifications${query}`, headers, bearer: this.oneIn(3) ? null : this.#credential() };
  }

  // One message of a hub connection.

  #call() {
    const lane = this.below(1 << 16);
    const answer = { type: 3, invocationId: String(this.below(50)), result: ATTACK };
    if (this.oneIn(12)) return { kind: 'call', lane, message: this.pick([answer, { type: 2, invocationId: '1', item: ATTACK }, { type: 5, invocationId: '1' }, { type: 6 }]) };
    if (this.oneIn(8)) {
      const filter = { types: [this.pick(PATTERNS)], users: this.pick([['bob'], [VICTIM], []]), from: this.#position(), onGap: 'continue' };
      return { kind: 'call', lane, stream: true, message: { type: 4, target: 'StreamEvents', arguments: [filter] } };
    }
    const target = this.pick(METHODS);
    return { kind: 'call', lane, message: { type: 1, target, arguments: this.#argumentsOf(target) } };
  }
  #argumentsOf(target) {
    const filter = () => ({
      types: [this.pick(PATTERNS)], topics: this.pick([['orders'], [this.#group()], [`${VICTIM}::orders`]]), ...(this.oneIn(2) ? { from: this.#position() } : {}),
      ...(this.oneIn(3) ? { ack: true, name: this.pick(['work', 'secret', 'hub/gina/work', '../../green/work', ATTACK]) } : {}), ...(this.oneIn(5) ? { tenant: VICTIM } : {}),
    });
    switch (target) {
      case 'JoinTenantGroup': case 'LeaveTenantGroup': return [this.oneIn(2) ? this.pick(NAMES) : this.#group()];
      case 'Subscribe': return [filter()];
      case 'Unsubscribe': return [this.#thing()];
      case 'Ack': return [this.pick(['work', 'secret', 'hub/gina/work']), this.#position()];
      case 'Publish': return [{ type: 'job.made', data: { text: ATTACK }, userid: 'bob', topic: 'orders', ...(this.oneIn(2) ? { tenant: this.pick(NAMES) } : {}) }];
      case 'SendToUser': return [this.pick(['bob', `${VICTIM}::bob`, this.#thing()]), ATTACK, ATTACK];
      case 'SendToGroup': return [this.#group(), ATTACK, ATTACK];
      case 'Broadcast': return [ATTACK, { text: ATTACK }];
      case 'Resume': return [this.pick([...this.world.known.sessions(), ...this.world.known.connections()])];
      default: return [];
    }
  }
}
