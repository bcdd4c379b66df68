// `notifyctl hub` as a client: of the agent, and of a server that is not ours.

import assert from 'node:assert/strict';
import { createServer, connect } from 'node:net';
import { once } from 'node:events';
import { after, test } from 'node:test';

import { Agent, binary } from './support/agent.mjs';
import { Command, runToEnd } from './support/command.mjs';
import { until } from './support/expect.mjs';
import { SignalRServer } from './support/signalr_server.mjs';

const agent = await Agent.start({ after });
const blue = await agent.tenant('blue');

const publish = (event) => agent.api('POST', '/api/events/publish', { key: blue.key, json: event });
const notifyctl = (args, options) => runToEnd(binary('notifyctl'), args, { env: { ...process.env, HOME: agent.folder }, ...options });
const follow = (t, args, options) => {
  const command = new Command(binary('notifyctl'), args, { env: { ...process.env, HOME: agent.folder }, ...options });
  t.after(() => command.end());
  return command;
};
const json = (lines) => lines.map((line) => JSON.parse(line));

// The agent

test('hub connect prints what a client of the agent gets, one call a line', async (t) => {
  const command = agent.follow(t, ['hub', 'connect', '--tenant', 'blue', '--subscribe', 'order.*', '--count', '2', '-o', 'ndjson']);
  await command.until(({ stderr }) => stderr.includes('subscribed to order.*'));
  const { body } = await publish({ type: 'order.paid', data: { amount: 1 } });
  assert.equal(await command.closed, 0);
  const [welcome, event] = json(command.lines);
  assert.deepEqual([welcome.method, welcome.arguments[0].tenant], ['connected', 'blue']);
  assert.deepEqual([event.method, event.arguments[0].id, event.arguments[0].data], ['order.paid', body.id, { amount: 1 }]);
  assert.match(command.stderr, /^connected \(WebSockets, json\)\n/);
});

test('hub invoke prints the result, and a refusal is the exit code of its error', async () => {
  const groups = await agent.json(['hub', 'invoke', 'Groups', '--tenant', 'blue']);
  assert.deepEqual(groups, ['tenant::blue']);
  const refused = await agent.notifyctl(['hub', 'invoke', 'JoinTenantGroup', '"green"', '--tenant', 'blue'], { expect: 4 });
  assert.match(refused.stderr, /own tenant/);
  await agent.notifyctl(['hub', 'invoke', 'JoinTenantGroup', 'green', '--tenant', 'blue'], { expect: 2 });
});

for (const how of [['websockets', 'json'], ['websockets', 'messagepack'], ['sse', 'json'], ['auto', 'messagepack']]) {
  test(`the agent by ${how.join(' and ')}: calls, a stream, an upload`, async () => {
    const run = async (verb, args, options) => (await agent.notifyctl(
      ['hub', verb, ...args, '--tenant', 'blue', '--transport', how[0], '--protocol', how[1], '-o', 'ndjson'], options)).stdout;
    assert.equal(await run('invoke', ['Groups']), '["tenant::blue"]\n');
    const welcome = JSON.parse(await run('connect', ['--count', '1']));
    assert.deepEqual([welcome.method, welcome.arguments[0].tenant], ['connected', 'blue']);
    const type = `up.${how.join('.')}`;
    const stdin = [1.5, 'grün', null].map((data) => JSON.stringify({ type, data })).join('\n');
    const stored = JSON.parse(await run('invoke', ['PublishStream', '--upload', '-'], { stdin }));
    assert.equal(stored.accepted, 3, JSON.stringify(stored));
    const { items } = await agent.json(['event', 'list', '--tenant', 'blue', '--type', type]);
    assert.deepEqual(items.map(({ data }) => data), [1.5, 'grün', null]);
  });
}

test('hub stream prints one item a line, and an interrupt ends it', async (t) => {
  const command = agent.follow(t, ['hub', 'stream', 'StreamEvents', '{"types":["order.*"],"from":"0"}', '--tenant', 'blue', '-o', 'ndjson']);
  await publish({ type: 'order.sent', data: 7 });
  const event = await command.until(({ lines }) => json(lines).find(({ type }) => type === 'order.sent'));
  assert.equal(event.data, 7);
  assert.equal(await command.end('SIGINT'), 130);
});

test('a lost connection is made again, and subscribed again', async (t) => {
  const proxy = await Proxy.start(t, agent);
  const command = follow(t, ['hub', 'connect', '--endpoint', proxy.url, '--token', blue.key, '--subscribe', 'shop.*', '-o', 'ndjson']);
  await command.until(({ stderr }) => stderr.includes('subscribed'));
  proxy.cut();
  await command.until(({ stderr }) => /reconnecting: [^]*\nreconnected [^]*\nsubscribed/.test(stderr));
  await publish({ type: 'shop.opened' });
  await command.until(({ lines }) => json(lines).some(({ method }) => method === 'shop.opened'));
});

test('with stateful reconnect nothing is lost or repeated over a cut, and nobody notices', async (t) => {
  for (const protocol of ['json', 'messagepack']) {
    const proxy = await Proxy.start(t, agent);
    const command = follow(t, ['hub', 'connect', '--endpoint', proxy.url, '--token', blue.key, '--stateful',
      '--protocol', protocol, '--subscribe', 'n.*', '-o', 'ndjson']);
    await command.until(({ stderr }) => stderr.includes('subscribed'));
    assert.match(command.stderr, /stateful/);
    for (let i = 0; i < 60; i += 1) {
      await publish({ type: 'n.next', data: i });
      if (i % 20 === 10) proxy.cut();
    }
    const numbers = () => json(command.lines).filter(({ method }) => method === 'n.next').map((call) => call.arguments[0].data);
    await command.until(() => numbers().length >= 60);
    assert.deepEqual(numbers(), Array.from({ length: 60 }, (_, i) => i));
    assert.doesNotMatch(command.stderr, /reconnect/);
    assert.ok(proxy.accepted >= 5, `${proxy.accepted} connections`);
    await command.end();
  }
});

test('hub bench and bench fanout are one program, and every delivery is checked', async () => {
  const args = ['--tenant', 'blue', '--connections', '50', '--publish', '0', '--count', '40', '--burst', '10'];
  for (const name of [['hub', 'bench'], ['bench', 'fanout']]) {
    const report = await agent.json([...name, ...args]);
    assert.deepEqual([report.operation, report.count, report.errors, report.joined], ['fanout', 2000, 0, 50]);
    assert.ok(report.joinSeconds > 0 && report.p50Ms > 0 && report.p999Ms >= report.p99Ms && report.agentRssBytes > 0);
  }
});

test('hub bench ends with 1 where connections break', async (t) => {
  const proxy = await Proxy.start(t, agent);
  const command = follow(t, ['hub', 'bench', '--endpoint', proxy.url, '--token', blue.key, '--connections', '20', '--publish', '50', '--seconds', '2', '-o', 'json']);
  await proxy.until(() => proxy.accepted === 21);
  proxy.cutFirst();
  assert.equal(await command.closed, 1);
  const report = JSON.parse(command.lines.join('\n'));
  assert.deepEqual([report.disconnected, report.joined], [1, 20]);
  assert.ok(report.missing > 0);
});

// A server that is not ours

for (const [transport, protocol] of [['websockets', 'json'], ['websockets', 'messagepack'], ['sse', 'json']]) {
  const how = ['--transport', transport, '--protocol', protocol];
  test(`another server, ${transport} and ${protocol}: calls and streams in both directions`, async (t) => {
    const server = await SignalRServer.start(t);
    const invoke = async (...args) => (await notifyctl(['hub', 'invoke', ...args, '--url', server.url, ...how, '-o', 'ndjson'])).stdout;
    const value = '{"a":[1,-2,3.5,null,true],"text":"grün 🙂","large":4294967296}';
    assert.equal(await invoke('Echo', value), `${value}\n`);
    assert.equal(await invoke('Void'), 'null\n');
    const failed = await notifyctl(['hub', 'invoke', 'Fail', '--url', server.url, ...how], { expect: 1 });
    assert.match(failed.stderr, /An unexpected error occurred invoking 'Fail' on the server\./);
    const streamed = await notifyctl(['hub', 'stream', 'Count', '3', '--url', server.url, ...how]);
    assert.equal(streamed.stdout, '1\n2\n3\n');
    const sum = await notifyctl(['hub', 'invoke', 'Sum', '--upload', '-', '--url', server.url, ...how], { stdin: '1\n2\n39\n' });
    assert.equal(sum.stdout, '42\n');
  });

  test(`another server, ${transport} and ${protocol}: an interrupt cancels a stream and waits for its end`, async (t) => {
    const server = await SignalRServer.start(t);
    const command = follow(t, ['hub', 'stream', 'Forever', '--url', server.url, ...how]);
    await command.atLeast(5);
    assert.equal(await command.end('SIGINT'), 130);
    const types = server.connections[0].messages.map(({ type }) => type);
    assert.deepEqual(types.slice(0, 2), [4, 5]);
  });

  test(`another server, ${transport} and ${protocol}: a wanted result is answered, or refused in the stock client's words`, async (t) => {
    const answers = [];
    const server = await SignalRServer.start(t, {
      connected: async (connection) => answers.push(await connection.ask('GetName', 1), await connection.ask('GetAge')),
    });
    const args = ['hub', 'connect', server.url, ...how, '--answer', 'GetName={"name":"bob"}', '-o', 'ndjson'];
    const command = follow(t, args);
    assert.deepEqual(json(await command.atLeast(2)), [
      { method: 'GetName', arguments: [1] }, { method: 'GetAge', arguments: [] }]);
    await until('both answers', () => answers.length === 2);
    assert.deepEqual(answers[0].result, { name: 'bob' });
    assert.equal(answers[1].error, "Client didn't provide a result.");
  });

  test(`another server, ${transport} and ${protocol}: a lost connection is made again; Close says whether it may be`, async (t) => {
    let round = 0;
    const server = await SignalRServer.start(t, {
      connected: (connection) => {
        round += 1;
        connection.send({ type: 1, target: 'round', arguments: [round] });
        if (round === 1) connection.ask('ready').then(() => connection.end());
        if (round === 2) connection.send({ type: 7, error: 'moving', allowReconnect: true });
        if (round === 3) connection.send({ type: 7, error: 'gone for good' });
      },
    });
    const command = follow(t, ['hub', 'connect', server.url, ...how]);
    assert.equal(await command.closed, 7);
    assert.equal(round, 3);
    assert.match(command.stderr, /moving[^]*gone for good/);
  });
}

test('the negotiation is followed to where it leads, with the token that it gives', async (t) => {
  const second = await SignalRServer.start(t);
  const first = await SignalRServer.start(t, { redirects: [{ url: `${second.url}?room=1`, accessToken: 'other' }] });
  await notifyctl(['hub', 'invoke', 'Void', '--url', first.url, '--token', 'mine']);
  assert.equal(first.requests[0].headers.authorization, 'Bearer mine');
  assert.deepEqual(second.requests.map(({ headers }) => headers.authorization), ['Bearer other', 'Bearer other']);
  assert.ok(second.requests.every(({ url }) => url.includes('room=1')));
});

test('an error of the negotiation is shown, and the credential of the agent is sent nowhere else', async (t) => {
  const server = await SignalRServer.start(t, { error: 'The server is full.' });
  const env = { ...process.env, HOME: agent.folder, NOTIFYCTL_TOKEN: 'nk_secret' };
  const refused = await notifyctl(['hub', 'connect', server.url], { expect: 7, env });
  assert.match(refused.stderr, /The server is full\./);
  assert.equal(server.requests[0].headers.authorization, undefined);
});

test('without a negotiation a WebSocket is opened at once', async (t) => {
  const server = await SignalRServer.start(t);
  const { stdout } = await notifyctl(['hub', 'invoke', 'Echo', '"x"', '--url', server.url, '--skip-negotiation']);
  assert.equal(stdout, 'x\n');
  assert.deepEqual(server.requests.map(({ method, url }) => [method, url]), [['UPGRADE', '/chat']]);
});

test('what a server does not offer is not tried', async (t) => {
  const server = await SignalRServer.start(t, { transports: [{ transport: 'ServerSentEvents', transferFormats: ['Text'] }] });
  assert.equal((await notifyctl(['hub', 'invoke', 'Echo', '1', '--url', server.url])).stdout, '1\n');
  const refused = await notifyctl(['hub', 'invoke', 'Echo', '1', '--url', server.url, '--protocol', 'messagepack'], { expect: 7 });
  assert.match(refused.stderr, /offers ServerSentEvents/);
});

/** A way to the agent that can be cut. */
class Proxy {
  static async start(t, to) {
    const proxy = new Proxy();
    const [host, port] = to.url.slice('http://'.length).split(':');
    proxy.server = createServer((client) => {
      const upstream = connect(Number(port), host);
      proxy.accepted += 1;
      proxy.pairs.push([client, upstream]);
      client.pipe(upstream).pipe(client);
      for (const socket of [client, upstream]) socket.on('error', () => {});
      client.on('close', () => upstream.destroy());
      upstream.on('close', () => client.destroy());
      proxy.changed();
    });
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    proxy.url = `http://127.0.0.1:${proxy.server.address().port}`;
    t.after(() => { proxy.cut(); proxy.server.close(); });
    return proxy;
  }

  pairs = [];
  accepted = 0;
  changed = () => {};

  until(predicate) {
    return new Promise((resolve) => {
      this.changed = () => { if (predicate()) resolve(); };
      this.changed();
    });
  }

  cutFirst() { for (const socket of this.pairs[0]) socket.destroy(); }
  cut() { for (const socket of this.pairs.splice(0).flat()) socket.destroy(); }
}
