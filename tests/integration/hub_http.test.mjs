// The hub's HTTP side, request by request: negotiation, long polls, event streams, POST and DELETE, who may
// touch whose connection, and pages of other origins.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { Agent as Connections, request } from 'node:http';
import { after, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import { Agent } from './support/agent.mjs';
import { refused, until, within } from './support/expect.mjs';
import { HUB, HubHttp, messagesOf } from './support/hub_http.mjs';
import { HANDSHAKE, RawHub, groups } from './support/raw_hub.mjs';
import { CLOSE, RS, TEXT, frame, upgrade } from './support/websocket.mjs';

const ORIGIN = 'https://shop.example';
const agent = await Agent.start({ after }, { config: `
hub: {poll_timeout: 1s, keep_alive: 2s, max_message_bytes: 32KiB}
http: {cors: {allowed_origins: ['${ORIGIN}']}}
` });
const blue = await agent.tenant('blue');
await agent.tenant('green');
const alice = new HubHttp(agent, await agent.token('blue', 'alice'));
const bob = new HubHttp(agent, await agent.token('blue', 'bob'));
const gina = new HubHttp(agent, await agent.token('green', 'alice'));
const nobody = new HubHttp(agent, null);

const UNKNOWN = '?id=AAAAAAAAAAAAAAAAAAAAAA';
const FOREIGN = { Origin: 'https://evil.example' };
const publish = async (event) => {
  const { status, text } = await agent.api('POST', '/api/events/publish', { key: blue.key, json: event });
  assert.equal(status, 202, text);
};
/** The answer is this text for people. */
const plain = ({ status, headers, text }, wantedStatus, wantedText) => {
  assert.deepEqual([status, text], [wantedStatus, wantedText]);
  assert.match(headers.get('content-type') ?? '', /^text\/plain/);
};
const uncached = ({ headers }) => assert.deepEqual(
  ['cache-control', 'pragma', 'expires'].map((name) => headers.get(name)),
  ['no-cache, no-store', 'no-cache', 'Thu, 01 Jan 1970 00:00:00 GMT']);
const call = (id, target = 'Groups', ...args) => JSON.stringify({ type: 1, invocationId: id, target, arguments: args }) + RS;
const webSocket = (t, on, query, options) => upgrade(t, on.agent, { token: on.token, path: HUB + query, ...options });

describe('negotiate', () => {
  test('version 1 gives a public and a secret id, and the transports in their order', async () => {
    const { status, headers, body, text } = await alice.negotiate();
    assert.deepEqual([status, headers.get('content-type'), headers.get('content-length')], [200, 'application/json', String(Buffer.byteLength(text))]);
    const { connectionId, connectionToken, ...rest } = body;
    assert.deepEqual(rest, {
      negotiateVersion: 1,
      availableTransports: [
        { transport: 'WebSockets', transferFormats: ['Text', 'Binary'] },
        { transport: 'ServerSentEvents', transferFormats: ['Text'] },
        { transport: 'LongPolling', transferFormats: ['Text', 'Binary'] },
      ],
    });
    assert.match(connectionId, /^[\w-]{22}$/);
    assert.match(connectionToken, /^[\w-]{22,}$/);
    assert.ok(!connectionToken.includes(connectionId));
  });
  test('no two connections share an id', async () => {
    const all = (await Promise.all(Array.from({ length: 50 }, () => alice.negotiate()))).map(({ body }) => body);
    assert.equal(new Set(all.flatMap((body) => [body.connectionId, body.connectionToken])).size, 100);
  });
  test('version 0 gives one id, which is the one to connect with', async () => {
    const { body } = await alice.negotiate('');
    assert.deepEqual(Object.keys(body).toSorted(), ['availableTransports', 'connectionId', 'negotiateVersion']);
    assert.equal(body.negotiateVersion, 0);
    assert.equal((await alice.get(`?id=${body.connectionId}`)).status, 200);
  });
  test('a version that is not there yet is answered with the last', async () => {
    for (const version of ['2', '99']) assert.equal((await alice.negotiate(`?negotiateVersion=${version}`)).body.negotiateVersion, 1);
  });
  for (const version of ['x', '1.5', '', '99999999999999999999']) {
    test(`the version '${version}' is no integer, and the answer says so and nothing else`, async () => {
      const { status, body } = await alice.negotiate(`?negotiateVersion=${version}`);
      assert.deepEqual([status, body], [200, { error: 'The client requested a non-integer protocol version.' }]);
    });
  }
  test('a version below the first is not supported', async () => {
    const { status, body } = await alice.negotiate('?negotiateVersion=-1');
    assert.deepEqual([status, body], [200, { error: "The client requested version '-1', but the server does not support this version." }]);
  });
  test('stateful reconnect is offered to who asks, and only then', async () => {
    assert.equal((await alice.negotiate('?negotiateVersion=1&useStatefulReconnect=true')).body.useStatefulReconnect, true);
    assert.equal((await alice.negotiate('?negotiateVersion=1&useStatefulReconnect=false')).body.useStatefulReconnect, undefined);
  });
  test('names in the query are of any case, and others do not matter', async () => {
    const { body } = await alice.negotiate('?NegotiateVersion=1&colour=red&USESTATEFULRECONNECT=true');
    assert.deepEqual([body.negotiateVersion, body.useStatefulReconnect], [1, true]);
    assert.equal((await alice.get(`?colour=red&ID=${body.connectionToken}&_=1`)).status, 200);
  });
  test('a slash at the end breaks nothing', async () => {
    const { status, body } = await alice.request('POST', '/negotiate/?negotiateVersion=1');
    assert.equal(status, 200);
    assert.equal((await alice.request('GET', `/?id=${body.connectionToken}`)).status, 200);
  });
  test('the path may name the tenant of the token, and no other', async () => {
    assert.equal((await alice.negotiate(undefined, { path: `/t/blue${HUB}` })).status, 200);
    refused(await alice.negotiate(undefined, { path: `/t/green${HUB}` }), 403, 'tenant_mismatch');
  });
  test('without a credential, or with a wrong one, it is 401', async () => {
    refused(await nobody.negotiate(), 401, 'unauthenticated');
    refused(await new HubHttp(agent, 'eyJhbGciOiJIUzI1NiJ9.e30.AAAA').negotiate(), 401, 'token_invalid');
  });
  test('it takes POST only', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) assert.equal((await alice.request(method, '/negotiate?negotiateVersion=1')).status, 405, method);
  });
  test('what newer clients ask for is not there', async () => {
    assert.equal((await alice.request('POST', `/refresh${UNKNOWN}`)).status, 404);
  });
  test('10,000 of them leave nothing behind', async () => {
    const resident = async () => Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${agent.pid}/status`, 'utf8'))[1]) / 1024;
    const connections = new Connections({ keepAlive: true, maxSockets: 8 });
    const ask = () => new Promise((resolve, reject) => {
      const asked = request(`${agent.url}${HUB}/negotiate?negotiateVersion=1`, { method: 'POST', agent: connections, headers: { authorization: `Bearer ${alice.token}` } },
        (response) => response.resume().on('end', () => resolve(response.statusCode)));
      asked.on('error', reject).end();
    });
    const flood = async (count) => {
      const statuses = await Promise.all(Array.from({ length: count }, ask));
      assert.ok(statuses.every((status) => status === 200));
    };
    await flood(2000);
    const before = await resident();
    for (let n = 0; n < 5; ++n) await flood(2000);
    connections.destroy();
    const grown = (await resident()) - before;
    assert.ok(grown < 4, `${grown} MiB`);
  });
});

describe('long polling', () => {
  test('the first poll comes back at once and empty', async () => {
    const first = await alice.get(await alice.id());
    assert.deepEqual([first.status, first.text, first.headers.get('content-length')], [200, '', '0']);
    uncached(first);
  });
  test('a poll brings whole hub messages, and is never cached', async () => {
    const id = await alice.polling();
    await alice.post(id, call('1') + call('2'));
    const answer = await alice.get(id);
    assert.deepEqual([answer.status, answer.headers.get('content-type'), answer.headers.get('content-length')], [200, 'application/octet-stream', String(Buffer.byteLength(answer.text))]);
    uncached(answer);
    assert.deepEqual(messagesOf(answer.text).map((each) => each.invocationId), ['1', '2']);
  });
  test('a poll waits for a message', async () => {
    const id = await alice.polling();
    const poll = alice.get(id);
    await wait(200);
    await publish({ type: 'rate.updated', data: 'for the poll' });
    assert.equal(messagesOf((await poll).text)[0].arguments[0].data, 'for the poll');
  });
  test('a poll that gets nothing comes back empty when its time is over, and the connection goes on', async () => {
    const id = await alice.polling();
    const begun = Date.now();
    const empty = await alice.get(id);
    const took = Date.now() - begun;
    assert.deepEqual([empty.status, empty.text], [200, '']);
    uncached(empty);
    assert.ok(took >= 950 && took < 3000, `${took} ms`);
    await alice.post(id, call('1'));
    assert.equal((await alice.polled(id))[0].invocationId, '1');
  });
  test('a newer poll ends the one that waits with 204, which takes nothing of what follows', async () => {
    const id = await alice.polling();
    const older = alice.get(id);
    await wait(100);
    const newer = alice.get(id);
    const superseded = await older;
    assert.deepEqual([superseded.status, superseded.text], [204, '']);
    uncached(superseded);
    await alice.post(id, call('1'));
    assert.equal(messagesOf((await newer).text)[0].invocationId, '1');
  });
  test('DELETE is 202, ends the waiting poll with 204, and the id is no more', async () => {
    const id = await alice.polling();
    const poll = alice.get(id);
    await wait(100);
    plain(await alice.delete(id), 202, '');
    assert.equal((await poll).status, 204);
    plain(await alice.get(id), 404, 'No Connection with that ID');
    plain(await alice.post(id, call('1')), 404, 'No Connection with that ID');
    plain(await alice.delete(id), 404, 'No Connection with that ID');
  });
  test('DELETE between two polls ends it as well', async () => {
    const id = await alice.polling();
    assert.equal((await alice.delete(id)).status, 202);
    assert.equal((await alice.get(id)).status, 404);
  });
  test('what the hub said at its end still comes, then 204, then 404', async () => {
    const id = await alice.polling();
    await alice.post(id, `no json${RS}`);
    assert.deepEqual(await alice.polled(id), [{ type: 7, error: 'Connection closed with an error.' }]);
    assert.equal((await alice.get(id)).status, 204);
    assert.equal((await alice.get(id)).status, 404);
  });
  test('a Close of the client ends it', async () => {
    const id = await alice.polling();
    await alice.post(id, `{"type":7}${RS}`);
    assert.equal((await alice.get(id)).status, 204);
    assert.equal((await alice.get(id)).status, 404);
  });
  test('nobody is pinged', async () => {
    const id = await alice.polling();
    for (let n = 0; n < 3; ++n) assert.deepEqual([(await alice.get(id)).text], ['']);
  });
  test('what a poll brings that nobody waits for any more ends the connection, rather than be lost', async () => {
    const id = await alice.polling();
    const control = new AbortController();
    const gone = fetch(`${agent.url}${HUB}${id}`, { headers: { authorization: `Bearer ${alice.token}` }, signal: control.signal }).catch(() => {});
    await wait(100);
    control.abort();
    await gone;
    await alice.post(id, call('1'));
    await until('the client learns it', async () => (await alice.get(id)).status === 404);
  });
});

describe('server-sent events', () => {
  test('the stream opens with a comment, is never cached and never buffered', async (t) => {
    const stream = await alice.stream(t, await alice.id());
    assert.equal(stream.status, 200);
    assert.deepEqual(['content-type', 'cache-control', 'pragma', 'content-encoding', 'x-accel-buffering', 'content-length'].map((name) => stream.headers.get(name)),
      ['text/event-stream', 'no-cache,no-store', 'no-cache', 'identity', 'no', null]);
    assert.equal(await stream.comment(), ':\r\n');
  });
  test('each hub message is one block with one line of data', async (t) => {
    const { id, stream } = await alice.streaming(t);
    await publish({ type: 'rate.updated', data: 'a\r\nb\nc\u001e' });
    assert.equal((await stream.message()).arguments[0].data, 'a\r\nb\nc\u001e');
    await alice.post(id, call('1'));
    assert.equal((await stream.message()).invocationId, '1');
  });
  test('pings come as events', async (t) => {
    const { stream } = await alice.streaming(t);
    assert.deepEqual(await stream.message(), { type: 6 });
  });
  test('a second stream of a connection is 409', async (t) => {
    const { id } = await alice.streaming(t);
    plain(await alice.get(id, { headers: { accept: 'text/event-stream' } }), 409, 'Cannot start another request on an active connection.');
  });
  test('it needs an id that is known', async () => {
    const headers = { accept: 'text/event-stream' };
    plain(await alice.get('', { headers }), 400, 'Connection ID required');
    plain(await alice.get('?id=', { headers }), 400, 'Connection ID required');
    plain(await alice.get(UNKNOWN, { headers }), 404, 'No Connection with that ID');
  });
  test('a binary protocol is refused by the handshake', async (t) => {
    const id = await alice.id();
    const stream = await alice.stream(t, id);
    await alice.post(id, `{"protocol":"messagepack","version":1}${RS}`);
    assert.deepEqual(await stream.message(), {
      error: "Cannot use the 'messagepack' protocol on the current transport. The transport does not support 'Binary' transfer format.",
    });
    await stream.end();
  });
  test('DELETE is not for it', async (t) => {
    const { id } = await alice.streaming(t);
    plain(await alice.delete(id), 400, 'Cannot terminate this connection using the DELETE endpoint.');
  });
  test('who drops the stream ends the connection', async (t) => {
    const { id, stream } = await alice.streaming(t);
    stream.close();
    await until('the id is no more', async () => (await alice.post(id, call('1'))).status === 404);
    plain(await alice.get(id, { headers: { accept: 'text/event-stream' } }), 404, 'No Connection with that ID');
  });
  test('Accept decides, also where the request could be a WebSocket', async (t) => {
    const headers = { Upgrade: 'websocket', Connection: 'Upgrade', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==' };
    const stream = await alice.stream(t, await alice.id(), { headers });
    assert.deepEqual([stream.status, stream.headers.get('content-type')], [200, 'text/event-stream']);
  });
});

describe('POST', () => {
  test('its answer is 200, empty and text', async () => plain(await alice.post(await alice.polling(), call('1')), 200, ''));
  test('a hub message may be spread over several, and one may hold several', async () => {
    const id = await alice.polling();
    const text = call('one') + call('two');
    await alice.post(id, text.slice(0, 10));
    await alice.post(id, text.slice(10));
    assert.deepEqual((await alice.polled(id)).map((each) => each.invocationId), ['one', 'two']);
  });
  test('an empty one is nothing, and its type does not matter', async () => {
    const id = await alice.polling();
    assert.equal((await alice.post(id, '')).status, 200);
    for (const type of ['text/plain;charset=UTF-8', 'application/octet-stream', 'application/json', 'x/y']) {
      assert.equal((await alice.post(id, call(type), { headers: { 'content-type': type } })).status, 200);
      assert.equal((await alice.polled(id))[0].invocationId, type);
    }
  });
  test('many at once are all handled, each once', async () => {
    const id = await alice.polling();
    const sent = Array.from({ length: 50 }, (_, n) => `c${n}`);
    const answers = await Promise.all(sent.map((each) => alice.post(id, call(each))));
    assert.ok(answers.every(({ status }) => status === 200));
    const seen = [];
    while (seen.length < sent.length) seen.push(...(await alice.polled(id)).map((each) => each.invocationId));
    assert.deepEqual(seen.toSorted(), sent.toSorted());
  });
  test('it needs an id that is known', async () => {
    plain(await alice.post('', call('1')), 400, 'Connection ID required');
    plain(await alice.post(UNKNOWN, call('1')), 404, 'No Connection with that ID');
  });
  test('a WebSocket takes none', async (t) => {
    const id = await alice.id();
    await webSocket(t, alice, id);
    plain(await alice.post(id, call('1')), 405, 'POST requests are not allowed for WebSocket connections.');
  });
  test('a hub message above the limit ends the connection, and a body beyond all is refused', async () => {
    const id = await alice.polling();
    assert.equal((await alice.post(id, call('1', 'Groups', 'x'.repeat(40 << 10)))).status, 200);
    assert.deepEqual(await alice.polled(id), [{ type: 7, error: 'Connection closed with an error.' }]);
    const next = await alice.polling();
    refused(await alice.post(next, 'x'.repeat(2 << 20)), 413, 'body_too_large');
  });
  for (const [what, sent, error] of [
    ['an unknown protocol', `{"protocol":"smoke","version":1}${RS}`, "The protocol 'smoke' is not supported."],
    ['an unknown version', `{"protocol":"json","version":9}${RS}`, "The server does not support version 9 of the 'json' protocol."],
    ['no handshake', `hello${RS}`, 'An unexpected error occurred during connection handshake.'],
  ]) {
    test(`${what} is refused in the words of the reference, and the connection ends`, async () => {
      const id = await alice.id();
      await alice.get(id);
      await alice.post(id, sent);
      assert.deepEqual(await alice.polled(id), [{ error }]);
      assert.equal((await alice.get(id)).status, 204);
    });
  }
});

describe('one connection, one transport', () => {
  const accept = { headers: { accept: 'text/event-stream' } };
  test('a long-polling one takes no other', async (t) => {
    const id = await alice.polling();
    plain(await alice.get(id, accept), 400, 'Cannot change transports mid-connection');
    assert.equal((await webSocket(t, alice, id)).status, 400);
    await alice.post(id, call('1'));
    assert.equal((await alice.polled(id))[0].invocationId, '1');
  });
  test('an event stream takes no other', async (t) => {
    const { id } = await alice.streaming(t);
    plain(await alice.get(id), 400, 'Cannot change transports mid-connection');
    assert.equal((await webSocket(t, alice, id)).status, 400);
  });
  test('a WebSocket takes no other, and no second one', async (t) => {
    const id = await alice.id();
    await webSocket(t, alice, id);
    plain(await alice.get(id), 400, 'Cannot change transports mid-connection');
    plain(await alice.get(id, accept), 400, 'Cannot change transports mid-connection');
    const second = await webSocket(t, alice, id);
    assert.deepEqual([second.status, second.body], [409, 'Cannot start another request on an active connection.']);
    plain(await alice.delete(id), 400, 'Cannot terminate this connection using the DELETE endpoint.');
  });
  test('an unknown id is 404 for each of them, and none is 400', async (t) => {
    plain(await alice.get(UNKNOWN), 404, 'No Connection with that ID');
    plain(await alice.get(''), 400, 'Connection ID required');
    plain(await alice.delete(UNKNOWN), 404, 'No Connection with that ID');
    plain(await alice.delete(''), 400, 'Connection ID required');
    assert.equal((await webSocket(t, alice, UNKNOWN)).status, 404);
  });
  test('other methods are 405', async () => {
    for (const method of ['PUT', 'PATCH', 'HEAD']) {
      const { status, headers } = await alice.request(method, await alice.id());
      assert.deepEqual([status, headers.get('content-type')], [405, 'text/plain'], method);
    }
  });
  test('an id that was used is not used again', async (t) => {
    const id = await alice.id();
    const { socket } = await webSocket(t, alice, id);
    await socket.send(frame(TEXT, HANDSHAKE));
    await socket.close();
    await until('it is no more', async () => (await webSocket(t, alice, id)).status === 404);
  });
});

describe('whose connection it is', () => {
  for (const [who, other] of [['another user', bob], ["another tenant's user of the same name", gina]]) {
    test(`${who} finds nothing at an id`, async (t) => {
      const id = await alice.polling();
      for (const answer of [await other.get(id), await other.post(id, call('1')), await other.delete(id)]) plain(answer, 404, 'No Connection with that ID');
      assert.equal((await webSocket(t, other, id)).status, 404);
      await alice.post(id, call('mine'));
      assert.equal((await alice.polled(id))[0].invocationId, 'mine');
    });
    test(`${who} cannot begin what was negotiated`, async (t) => {
      const id = await alice.id();
      assert.equal((await other.get(id)).status, 404);
      assert.equal((await other.get(id, { headers: { accept: 'text/event-stream' } })).status, 404);
      assert.equal((await webSocket(t, other, id)).status, 404);
      assert.equal((await alice.get(id)).status, 200);
    });
  }
  test('nobody without a credential gets anywhere', async (t) => {
    const id = await alice.polling();
    for (const answer of [await nobody.get(id), await nobody.post(id, call('1')), await nobody.delete(id)]) refused(answer, 401, 'unauthenticated');
    assert.equal((await webSocket(t, nobody, id)).status, 401);
  });
  test('a token may stand in the query, the header wins, and neither is logged', async () => {
    const query = `?negotiateVersion=1&access_token=${alice.token}`;
    assert.equal((await nobody.negotiate(query)).status, 200);
    refused(await new HubHttp(agent, 'wrong').negotiate(query), 401, 'token_invalid');
    refused(await nobody.negotiate(`?negotiateVersion=1&access_token=${blue.key}`), 403, 'forbidden');
    const id = await alice.polling();
    assert.equal((await nobody.get(`${id}&access_token=${alice.token}`)).status, 200);
    assert.ok(!agent.output.includes(id.slice('?id='.length)) && !agent.output.includes(alice.token));
  });
  test('a newer token of the same user keeps a connection beyond the end of the first', async () => {
    const brief = new HubHttp(agent, await agent.token('blue', 'alice', '--ttl', '2s'));
    const id = await brief.polling();
    for (let n = 0; n < 4; ++n) assert.equal((await alice.get(id)).text, '');
    refused(await brief.get(id), 401, 'token_expired');
    await alice.post(id, call('1'));
    assert.equal((await alice.polled(id))[0].invocationId, '1');
  });
  test('a connection ends with its token where no newer one came', async () => {
    const brief = new HubHttp(agent, await agent.token('blue', 'alice', '--ttl', '2s'));
    const id = await brief.polling();
    let last = await brief.get(id);
    while (last.status === 200 && last.text === '') last = await brief.get(id);
    assert.ok(last.status === 401 || messagesOf(last.text)[0].allowReconnect === true, last.text);
    await wait(1500);  // It looks once a second; a poll with a newer token before that would keep it.
    await until('it is over', async () => (await alice.get(id)).status === 404);
  });
});

describe('pages of other origins', () => {
  const headers = { Origin: ORIGIN };
  const allowed = ({ headers: answered }) => {
    assert.deepEqual([answered.get('access-control-allow-origin'), answered.get('access-control-allow-credentials'), answered.get('vary')], [ORIGIN, 'true', 'Origin']);
  };
  test('a preflight tells methods and headers, and needs no credential', async () => {
    for (const path of ['/negotiate?negotiateVersion=1', UNKNOWN]) {
      const answer = await nobody.request('OPTIONS', path, { headers: { ...headers, 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,x-requested-with,x-signalr-user-agent' } });
      assert.equal(answer.status, 204);
      allowed(answer);
      const methods = answer.headers.get('access-control-allow-methods').split(/, */);
      assert.ok(['GET', 'POST', 'DELETE'].every((each) => methods.includes(each)));
      const names = answer.headers.get('access-control-allow-headers').split(/, */);
      assert.ok(['authorization', 'content-type', 'x-requested-with', 'x-signalr-user-agent'].every((each) => names.includes(each)));
    }
  });
  test('every answer names the origin: negotiate, polls, POST, DELETE, streams and errors', async (t) => {
    const negotiated = await alice.negotiate(undefined, { headers });
    allowed(negotiated);
    const id = `?id=${negotiated.body.connectionToken}`;
    for (const answer of [await alice.get(id, { headers }), await alice.post(id, HANDSHAKE, { headers }), await alice.get(id, { headers }), await alice.delete(id, { headers })]) {
      assert.ok(answer.status < 300);
      allowed(answer);
    }
    allowed(await alice.get(UNKNOWN, { headers }));
    allowed(await nobody.negotiate(undefined, { headers }));
    allowed(await alice.request('PUT', UNKNOWN, { headers }));
    allowed(await alice.stream(t, await alice.id(), { headers }));
  });
  test('an origin that is not allowed is refused everywhere, the upgrade too', async (t) => {
    const id = await alice.polling();
    refused(await alice.negotiate(undefined, { headers: FOREIGN }), 403, 'origin_not_allowed');
    refused(await alice.get(id, { headers: FOREIGN }), 403, 'origin_not_allowed');
    refused(await alice.post(id, call('1'), { headers: FOREIGN }), 403, 'origin_not_allowed');
    refused(await alice.delete(id, { headers: FOREIGN }), 403, 'origin_not_allowed');
    refused(await alice.request('OPTIONS', id, { headers: FOREIGN }), 403, 'origin_not_allowed');
    const answer = await webSocket(t, alice, await alice.id(), { headers: FOREIGN });
    assert.equal(answer.status, 403);
    assert.match(answer.body, /origin_not_allowed.*http\.cors\.allowed_origins/s);
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
  });
  test('an allowed origin may open a WebSocket', async (t) => {
    const { socket } = await webSocket(t, alice, await alice.id(), { headers });
    await socket.send(frame(TEXT, HANDSHAKE));
    assert.ok(await socket.next());
  });
});

test('a WebSocket may begin without a negotiation', async (t) => {
  const hub = await RawHub.open(t, agent, alice.token);
  await hub.frame(TEXT, groups('x'));
  await hub.answered('x');
});

test('what is not served is not offered, and 404', async (t) => {
  const only = await Agent.start(t, { config: 'hub: {transports: [longpolling]}\n' });
  await only.tenant('red');
  const rita = new HubHttp(only, await only.token('red', 'rita'));
  const { body } = await rita.negotiate('?negotiateVersion=1&useStatefulReconnect=true');
  assert.deepEqual([body.availableTransports, body.useStatefulReconnect], [[{ transport: 'LongPolling', transferFormats: ['Text', 'Binary'] }], undefined]);
  assert.equal((await rita.get(await rita.id(), { headers: { accept: 'text/event-stream' } })).status, 404);
  assert.equal((await webSocket(t, rita, await rita.id())).status, 404);
  assert.equal((await webSocket(t, rita, '')).status, 404);
  await rita.polling();
  const without = await Agent.start(t, { config: 'hub: {transports: [websockets]}\n' });
  await without.tenant('red');
  const rosa = new HubHttp(without, await without.token('red', 'rosa'));
  assert.equal((await rosa.get(await rosa.id())).status, 404);
});

test('connections that nobody carries are given up', async (t) => {
  const brief = await Agent.start(t, { config: 'hub: {disconnect_timeout: 1s, handshake_timeout: 1s, poll_timeout: 3s, close_timeout: 1s}\n' });
  await brief.tenant('red');
  const rita = new HubHttp(brief, await brief.token('red', 'rita'));
  const [negotiated, streamed] = [await rita.id(), await rita.id()];
  const left = await rita.polling();
  const silent = await rita.stream(t, streamed);
  await wait(2500);
  plain(await rita.get(negotiated), 404, 'No Connection with that ID');
  plain(await rita.get(left), 404, 'No Connection with that ID');
  assert.deepEqual(await silent.message(), { error: 'Handshake was canceled.' });
  await silent.end();
  const { text } = await brief.api('GET', '/metrics');
  assert.ok(!/^notify_connections\{.*transport="(longpolling|serversentevents)".*\} [1-9]/m.test(text), text);
  // Polls keep it, however long.
  const held = await rita.polling();
  for (let n = 0; n < 2; ++n) assert.equal((await rita.get(held)).status, 200);
  const { socket } = await webSocket(t, rita, await rita.id());
  const refusal = await within('the handshake is given up', socket.next());
  assert.deepEqual(messagesOf(refusal.payload.toString()), [{ error: 'Handshake was canceled.' }]);
  assert.equal((await socket.next()).opcode, CLOSE);
});
