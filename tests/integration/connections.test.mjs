// What operators see of hub connections, end, ask and limit, with the stock client and the real binaries.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { HttpTransportType } from '@microsoft/signalr';

import { Agent } from './support/agent.mjs';
import { refused, until, within } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';

const CONFIG = `
hub:
  presence_grace: 1s
  limits: {per_user: {soft: 3, hard: 4}, per_address: {hard: 30}}
http: {trusted_proxies: ["127.0.0.1"]}
`;
const agent = await Agent.start({ after }, { config: CONFIG });
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');
const methods = ['order.placed', 'presence'];

const connect = async (t, user, { role = 'subscriber', tenant = 'blue', ...rest } = {}) => {
  const hub = await connectHub(t, agent, await agent.token(tenant, user, '--role', role), { methods, ...rest });
  const closed = new Promise((resolve) => hub.connection.onclose(resolve));
  await hub.received.until('connected');
  return { ...hub, id: hub.connection.connectionId, closed };
};
const get = (path, key = blue.key) => agent.api('GET', path, { key });
const list = async (query = '', key = blue.key) => (await get(`/api/connections${query}`, key)).body.items;
const ids = (items) => items.map(({ id }) => id).toSorted();
const publish = (type, key = blue.key) => agent.api('POST', '/api/events/publish', { key, json: { type, data: 1 } });
const metric = async (name) => {
  const line = (await agent.api('GET', '/metrics')).text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
};
const audit = async (action, tenant = 'blue') =>
  (await agent.json(['audit', 'list', '--tenant', tenant, '--action', action, '--limit', '200'])).items;
const failure = (promise) => promise.then(() => assert.fail('it was not refused'), (error) => error.message);

test('a connection is listed with who it is, how it came and where it stands', async (t) => {
  await publish('order.placed');
  const alice = await connect(t, 'alice', { options: { headers: { 'User-Agent': 'ordering/2.1', 'X-Forwarded-For': '203.0.113.9' } } });
  const { subscription } = await alice.connection.invoke('Subscribe', { types: ['order.*'], topics: ['eu'] });
  const [entry] = await list('?user=alice');
  assert.doesNotMatch(JSON.stringify(entry), /eyJ|access_token/, 'never the token');
  assert.equal(entry.id, alice.id);
  assert.deepEqual([entry.user, entry.actor, entry.roles], ['alice', 'user:alice', ['subscriber']]);
  assert.deepEqual([entry.transport, entry.protocol, entry.address], ['websockets', 'json', '203.0.113.9']);
  assert.ok(Math.abs(Date.now() - Date.parse(entry.since)) < 60_000, entry.since);
  assert.deepEqual([entry.stateful, entry.detached, entry.lag, entry.queuedBytes], [false, false, 0, 0]);
  assert.deepEqual(entry.groups.toSorted(), ['tenant::blue', 'topic::eu', 'user::alice']);
  const [shown] = entry.subscriptions;
  assert.deepEqual([shown.id, shown.types, shown.topics, shown.lag], [subscription, ['order.*'], ['eu'], 0]);
  assert.deepEqual((await get(`/api/connections/${alice.id}`)).body.id, alice.id);
});

test('every transport and the event stream are connections, and lists are filtered and paged', async (t) => {
  const socket = await connect(t, 'walter');
  const sse = await connect(t, 'sally', { options: { transport: HttpTransportType.ServerSentEvents } });
  const poll = await connect(t, 'pollux', { options: { transport: HttpTransportType.LongPolling } });
  const key = await agent.token('blue', 'stella');
  const stream = await fetch(`${agent.url}/api/events/stream`, { headers: { authorization: `Bearer ${key}` } });
  t.after(() => stream.body.cancel());
  assert.deepEqual(ids(await list('?transport=serversentevents')), [sse.id]);
  assert.deepEqual(ids(await list('?transport=longpolling')), [poll.id]);
  const [streaming] = await until('the stream is there', async () => {
    const found = await list('?transport=sse');
    return found.length === 1 && found;
  });
  assert.deepEqual([streaming.user, streaming.protocol], ['stella', null]);
  assert.ok(ids(await list('?transport=websockets')).includes(socket.id));
  const all = ids(await list());
  const paged = [];
  for (let next = ''; next !== null;) {
    const { body } = await get(`/api/connections?limit=1${next && `&cursor=${encodeURIComponent(next)}`}`);
    paged.push(...body.items);
    next = body.next;
  }
  assert.deepEqual(paged.map(({ id }) => id), all);
  refused(await get('/api/connections?transport=pigeon'), 400, 'invalid_argument');
});

test('a kick invites the client to come again, or tells it why it may not', async (t) => {
  const first = await connect(t, 'kate', { retry: [0, 100] });
  const again = new Promise((resolve) => first.connection.onreconnected(resolve));
  const answer = await agent.api('POST', `/api/connections/${first.id}/kick`, { key: blue.key, json: {} });
  assert.deepEqual(answer.body, { id: first.id, kicked: true, allowReconnect: true });
  assert.notEqual(await within('it comes again', again), first.id);
  const json = { allowReconnect: false, reason: 'Maintenance tonight.' };
  const id = first.connection.connectionId;
  assert.equal((await agent.api('POST', `/api/connections/${id}/kick`, { key: blue.key, json })).status, 200);
  assert.match((await within('it ends', first.closed)).message, /Maintenance tonight\./);
  refused(await agent.api('POST', `/api/connections/${id}/kick`, { key: blue.key, json }), 404, 'not_found');
  const second = await connect(t, 'kate', { retry: [0, 100] });
  assert.deepEqual((await agent.api('DELETE', `/api/connections/${second.id}`, { key: blue.key })).body, { id: second.id, deleted: true });
  assert.match((await within('it ends', second.closed)).message, /ended by an operator/);
  const kicks = await audit('connection.kick');
  assert.ok(kicks.some(({ target, result }) => target === `connection:${first.id}` && result === 'granted'), JSON.stringify(kicks));
  assert.ok(kicks.some(({ target, result, code }) => target === `connection:${id}` && result === 'refused' && code === 'not_found'));
});

test('a client is asked, and what it returns is the answer', async (t) => {
  const ines = await connect(t, 'ines');
  ines.connection.on('add', (a, b) => a + b);
  ines.connection.on('fail', () => { throw new Error('no'); });
  ines.connection.on('slow', () => wait(5000, 'late'));
  const ask = (method, more = {}, id = ines.id) =>
    agent.api('POST', `/api/connections/${id}/invoke`, { key: blue.key, json: { method, ...more } });
  assert.deepEqual((await ask('add', { arguments: [2, 40] })).body, { result: 42 });
  assert.deepEqual((await ask('add', { arguments: ['Grüße ', 'zurück'] })).body, { result: 'Grüße zurück' });
  refused(await ask('nothing'), 409, 'conflict');
  refused(await ask('fail'), 409, 'conflict');
  refused(await ask('slow', { timeoutMs: 200 }), 408, 'timeout');
  for (const method of ['connected', 'Presence', 'notification.sent', '']) refused(await ask(method), 400, 'invalid_argument');
  refused(await ask('add', { arguments: 1 }), 400, 'invalid_argument');
  refused(await ask('add', {}, 'none'), 404, 'not_found');
  const asking = ask('slow', { timeoutMs: 20_000 });
  await wait(100);
  await ines.connection.stop();
  refused(await asking, 503, 'unavailable');
  assert.ok((await audit('connection.invoke')).some(({ target }) => target === `connection:${ines.id} add`));
});

test('a second tenant sees, kicks and asks nothing of the first', async (t) => {
  const alice = await connect(t, 'alice');
  const greta = await connect(t, 'greta', { tenant: 'green' });
  assert.deepEqual(ids(await list('', green.key)), [greta.id]);
  const { key } = green;
  refused(await get(`/api/connections/${alice.id}`, key), 404, 'not_found');
  refused(await agent.api('DELETE', `/api/connections/${alice.id}`, { key }), 404, 'not_found');
  refused(await agent.api('POST', `/api/connections/${alice.id}/kick`, { key, json: {} }), 404, 'not_found');
  refused(await agent.api('POST', `/api/connections/${alice.id}/invoke`, { key, json: { method: 'x' } }), 404, 'not_found');
  assert.deepEqual((await get('/api/presence', key)).body.items.map(({ user }) => user), ['greta']);
  assert.equal((await get('/api/presence/alice', key)).body.online, false);
  assert.equal((await get(`/api/connections/${alice.id}`)).status, 200);
  await agent.notifyctl(['connection', 'kick', alice.id, '--tenant', 'green', '--yes'], { expect: 3 });
  await agent.notifyctl(['connection', 'kick', '--user', 'alice', '--tenant', 'green', '--yes'], { expect: 3 });
});

test('a viewer looks, and only an administrator ends and asks', async (t) => {
  const alice = await connect(t, 'alice');
  const key = await agent.token('blue', 'vera', '--role', 'viewer');
  assert.ok(ids(await list('', key)).includes(alice.id));
  assert.equal((await get('/api/presence', key)).status, 200);
  refused(await agent.api('POST', `/api/connections/${alice.id}/kick`, { key, json: {} }), 403, 'forbidden');
  refused(await agent.api('POST', `/api/connections/${alice.id}/invoke`, { key, json: { method: 'x' } }), 403, 'forbidden');
  const own = await agent.token('blue', 'alice');
  refused(await get('/api/connections', own), 403, 'forbidden');
  refused(await get('/api/presence', own), 403, 'forbidden');
});

test('who asked is told of users that come and go, and a reconnect is neither', async (t) => {
  const vera = await connect(t, 'vera', { role: 'viewer' });
  await vera.connection.invoke('SubscribePresence');
  const told = (user) => vera.received.of('presence').filter((each) => each.user === user);
  const paula = await connect(t, 'paula');
  const [came] = await until('she is seen', () => told('paula').length > 0 && told('paula'));
  assert.deepEqual([came.online, came.connections], [true, 1]);
  assert.ok(Date.parse(came.at) > 0);
  assert.deepEqual((await get('/api/presence/paula')).body.connections, 1);
  await paula.connection.stop();
  await paula.connection.start();
  await wait(1500);
  assert.equal(told('paula').length, 1, 'a reconnect is not seen');
  await paula.connection.stop();
  const [, went] = await until('she is missed', () => told('paula').length > 1 && told('paula'));
  assert.deepEqual([went.online, went.connections], [false, 0]);
  assert.deepEqual((await get('/api/presence/paula')).body, { user: 'paula', online: false, connections: 0, since: null });
  await vera.connection.invoke('UnsubscribePresence');
  await connect(t, 'paula');
  await wait(300);
  assert.equal(told('paula').length, 2);
  const simple = await connect(t, 'sam');
  assert.match(await failure(simple.connection.invoke('SubscribePresence')), /forbidden/);
});

test('a user has as many connections as it may have, and places come back', async (t) => {
  const all = [];
  for (let n = 0; n < 4; ++n) all.push(await connect(t, 'luis'));
  const key = await agent.token('blue', 'luis');
  const negotiated = await agent.api('POST', '/hubs/notifications/negotiate?negotiateVersion=1', { key });
  refused(negotiated, 429, 'rate_limited');
  assert.equal(negotiated.headers.get('retry-after'), '5');
  const stream = await agent.api('GET', '/api/events/stream', { key });
  refused(stream, 429, 'rate_limited');
  assert.equal(stream.headers.get('retry-after'), '5');
  assert.match(await failure(connect(t, 'luis', { options: { skipNegotiation: true, transport: HttpTransportType.WebSockets } })), /./);
  assert.ok(await connect(t, 'other'));
  assert.equal(await metric('notify_connections_near_limit_total{tenant="blue",limit="user"}'), 2);
  assert.match(agent.output, /hub\.limit_near/);
  const denied = (await audit('connection.open')).filter(({ result, actor }) => result === 'refused' && actor === 'user:luis');
  assert.deepEqual([denied[0].code, denied[0].target], ['rate_limited', 'connections']);
  await all[0].connection.stop();
  await until('there is room again', async () =>
    (await agent.api('POST', '/hubs/notifications/negotiate?negotiateVersion=1', { key })).status === 200);
  await connect(t, 'luis');
});

test('an address has as many connections of a tenant as it may have, behind a trusted proxy the client\'s', async (t) => {
  const at = (address) => ({ options: { headers: { 'X-Forwarded-For': address } } });
  for (let n = 0; n < 30; ++n) await connect(t, `crowd-${n}`, at('198.51.100.7'));
  const key = await agent.token('blue', 'crowd-30');
  const negotiate = (address, more = {}) => agent.api('POST', '/hubs/notifications/negotiate?negotiateVersion=1', { key, headers: { 'X-Forwarded-For': address }, ...more });
  refused(await negotiate('198.51.100.7'), 429, 'rate_limited');
  refused(await negotiate('8.8.8.8, 198.51.100.7'), 429, 'rate_limited');
  assert.equal((await negotiate('198.51.100.8')).status, 200);
  const other = { key: await agent.token('green', 'crowd') };
  assert.equal((await negotiate('198.51.100.7', other)).status, 200, 'another tenant has a number of its own');
});

test('a tenant has a soft limit and a hard one', async (t) => {
  const small = await agent.tenant('small');
  const limits = { connections: 2, connectionsSoft: 2 };
  assert.equal((await agent.api('PUT', '/api/tenants/small', { json: { limits } })).status, 200);
  await connect(t, 'a', { tenant: 'small' });
  await connect(t, 'b', { tenant: 'small' });
  const key = await agent.token('small', 'c');
  refused(await agent.api('POST', '/hubs/notifications/negotiate?negotiateVersion=1', { key }), 429, 'rate_limited');
  assert.equal(await metric('notify_connections_near_limit_total{tenant="small",limit="tenant"}'), 1);
  assert.equal((await list('', small.key)).length, 2);
});

test('connections are audited as they come and go, equal ones once with a count', async (t) => {
  const storm = await agent.tenant('storm');
  for (let n = 0; n < 5; ++n) {
    const hub = await connect(t, 'sue', { tenant: 'storm' });
    await hub.connection.stop();
  }
  await until('all are gone', async () => (await list('', storm.key)).length === 0);
  const records = (await audit('connection.*', 'storm')).map(({ action, actor, role, target, result, count }) => [action, actor, role, target, result, count]);
  assert.deepEqual(records, [
    ['connection.open', 'user:sue', 'subscriber', 'connections:websockets', 'granted', 5],
    ['connection.close', 'user:sue', 'subscriber', 'connections:websockets', 'granted', 5],
  ]);
});

test('the ten steps: from the credential to nothing being left', async (t) => {
  const steps = await agent.tenant('steps');
  const gauge = () => metric('notify_connections{tenant="steps",transport="websockets"}');
  // 1, 3: who it is, and whether it may; 2: for which tenant.
  assert.match(await failure(connectHub(t, agent, 'nonsense')), /401/);
  const hub = await connect(t, 'stan', { tenant: 'steps', role: 'publisher,viewer' });
  // 4, 6: in its group, and told so, with its id and methods.
  const [welcome] = hub.received.of('connected');
  assert.deepEqual([welcome.tenant, welcome.groups.toSorted(), welcome.connectionId], ['steps', ['tenant::steps', 'user::stan'], hub.id]);
  assert.ok(['Subscribe', 'Publish', 'SubscribePresence'].every((each) => welcome.methods.includes(each)));
  // 5: registered.
  assert.deepEqual(ids(await list('', steps.key)), [hub.id]);
  assert.equal(await gauge(), 1);
  assert.equal(await metric('notify_users_online{tenant="steps"}'), 1);
  // 7: messages both ways; 8: its health is watched.
  await hub.connection.invoke('Subscribe', { types: ['order.*'] });
  await hub.connection.invoke('Publish', { type: 'order.placed', data: 7 });
  assert.equal((await hub.received.until('order.placed'))[0].data, 7);
  assert.equal((await get(`/api/connections/${hub.id}`, steps.key)).body.lag, 0);
  // 9, 10: it goes without a word, and nothing is left.
  const gone = hub.connection.connection.transport._webSocket ?? hub.connection.connection.transport.webSocket;
  gone.terminate();
  await until('the registry is empty', async () => (await list('', steps.key)).length === 0);
  await until('the metric is back', async () => (await gauge()) === 0);
  await until('nobody is online', async () => (await get('/api/presence', steps.key)).body.items.length === 0);
  assert.equal(await metric('notify_users_online{tenant="steps"}'), 0);
  assert.equal((await audit('connection.close', 'steps'))[0].actor, 'user:stan');
});

test('notifyctl lists, shows, asks, ends, and says who is online', async (t) => {
  const cleo = await connect(t, 'cleo', { retry: [0, 100] });
  cleo.connection.on('double', (n) => n * 2);
  const { items } = await agent.json(['connection', 'list', '--tenant', 'blue', '--user', 'cleo']);
  assert.deepEqual(ids(items), [cleo.id]);
  const { stdout } = await agent.notifyctl(['connections', 'ls', '--tenant', 'blue', '--user', 'cleo']);
  assert.match(stdout, /^ID +USER +TRANSPORT/);
  assert.equal((await agent.json(['connection', 'get', cleo.id, '--tenant', 'blue'])).user, 'cleo');
  assert.deepEqual(await agent.json(['connection', 'invoke', cleo.id, 'double', '21', '--tenant', 'blue']), { result: 42 });
  const { stdout: online } = await agent.notifyctl(['connection', 'presence', '--tenant', 'blue', '-o', 'name']);
  assert.ok(online.split('\n').includes('cleo'), online);
  await agent.notifyctl(['connection', 'kick', cleo.id, '--tenant', 'blue'], { expect: 2 });
  const again = new Promise((resolve) => cleo.connection.onreconnected(resolve));
  await agent.notifyctl(['connection', 'kick', '--user', 'cleo', '--tenant', 'blue', '--yes']);
  await within('it comes again', again);
  await agent.notifyctl(['connection', 'kick', '--user', 'cleo', '--no-reconnect', '--reason', 'Enough.', '--tenant', 'blue', '--yes']);
  assert.match((await within('it ends', cleo.closed)).message, /Enough\./);
  await agent.notifyctl(['connection', 'get', cleo.id, '--tenant', 'blue'], { expect: 3 });
});
