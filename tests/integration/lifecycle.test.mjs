// Starting, reloading, draining, and each way in which a start can fail with a clear word.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { Agent, binary } from './support/agent.mjs';
import { runToEnd } from './support/command.mjs';
import { checkConfig } from './support/config.mjs';
import { refused, until, within } from './support/expect.mjs';
import { connectHub } from './support/hub.mjs';
import { serve } from './support/upstream.mjs';

async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), 'notify-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A start that is to fail: {code, stdout, stderr}. */
const start = (args, env = {}) => runToEnd(binary('notifyd'), args, { expect: null, env: { ...process.env, ...env } });
const mode = async (path) => ((await stat(path)).mode & 0o777).toString(8);

test('a start says where everything is, and the next command', async (t) => {
  const agent = await Agent.start(t);
  await until('the next command', () => agent.output.includes('Next: '));
  for (const text of [agent.url, agent.socket, agent.dataDir, 'admin.key', 'notifyctl --endpoint unix:']) assert.ok(agent.output.includes(text), text);
  const { body } = await agent.api('GET', '/healthz', { key: null });
  assert.deepEqual(body, { status: 'ok' });
  assert.deepEqual((await agent.api('GET', '/readyz', { key: null })).body, { status: 'ready' });
});

test('the data folder is for its owner only', async (t) => {
  const agent = await Agent.start(t);
  await agent.tenant('blue');
  for (const path of ['', 'tenants', 'tenants/blue']) assert.equal(await mode(join(agent.dataDir, path)), '700', path);
  for (const path of ['platform.db', 'master.key', 'admin.key', 'notifyd.lock', 'VERSION', 'tenants/blue/state.db']) assert.equal(await mode(join(agent.dataDir, path)), '600', path);
});

test('notifyd.addr is there while the agent serves, and gone after', async (t) => {
  const agent = await Agent.start(t);
  const file = join(agent.dataDir, 'notifyd.addr');
  assert.equal(`http://${(await readFile(file, 'utf8')).trim()}`, agent.url);
  assert.equal(await agent.stop(), 0);
  await assert.rejects(stat(file));
});

test('a port in use is named', async (t) => {
  const server = createServer().listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  const address = `127.0.0.1:${server.address().port}`;
  const { code, stderr } = await start(['--data-dir', await folder(t), '--listen', address]);
  assert.equal(code, 1);
  assert.ok(stderr.includes(address) && /in use/.test(stderr) && /--listen/.test(stderr), stderr);
});

test('a data folder of another agent is refused, with its process', async (t) => {
  const agent = await Agent.start(t);
  const { code, stderr } = await start(['--data-dir', agent.dataDir, '--listen', '127.0.0.1:0']);
  assert.equal(code, 1);
  assert.ok(stderr.includes(agent.dataDir) && stderr.includes(String(agent.pid)) && /--data-dir/.test(stderr), stderr);
  assert.equal((await agent.api('GET', '/healthz', { key: null })).status, 200);
});

test('a data folder that cannot be written is named', async (t) => {
  const path = join(await folder(t), 'file');
  await writeFile(path, '');
  const { code, stderr } = await start(['--data-dir', join(path, 'data'), '--listen', '127.0.0.1:0']);
  assert.equal(code, 1);
  assert.ok(stderr.includes(path) && /--data-dir/.test(stderr), stderr);
});

test('a data folder of a newer format is refused', async (t) => {
  const path = await folder(t);
  await writeFile(join(path, 'VERSION'), '99\n');
  const { code, stderr } = await start(['--data-dir', path, '--listen', '127.0.0.1:0']);
  assert.equal(code, 78);
  assert.match(stderr, /99/);
});

test('a wrong master key is refused, and loses nothing', async (t) => {
  const agent = await Agent.start(t);
  await agent.tenant('blue');
  await agent.stop();
  const file = join(agent.dataDir, 'master.key');
  const right = await readFile(file);
  const { code: other } = await start(['--data-dir', join(await folder(t), 'd'), '--listen', 'nowhere']);
  assert.notEqual(other, 0);
  const wrong = await Agent.start(t);
  await wrong.stop();
  await writeFile(file, await readFile(join(wrong.dataDir, 'master.key')));
  const { code, stderr } = await start(['--data-dir', agent.dataDir, '--listen', '127.0.0.1:0']);
  assert.equal(code, 78, stderr);
  assert.match(stderr, /master key/i);
  await writeFile(file, right);
  await agent.launch();
  assert.equal((await agent.json(['tenant', 'list'])).items.length, 1);
});

test('a socket path that is too long is an error that names --socket', async (t) => {
  const path = join(await folder(t), 'x'.repeat(120));
  await mkdir(path);
  const { code, stderr } = await start(['--data-dir', path, '--listen', '127.0.0.1:0']);
  assert.notEqual(code, 0);
  assert.match(stderr, /--socket/);
});

test('a listener that is not loopback needs --insecure', async (t) => {
  const { code, stderr } = await start(['--data-dir', await folder(t), '--listen', '0.0.0.0:0']);
  assert.equal(code, 78);
  assert.match(stderr, /insecure/);
});

test('a typo in the configuration is told with file, line and the nearest key', async (t) => {
  const { code, stderr } = await checkConfig(t, 'http:\n  max_batch: 10\n  max_bodi_bytes: 8MiB\n');
  assert.equal(code, 78);
  assert.match(stderr, /notifyd\.yaml:3/);
  assert.match(stderr, /max_bodi_bytes/);
  assert.match(stderr, /max_body_bytes/);
});

for (const [what, text] of [['a value of the wrong type', 'http: {max_batch: many}\n'], ['broken YAML', 'http: [1\n'], ['a number out of range', 'threads: {storage: 0}\n']]) {
  test(`${what} is exit 78, with the line`, async (t) => {
    const { code, stderr } = await checkConfig(t, text);
    assert.equal(code, 78);
    assert.match(stderr, /notifyd\.yaml:\d/);
  });
}

test('--print-config shows every value with where it comes from', async (t) => {
  const { code, stdout } = await checkConfig(t, 'http: {max_batch: 77}\n', { args: ['--print-config'], env: { NOTIFYD_MULTI_TENANCY__STRATEGY: 'header' } });
  assert.equal(code, 0);
  assert.match(stdout, /max_batch: 77.*notifyd\.yaml:1/);
  assert.match(stdout, /strategy:.*header.*NOTIFYD_MULTI_TENANCY__STRATEGY/);
});

test('SIGHUP reads the configuration again, and an error in it changes nothing', async (t) => {
  const agent = await Agent.start(t, { config: 'log: {level: information}\n' });
  const isLogged = async (id) => {
    await agent.api('GET', '/healthz', { headers: { 'x-correlation-id': id } });
    await agent.api('GET', '/healthz');
    return agent.output.includes(id);
  };
  await writeFile(agent.configFile, 'log: {level: error}\nnonsense: 1\n');
  agent.reload();
  await until('the error is logged', () => /not taken over/.test(agent.output));
  await until('the old level is in force', () => isLogged('still-1'));
  await writeFile(agent.configFile, 'log: {level: error}\n');
  agent.reload();
  let n = 0;
  await until('the new level is in force', async () => !(await isLogged(`quiet-${n += 1}`)));
});

test('SIGTERM tells hub clients to come again, finishes what is in flight and ends with 0', async (t) => {
  const agent = await Agent.start(t);
  const { key } = await agent.tenant('blue');
  const { connection } = await connectHub(t, agent, await agent.token('blue', 'alice'), { retry: Array(100).fill(100) });
  const reconnecting = new Promise((resolve) => { connection.onreconnecting(resolve); });
  const reconnected = new Promise((resolve) => { connection.onreconnected(resolve); });
  const sent = Array.from({ length: 50 }, (_, i) => agent.api('POST', '/api/events/publish', { key, json: { type: 'a.b', id: `in-flight-${i}` } }).then((answer) => answer.status === 202, () => false));
  const code = agent.stop();
  await within('told to come again', reconnecting);
  assert.equal(await code, 0);
  const acknowledged = (await Promise.all(sent)).filter(Boolean).length;
  await agent.launch();
  await within('it came again', reconnected);
  const { body } = await agent.api('GET', '/api/events?type=a.b&limit=1000', { key });
  assert.ok(body.items.length >= acknowledged);
});

test('a drain over the API ends the agent too', async (t) => {
  const agent = await Agent.start(t);
  await agent.notifyctl(['agent', 'drain', '--yes']);
  assert.equal(await agent.end(), 0);
});

/** An agent with a request in flight, which ends when `release` is called: {agent, answer, release}. */
async function agentWithRequestInFlight(t) {
  let release;
  const released = new Promise((resolve) => { release = resolve; });
  const upstream = await serve(t, async (_, response) => { await released; response.end('{}'); });
  const agent = await Agent.start(t, { config: `gateway: {routes: [{path: /slow, upstream: "${upstream.url}", emit: {type: a.b}}]}\n` });
  const { key } = await agent.tenant('blue');
  const answer = agent.api('POST', '/slow', { key, json: {} }).then(({ status }) => status, () => 'cut');
  await until('it is upstream', () => upstream.requests.length);
  return { agent, answer, release };
}
const draining = (agent) => until('it drains', () => agent.output.includes('"Draining"'));

test('a SIGTERM beside a drain over the API is the same wish: what is in flight is finished', async (t) => {
  const { agent, answer, release } = await agentWithRequestInFlight(t);
  await agent.notifyctl(['agent', 'drain', '--yes']);
  await draining(agent);
  const code = agent.stop();
  release();
  assert.equal(await answer, 200);
  assert.equal(await code, 0);
});

test('a second SIGTERM ends a drain at once, a SIGHUP does not', async (t) => {
  const { agent, answer, release } = await agentWithRequestInFlight(t);
  const code = agent.stop();
  await draining(agent);
  agent.reload();
  agent.stop();
  assert.equal(await code, 1);
  assert.match(agent.output, /Second signal/);
  assert.equal(await answer, 'cut');
  release();
});

test('logs are JSON with the fields and level names of the sources', async (t) => {
  const agent = await Agent.start(t);
  const { key } = await agent.tenant('blue');
  await agent.api('GET', '/api/events', { key, headers: { 'x-correlation-id': 'log-1' } });
  const line = await until('the line is there', () => agent.output.split('\n').find((each) => each.includes('log-1')));
  const { timestamp, level, messageTemplate, properties } = JSON.parse(line);
  assert.ok(Date.parse(timestamp) && messageTemplate.includes('{Route}'));
  assert.deepEqual([level, properties.TenantId, properties.CorrelationId, properties.Status], ['Information', 'blue', 'log-1', 200]);
});

/** What --dev prints to copy, once it is there. */
const bannerOf = (agent) => until('the banner', () => /\/dev#token=.*\n/.test(agent.output) && agent.output);

// --dev -----------------------------------------------------------------------------------------------

test('the three lines of --dev work when they are copied', async (t) => {
  const agent = await Agent.start(t, { args: ['--dev'] });
  const env = { ...process.env, PATH: `${process.env.NOTIFY_BIN_DIR}:${process.env.PATH}`, HOME: agent.folder };
  const text = await bannerOf(agent);
  const [curl] = text.match(/curl (?:.*\\\n)*.*/);
  const published = await runToEnd('bash', ['-c', curl], { env });
  assert.equal(JSON.parse(published.stdout).duplicate, false);
  const tail = text.split('\n').find((line) => line.includes('event tail')).trim();
  const { stdout } = await runToEnd('bash', ['-c', `${tail} --after 0 --type rate.updated --limit 1 -o json`], { env });
  assert.equal(JSON.parse(stdout).data.quote, 'GBP');
  const [page] = text.match(/http:\S+\/dev#token=\S+/);
  const html = await (await fetch(page)).text();
  assert.match(html, /signalr/i);
});

test('the page of --dev has the stock client, and its token connects', async (t) => {
  const agent = await Agent.start(t, { args: ['--dev'] });
  const [, token] = (await bannerOf(agent)).match(/\/dev#token=([^&\s]+)/);
  const { received } = await connectHub(t, agent, token);
  assert.equal((await received.until('connected'))[0].tenant, 'default');
  const html = await (await fetch(`${agent.url}/dev`)).text();
  const [, script] = html.match(/<script[^>]* src="([^"]+)"/);
  assert.match(await (await fetch(new URL(script, `${agent.url}/dev`))).text(), /HubConnectionBuilder/);
});

test('without --dev there is no page', async (t) => {
  const agent = await Agent.start(t);
  assert.equal((await fetch(`${agent.url}/dev`)).status, 404);
});
