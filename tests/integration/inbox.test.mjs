// A user's inbox: in-app notifications that wait, what was read, and the badge on every connection.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

import { Agent } from './support/agent.mjs';
import { refused, until } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';
import { Proxy } from './support/proxy.mjs';

const CONFIG = `
hub: {queue_bytes: 512KiB}
notifications: {inbox: {retention: 30d, max_items: 40}}
`;
const agent = await Agent.start({ after }, { config: CONFIG });
const blue = await agent.tenant('blue');
const green = await agent.tenant('green');
const methods = ['notification', 'badge', 'filler'];

const template = {
  id: 'note', name: 'Note',
  files: { 'in_app.yaml.hbs': 'title: "Note {{data.n}}"\nbody: "{{data.text}}"\n', 'webhook.json.hbs': '{}', 'log.txt.hbs': '-' },
};
for (const { key } of [blue, green]) {
  assert.equal((await agent.api('POST', '/api/templates', { key, json: template })).status, 201);
}

const send = async (n, user, { key = blue.key, audience = { user } } = {}) => {
  const json = { template: 'note', channels: ['in_app'], audience, data: { n, text: `text ${n}` } };
  const answer = await agent.api('POST', '/api/notifications', { key, json });
  assert.equal(answer.status, 202, answer.text);
};
/** The agent's own answers for a user's token. */
const asUser = async (user, tenant = 'blue') => {
  const key = await agent.token(tenant, user);
  return {
    key,
    get: (path) => agent.api('GET', path, { key }),
    post: (path, json) => agent.api('POST', path, { key, json }),
    unread: async () => (await agent.api('GET', '/api/inbox/unread', { key })).body.unread,
    titles: async (query = '') => (await agent.api('GET', `/api/inbox${query}`, { key })).body.items.map((item) => item.notification.title),
  };
};
const connect = async (t, user, options = {}) =>
  connectHub(t, agent, await agent.token(options.tenant ?? 'blue', user, '--role', options.role ?? 'subscriber'), { methods, ...options });
const lastBadge = (hub, unread) => until(`the badge is ${unread}`, () => hub.received.of('badge').at(-1)?.unread === unread);

test('a notification for who is away waits, and the badge tells of it on connect', async (t) => {
  await send(1, 'alice');
  const alice = await asUser('alice');
  await until('it is there', async () => (await alice.unread()) === 1);
  const hub = await connect(t, 'alice');
  assert.deepEqual(await hub.received.until('badge'), [{ unread: 1 }]);
  const { items, next, unread } = await hub.connection.invoke('Inbox', {});
  assert.deepEqual([items.length, next, unread], [1, null, 1]);
  const [{ id, createdAt, readAt, archivedAt, position, notification }] = items;
  assert.deepEqual([notification.id, notification.title, notification.body], [id, 'Note 1', 'text 1']);
  assert.deepEqual([readAt, archivedAt], [null, null]);
  assert.ok(Math.abs(Date.now() - Date.parse(createdAt)) < 60_000, createdAt);
  assert.ok(position.epoch > 0 && position.sequence > 0);
  const { body } = await agent.api('GET', `/api/events?type=notification.created`, { key: blue.key });
  assert.equal(body.items.at(-1).sequence, position.sequence, 'it is the event that made it');
  const nobody = await connect(t, 'nobody');
  await nobody.connection.invoke('Inbox', {});
  assert.deepEqual(nobody.received.of('badge'), [], 'where nothing is unread nobody is told');
});

test('what is read in one tab changes the badge in another', async (t) => {
  const [one, two] = [await connect(t, 'tabea'), await connect(t, 'tabea')];
  for (let n = 1; n <= 3; ++n) await send(n, 'tabea');
  await Promise.all([lastBadge(one, 3), lastBadge(two, 3)]);
  const [newest] = (await one.connection.invoke('Inbox', { limit: 1 })).items;
  assert.equal(two.received.of('notification').find(({ id }) => id === newest.id)?.title, newest.notification.title);
  assert.deepEqual(await one.connection.invoke('MarkRead', { ids: [newest.id] }), { changed: 1, unread: 2 });
  await lastBadge(two, 2);
  assert.deepEqual(await two.connection.invoke('MarkRead', { upTo: newest.id }), { changed: 2, unread: 0 });
  await Promise.all([lastBadge(one, 0), lastBadge(two, 0)]);
  assert.deepEqual(await one.connection.invoke('MarkUnread', { ids: [newest.id] }), { changed: 1, unread: 1 });
  assert.deepEqual(await one.connection.invoke('Archive', { ids: [newest.id] }), { changed: 1, unread: 0 });
  assert.equal((await one.connection.invoke('Inbox', {})).items.length, 2);
  const archived = (await one.connection.invoke('Inbox', { state: 'archived' })).items;
  assert.deepEqual(archived.map(({ id }) => id), [newest.id]);
  assert.ok(archived[0].archivedAt);
  assert.deepEqual(await one.connection.invoke('Unarchive', { ids: [newest.id] }), { changed: 1, unread: 1 });
  await lastBadge(two, 1);
});

test('the hub names what is wrong with a request', async (t) => {
  const hub = await connect(t, 'wanda');
  const failure = (...call) => hub.connection.invoke(...call).then(() => assert.fail('it was not refused'), (error) => error.message);
  assert.match(await failure('MarkRead', {}), /invalid_argument: .*ids or upTo/);
  assert.match(await failure('MarkRead', { ids: Array(501).fill('x') }), /invalid_argument: .*1 to 500/);
  assert.match(await failure('Archive', { upTo: 'unknown' }), /not_found: /);
  assert.match(await failure('Inbox', { limit: 101 }), /invalid_argument: .*1 to 100/);
  assert.match(await failure('Inbox', { user: 'alice' }), /invalid_argument: .*user/);
  const publisher = await connect(t, 'paul', { role: 'publisher' });
  await assert.rejects(publisher.connection.invoke('Inbox', {}), /forbidden: /);
});

test('over HTTP a user reads and changes its own, page by page', async () => {
  const nora = await asUser('nora');
  for (let n = 1; n <= 5; ++n) await send(n, 'nora');
  await until('they are there', async () => (await nora.unread()) === 5);
  const titles = [];
  for (let next = ''; next !== null;) {
    const { body } = await nora.get(`/api/inbox?limit=2${next && `&cursor=${encodeURIComponent(next)}`}`);
    titles.push(...body.items.map((item) => item.notification.title));
    next = body.next;
  }
  assert.deepEqual(titles, ['Note 5', 'Note 4', 'Note 3', 'Note 2', 'Note 1']);
  const { items } = (await nora.get('/api/inbox?state=unread')).body;
  assert.deepEqual((await nora.post('/api/inbox/read', { upTo: items[3].id })).body, { changed: 2, unread: 3 });
  assert.deepEqual((await nora.post('/api/inbox/archive', { ids: [items[0].id, items[4].id] })).body, { changed: 2, unread: 2 });
  assert.deepEqual(await nora.titles('?state=read'), ['Note 2']);
  assert.deepEqual(await nora.titles('?state=archived'), ['Note 5', 'Note 1']);
  assert.deepEqual((await nora.post('/api/inbox/unarchive', { ids: [items[4].id] })).body, { changed: 1, unread: 2 });
  assert.deepEqual((await nora.post('/api/inbox/unread', { ids: [items[4].id] })).body, { changed: 1, unread: 3 });
  refused(await nora.get('/api/inbox?state=new'), 400, 'invalid_argument');
  refused(await nora.get('/api/inbox?limit=0'), 400, 'invalid_argument');
  refused(await nora.get('/api/inbox?cursor=x'), 400, 'invalid_argument');
  refused(await nora.post('/api/inbox/read', { ids: [] }), 400, 'invalid_argument');
  refused(await nora.post('/api/inbox/read', { upTo: 'unknown' }), 404, 'not_found');
});

test('curl gets the same as everybody', async () => {
  const cora = await asUser('cora');
  await send(1, 'cora');
  await until('it is there', async () => (await cora.unread()) === 1);
  const curl = async (...args) =>
    JSON.parse((await promisify(execFile)('curl', ['-sS', '-H', `Authorization: Bearer ${cora.key}`, ...args])).stdout);
  const { items: [{ id }] } = await curl(`${agent.url}/api/inbox`);
  const body = ['-H', 'Content-Type: application/json', '-d', JSON.stringify({ ids: [id] })];
  assert.deepEqual(await curl(...body, `${agent.url}/api/inbox/read`), { changed: 1, unread: 0 });
  assert.deepEqual(await curl(`${agent.url}/api/inbox/unread`), { unread: 0 });
});

test('of others a viewer reads, an admin changes, which is audited, and a subscriber does neither', async () => {
  await send(1, 'otto');
  const otto = await asUser('otto');
  await until('it is there', async () => (await otto.unread()) === 1);
  const viewer = (await agent.json(['key', 'create', '--tenant', 'blue', '--role', 'viewer'])).key;
  const { items: [{ id }] } = (await agent.api('GET', '/api/inbox?user=otto', { key: viewer })).body;
  refused(await agent.api('GET', '/api/inbox', { key: viewer }), 400, 'invalid_argument');
  refused(await agent.api('POST', '/api/inbox/read?user=otto', { key: viewer, json: { ids: [id] } }), 403, 'forbidden');
  const eve = await asUser('eve');
  refused(await eve.get('/api/inbox?user=otto'), 403, 'forbidden');
  refused(await eve.get('/api/inbox/unread?user=otto'), 403, 'forbidden');
  refused(await eve.post('/api/inbox/read?user=otto', { ids: [id] }), 403, 'forbidden');
  assert.deepEqual((await eve.post('/api/inbox/read', { ids: [id] })).body, { changed: 0, unread: 0 });
  assert.equal(await otto.unread(), 1);
  const done = await agent.api('POST', '/api/inbox/read?user=otto', { key: blue.key, json: { ids: [id] } });
  assert.deepEqual(done.body, { changed: 1, unread: 0 });
  const { items } = await agent.json(['audit', 'list', '--tenant', 'blue', '--action', 'inbox.read']);
  assert.deepEqual(items.map(({ target, result }) => [target, result]), [['user:otto', 'granted']]);
  const [read] = (await agent.api('GET', '/api/events?type=notification.read&userid=otto', { key: blue.key })).body.items;
  assert.deepEqual([read.data.user, read.data.notifications], ['otto', [id]]);
});

test('a second tenant and a second user see nothing of it, live or by subscription', async (t) => {
  const spy = await connect(t, 'greta');
  const seen = [];
  spy.connection.on('notification.created', (event) => seen.push(event));
  await spy.connection.invoke('Subscribe', { types: ['notification.created'] });
  await send(1, 'iris');
  const iris = await asUser('iris');
  await until('it is there', async () => (await iris.unread()) === 1);
  await send(2, 'greta');
  await lastBadge(spy, 1);
  await until('her own comes', () => seen.length > 0);
  assert.deepEqual(seen.map(({ userid }) => userid), ['greta']);
  assert.deepEqual((await spy.connection.invoke('Inbox', {})).items.map((item) => item.notification.title), ['Note 2']);
  const other = await asUser('iris', 'green');
  assert.deepEqual([await other.unread(), await other.titles('?state=all')], [0, []]);
  const { items: [{ id }] } = (await iris.get('/api/inbox')).body;
  assert.deepEqual((await other.post('/api/inbox/archive', { ids: [id] })).body, { changed: 0, unread: 0 });
  refused(await agent.api('GET', '/api/inbox?user=iris', { key: green.key, tenant: 'blue' }), 403, 'tenant_mismatch');
});

test('what goes to the whole tenant reaches who is there and is in no inbox', async (t) => {
  const hub = await connect(t, 'theo');
  await send(1, null, { audience: { tenant: true } });
  await hub.received.until('notification');
  assert.deepEqual((await hub.connection.invoke('Inbox', { state: 'all' })).items, []);
});

test('a burst is a few badges, and the oldest beyond the most are gone', async (t) => {
  const hub = await connect(t, 'bert');
  await Promise.all(Array.from({ length: 60 }, (_, n) => send(n, 'bert')));
  await hub.received.until('notification', 60);
  await lastBadge(hub, 40);
  assert.ok(hub.received.of('badge').length < 30, `${hub.received.of('badge').length} badges`);
  assert.equal((await hub.connection.invoke('Inbox', { limit: 100 })).items.length, 40);
});

test('a client that takes nothing finds one badge, the newest', async (t) => {
  const proxy = await Proxy.start(t, agent);
  const slow = await connect(t, 'silvia', { url: proxy.url });
  const { connection: pushing } = await connect(t, 'peter', { role: 'publisher' });
  const { agent: socket } = proxy.links.find((link) => link.isWebSocket);
  socket.pause();
  const filler = 'x'.repeat(100 << 10);
  await until('its queue is full', async () => {
    for (let i = 0; i < 20; ++i) await pushing.invoke('SendToUser', 'silvia', 'filler', filler);
    const [entry] = (await agent.api('GET', '/api/connections?user=silvia', { key: blue.key })).body.items;
    return entry.queuedBytes > 400 << 10;
  });
  const silvia = await asUser('silvia');
  for (let n = 1; n <= 4; ++n) {
    await send(n, 'silvia');
    await until(`${n} are there`, async () => (await silvia.unread()) === n);
    await wait(300);
  }
  assert.deepEqual(slow.received.of('badge'), []);
  socket.resume();
  await lastBadge(slow, 4);
  assert.deepEqual(slow.received.of('badge'), [{ unread: 4 }]);
});

test('notifyctl lists, counts and marks', async () => {
  for (let n = 1; n <= 2; ++n) await send(n, 'clara');
  const user = ['--tenant', 'blue', '--user', 'clara'];
  const inbox = (...args) => agent.json(['notification', 'inbox', ...args, ...user]);
  await until('they are there', async () => (await inbox('count')).unread === 2);
  const { items } = await inbox('list', '--state', 'unread');
  assert.deepEqual(items.map((item) => item.notification.title), ['Note 2', 'Note 1']);
  assert.deepEqual(await inbox('read', items[1].id), { changed: 1, unread: 1 });
  assert.deepEqual(await inbox('archive', '--up-to', items[0].id), { changed: 2, unread: 0 });
  const { stdout } = await agent.notifyctl(['notification', 'inbox', 'list', '--state', 'archived', '-o', 'name', ...user]);
  assert.deepEqual(stdout.trim().split('\n'), items.map(({ id }) => id));
  await agent.notifyctl(['notification', 'inbox', 'read', ...user], { expect: 2 });
  await agent.notifyctl(['notification', 'inbox', 'read', '--up-to', 'unknown', ...user], { expect: 3 });
});

test('built from the log again, the inboxes are the same', async () => {
  const rolf = await asUser('rolf');
  for (let n = 1; n <= 3; ++n) await send(n, 'rolf');
  await until('they are there', async () => (await rolf.unread()) === 3);
  const all = async () => (await rolf.get('/api/inbox?state=all')).body;
  const { items } = await all();
  await rolf.post('/api/inbox/read', { upTo: items[1].id });
  await rolf.post('/api/inbox/archive', { ids: [items[2].id] });
  const before = await all();
  assert.deepEqual(await agent.json(['notification', 'inbox', 'rebuild', '--tenant', 'blue']), { rebuilt: true });
  assert.deepEqual(await all(), before);
  refused(await rolf.post('/api/inbox/rebuild', {}), 403, 'forbidden');
});

test('kill -9 keeps it all', async (t) => {
  const karl = await asUser('karl');
  for (let n = 1; n <= 4; ++n) await send(n, 'karl');
  await until('they are there', async () => (await karl.unread()) === 4);
  const { items } = (await karl.get('/api/inbox')).body;
  await karl.post('/api/inbox/read', { ids: [items[1].id] });
  await karl.post('/api/inbox/archive', { ids: [items[2].id] });
  const all = async () => (await karl.get('/api/inbox?state=all')).body;
  const before = await all();
  await agent.kill();
  await agent.launch();
  assert.deepEqual(await all(), before);
  const hub = await connect(t, 'karl');
  assert.deepEqual(await hub.received.until('badge'), [{ unread: 2 }]);
});
