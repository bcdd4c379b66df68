// Who may call which hub methods, how often, and how many at once: the policies of the agent's configuration and
// of a tenant, seen by the stock client.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';

import { Subject } from '@microsoft/signalr';

import { Agent } from './support/agent.mjs';
import { checkConfig } from './support/config.mjs';
import { refused, until } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';

const CONFIG = `
audit: {invocations: all}
hub:
  parallel_invocations: 4
  invocations: {per_connection: {rate: 20/10s}, per_user: {rate: 30/10s}}
  methods:
    - {name: Broadcast, roles: [tenant-admin]}
    - {name: PublishStream, enabled: false}
    - {name: SendToUser, per_user: {rate: 2/1m}}
    - {name: JoinTenantGroup, roles: [subscriber, publisher]}
`;
const agent = await Agent.start({ after }, { config: CONFIG });
const blue = await agent.tenant('blue');
await agent.tenant('green');

const connect = async (t, user, role = 'publisher', tenant = 'blue') => {
  const { connection, received } = await connectHub(t, agent, await agent.token(tenant, user, '--role', role), { methods: ['counter'] });
  const [me] = await received.until('connected');
  return { connection, received, methods: me.methods };
};
const failure = (promise) => promise.then(() => assert.fail('it was not refused'), (error) => error.message);
const audited = async (target, code) =>
  (await agent.json(['audit', 'list', '--tenant', 'blue', '--action', 'hub.invoke', '--limit', '500'])).items
    .filter((each) => each.target === target && (code === undefined || each.code === code));
const metric = async (method, result) => {
  const name = `notify_hub_invocations_total{tenant="blue",method="${method}",result="${result}"}`;
  const line = (await agent.api('GET', '/metrics')).text.split('\n').find((each) => each.startsWith(`${name} `));
  return line === undefined ? 0 : Number(line.split(' ').at(-1));
};

test('a policy takes a method from a role, and connected says what is left', async (t) => {
  const shop = await connect(t, 'petra');
  assert.ok(shop.methods.includes('SendToUser') && shop.methods.includes('Publish'));
  assert.ok(!shop.methods.includes('Broadcast') && !shop.methods.includes('PublishStream'), shop.methods.join());
  assert.match(await failure(shop.connection.invoke('Broadcast', 'counter', 1)), /HubException: forbidden: hub\.methods takes/);
  const boss = await connect(t, 'boss', 'tenant-admin');
  assert.ok(boss.methods.includes('Broadcast'));
  assert.ok((await boss.connection.invoke('Broadcast', 'counter', 1)).delivered >= 1);
  await until('the refusal is audited', async () => (await audited('Broadcast', 'forbidden')).some(({ actor, result }) => actor === 'user:petra' && result === 'refused'), 20_000);
});

test('a policy gives nobody what the role does not have', async (t) => {
  const alice = await connect(t, 'alice', 'viewer');
  assert.ok(!alice.methods.includes('JoinTenantGroup'));
  assert.match(await failure(alice.connection.invoke('JoinTenantGroup', 'blue')), /forbidden: hub\.methods takes/);
  assert.match(await failure(alice.connection.invoke('Publish', { type: 'a.b' })), /forbidden: The role of this connection/);
});

test('a method that is switched off is off for everybody', async (t) => {
  const boss = await connect(t, 'boss', 'tenant-admin');
  assert.ok(!boss.methods.includes('PublishStream'));
  assert.match(await failure(boss.connection.invoke('PublishStream', new Subject())), /feature_disabled: hub\.methods switches off PublishStream/);
});

test('the rate of a method counts for a user on all connections, and not for others', async (t) => {
  const [one, two, other] = [await connect(t, 'sender'), await connect(t, 'sender'), await connect(t, 'another')];
  const send = (from) => from.connection.invoke('SendToUser', 'nobody', 'counter', 1);
  await send(one);
  await send(two);
  const said = await failure(send(one));
  assert.match(said, /rate_limited: This user calls it more often than it may, 2\/1m: try again in \d+s?/);
  assert.equal((await send(other)).delivered, 0);
  assert.deepEqual((await one.connection.invoke('Groups')).length, 2);
});

test('a flood is refused, costs nobody else anything, and is audited once with a count', async (t) => {
  const [flood, calm] = [await connect(t, 'flora'), await connect(t, 'calm')];
  const answers = await Promise.all(Array.from({ length: 2000 }, () =>
    flood.connection.invoke('Groups').then(() => 'done', (error) => error.message)));
  assert.equal(answers.filter((each) => each === 'done').length, 20);
  assert.ok(answers.every((each) => each === 'done' || /rate_limited: This connection makes more calls than it may, 20\/10s/.test(each)));
  assert.equal((await calm.connection.invoke('Groups')).length, 2);
  assert.equal(flood.connection.state, 'Connected');
  assert.equal(await metric('Groups', 'limited'), 1980);
  await flood.connection.stop();
  const counted = await until('all of them are audited', async () => {
    const records = (await audited('calls', 'rate_limited')).filter(({ actor }) => actor === 'user:flora');
    return records.reduce((sum, { count }) => sum + count, 0) === 1980 && records;
  }, 30_000);
  assert.ok(counted.length <= 3, `${counted.length} records`);
});

test('a user that comes by many connections has one rate', async (t) => {
  const crowd = await Promise.all(Array.from({ length: 4 }, () => connect(t, 'many')));
  const answers = await Promise.all(crowd.flatMap(({ connection }) => Array.from({ length: 15 }, () =>
    connection.invoke('Groups').then(() => 'done', (error) => error.message))));
  assert.equal(answers.filter((each) => each === 'done').length, 30);
  assert.ok(answers.some((each) => /rate_limited: This user makes more calls/.test(each)));
  const green = await connect(t, 'many', 'publisher', 'green');
  assert.equal((await green.connection.invoke('Groups')).length, 2);
});

test('what was granted is audited too where that is asked for', async (t) => {
  const { connection } = await connect(t, 'grace');
  await connection.invoke('Publish', { type: 'order.placed', data: 1 });
  await until('it is audited', async () => (await audited('Publish')).some(({ actor, result }) => actor === 'user:grace' && result === 'granted'), 20_000);
  assert.ok(await metric('Publish', 'done') >= 1);
});

test('a tenant takes away more, at once and for itself alone', async (t) => {
  const petra = await connect(t, 'petra');
  const green = await connect(t, 'petra', 'publisher', 'green');
  await petra.connection.invoke('Publish', { type: 'order.placed', data: 1 });
  const patch = (methods) => agent.api('PUT', '/api/tenants/blue', { json: { config: { 'hub.methods': methods } } });
  assert.equal((await patch({ Publish: { enabled: false }, Broadcast: { roles: ['publisher'] } })).status, 200);
  assert.match(await failure(petra.connection.invoke('Publish', { type: 'order.placed', data: 1 })), /feature_disabled/);
  await green.connection.invoke('Publish', { type: 'order.placed', data: 1 });
  const boss = await connect(t, 'boss', 'tenant-admin');
  assert.ok(!boss.methods.includes('Broadcast'), 'the two leave nobody');
  const shown = (await agent.api('GET', '/api/tenants/blue')).body.config['hub.methods'];
  assert.deepEqual(shown, { Broadcast: { enabled: true, roles: ['publisher'] }, Publish: { enabled: false } });
  assert.match(refused(await patch({ Publsh: {} }), 400, 'invalid_argument').detail, /did you mean Publish/);
  assert.equal((await patch(null)).status, 200);
  await petra.connection.invoke('Publish', { type: 'order.placed', data: 1 });
});

test('calls of one connection run at once, and each gets its own answer', async (t) => {
  const { connection } = await connect(t, 'parallel');
  const answers = await Promise.all(Array.from({ length: 16 }, (_, n) =>
    connection.invoke('Publish', { type: 'order.parallel', id: `p-${n}`, data: n })));
  assert.deepEqual(answers.map(({ id }) => id), Array.from({ length: 16 }, (_, n) => `p-${n}`));
  const stored = (await agent.api('GET', '/api/events?type=order.parallel&limit=100', { key: blue.key })).body.items;
  assert.equal(stored.length, 16);
});

test('an unknown method in the configuration names the nearest one', async (t) => {
  const said = await checkConfig(t, 'hub: {methods: [{name: Brodcast}]}\n');
  assert.equal(said.code, 78);
  assert.match(said.stderr, /is not a method of the hub: 'Brodcast'; did you mean 'Broadcast'\?/);
});
