// What an attacker does over the wire. Every byte that comes back passes a scanner.

import { Agent as KeepAlive, request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

import WebSocket from 'ws';

import { Scanner, SECRET } from './isolation_world.mjs';
import { RS } from './websocket.mjs';

const PATIENCE_MS = 20_000;
/** How long a stream that never ends is looked at. */
const LOOK_MS = 20;

/** A hub connection of red's. It begins anew now and then, since it collects subscriptions. */
class Lane {
  static #LONGEST = 500;
  #sent = 0;
  #waiting;

  constructor(url, bearer, found) {
    Object.assign(this, { url, bearer, found });
  }

  #open() {
    const scanner = new Scanner(SECRET);
    const waiting = new Map();
    const socket = new WebSocket(`${this.url}/hubs/notifications`, { headers: { authorization: `Bearer ${this.bearer}` }, perMessageDeflate: false });
    this.#sent = 0;
    this.#waiting = waiting;
    this.socket = socket;
    this.ready = new Promise((resolve) => {
      socket.on('open', () => { socket.send(`{"protocol":"json","version":1}${RS}`); resolve(); });
      socket.on('error', resolve);
    });
    socket.on('close', () => { for (const done of waiting.values()) done({ closed: true }); });
    socket.on('message', (bytes) => {
      const text = bytes.toString();
      scanner.look(text);
      if (scanner.found) this.found(scanner.found);
      for (const part of text.split(RS).slice(0, -1)) {
        const { type, invocationId, error } = JSON.parse(part);
        if (type !== 3) continue;
        waiting.get(invocationId)?.({ error });
        waiting.delete(invocationId);
      }
    });
  }

  /** What a message's completion says; nothing for one that has none. */
  async send(message, stream) {
    const over = this.#sent >= Lane.#LONGEST && this.#waiting.size === 0;
    if (over) this.socket.close();
    if (!this.socket || this.socket.readyState > WebSocket.OPEN) this.#open();
    const waiting = this.#waiting;
    const { socket } = this;
    const say = (what) => { if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(what) + RS); };
    const invocationId = `a${++this.#sent}`;
    if (message.type !== 1 && message.type !== 4) {
      await this.ready;
      return say(message);
    }
    const completed = new Promise((resolve) => { waiting.set(invocationId, resolve); });
    await this.ready;
    say({ ...message, invocationId });
    if (stream) wait(LOOK_MS).then(() => say({ type: 5, invocationId }));
    return Promise.race([completed, wait(PATIENCE_MS, { silent: true }, { ref: false })]);
  }
  close() { this.socket?.terminate(); }
}

export class Attacker {
  refused = new Map();
  outcomes = new Map();
  leaks = [];

  constructor(agent, world) {
    const { hostname, port, host } = new URL(agent.url);
    Object.assign(this, { hostname, port, host, socketUrl: agent.url.replace('http', 'ws') });
    this.keepAlive = new KeepAlive({ keepAlive: true, maxSockets: 32 });
    this.lanes = [...Object.values(world.good), ...Object.values(world.good)].map((bearer) => new Lane(this.socketUrl, bearer, (text) => this.leaks.push(text)));
  }

  /** Makes an attempt: what came of it, in a word. */
  async attempt(attempt) {
    const does = { http: () => this.#http(attempt), socket: () => this.#socket(attempt), call: () => this.#call(attempt) };
    const outcome = await does[attempt.kind]();
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    return outcome;
  }

  #refuse(code) { this.refused.set(code, (this.refused.get(code) ?? 0) + 1); }
  #answered(status, type, text) {
    if (type?.startsWith('application/problem+json')) this.#refuse(JSON.parse(text).code);
    return `http ${status}`;
  }

  #http({ method, path, headers, bearer, body }) {
    const scanner = new Scanner(SECRET);
    return new Promise((resolve, reject) => {
      const all = { Host: this.host, ...headers };
      if (bearer !== null) all.Authorization = `Bearer ${bearer}`;
      const asked = request({ hostname: this.hostname, port: this.port, method, path, headers: all, agent: this.keepAlive, setHost: false }, (response) => {
        scanner.look(response.rawHeaders.join('\n'));
        let text = '';
        const end = () => {
          if (scanner.found) this.leaks.push(scanner.found);
          resolve(this.#answered(response.statusCode, response.headers['content-type'], text));
        };
        response.setEncoding('utf8').on('data', (piece) => { scanner.look(piece); text += piece; });
        response.on('end', end);
        if (!response.headers['content-type']?.startsWith('text/event-stream')) return;
        setTimeout(() => { response.removeAllListeners('end'); asked.destroy(); end(); }, LOOK_MS);
      });
      asked.setTimeout(PATIENCE_MS, () => asked.destroy(new Error('no answer')));
      asked.on('error', (error) => (asked.destroyed && asked.res ? null : reject(error)));
      asked.end(body);
    });
  }

  #socket({ path, headers, bearer }) {
    const scanner = new Scanner(SECRET);
    const all = { ...headers, ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }) };
    return new Promise((resolve) => {
      const socket = new WebSocket(this.socketUrl + path, { headers: all, perMessageDeflate: false });
      const end = (outcome) => {
        socket.terminate();
        if (scanner.found) this.leaks.push(scanner.found);
        resolve(outcome);
      };
      socket.on('unexpected-response', (_, response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece) => { scanner.look(piece); text += piece; });
        response.on('end', () => end(`upgrade ${this.#answered(response.statusCode, response.headers['content-type'], text)}`));
      });
      socket.on('message', (bytes) => scanner.look(bytes.toString()));
      socket.on('open', () => {
        socket.send(`{"protocol":"json","version":1}${RS}{"type":6}${RS}`);
        setTimeout(() => end('upgrade 101'), LOOK_MS);
      });
      socket.on('error', () => {});
    });
  }

  async #call({ lane, message, stream }) {
    const answer = await this.lanes[lane % this.lanes.length].send(message, stream);
    if (!answer) return 'sent';
    if (answer.closed || answer.silent) return answer.silent ? 'silent' : 'closed';
    if (!answer.error) return 'call done';
    const code = /HubException: (\w+):/.exec(answer.error)?.[1] ?? /^(\w+):/.exec(answer.error)?.[1] ?? 'other';
    this.#refuse(`hub ${code}`);
    return `call ${code}`;
  }

  close() {
    for (const lane of this.lanes) lane.close();
    this.keepAlive.destroy();
  }
}
