// A TCP proxy between a client and the agent that does to connections what networks do.

import { once } from 'node:events';
import { createServer, connect } from 'node:net';

/** One connection through the proxy. */
class Link {
  constructor(proxy, client, agent) {
    this.proxy = proxy;
    this.client = client;
    this.agent = agent;
    this.begun = '';  // The first bytes of the client: its first request.
    this.#pipe(client, agent, (piece) => { if (this.begun.length < 4096) this.begun += piece.toString('latin1'); });
    this.#pipe(agent, client);
  }

  #pipe(from, to, see = () => {}) {
    // One piece after another, so that delays and small pieces keep the order.
    let last = Promise.resolve();
    const pass = async (piece) => {
      const { delay, pieces } = this.proxy;
      if (delay) await new Promise((resolve) => { setTimeout(resolve, delay); });
      const step = pieces || piece.length;
      for (let at = 0; at < piece.length && !to.destroyed; at += step) {
        to.write(piece.subarray(at, at + step));
        if (pieces) await new Promise(setImmediate);
      }
    };
    from.on('data', (piece) => { see(piece); last = last.then(() => pass(piece)); });
    from.on('end', () => { last = last.then(() => to.end()); });
    from.on('close', () => { last = last.then(() => { if (!this.frozen) to.destroy(); }); });
    from.on('error', () => {});
  }

  get isWebSocket() { return /^upgrade: websocket/im.test(this.begun); }
  get open() { return !this.client.destroyed; }

  /** Both sides see an end: `reset`, or a FIN. */
  cut({ reset = false } = {}) {
    for (const socket of [this.client, this.agent]) {
      if (reset) socket.resetAndDestroy();
      else socket.destroy();
    }
  }

  /** The client sees its end; the agent sees nothing, and a socket that is open. */
  orphan() {
    this.frozen = true;
    this.agent.pause();
    this.client.destroy();
  }
  /** The agent's end of an orphan ends as well, after these bytes. */
  release(bytes) {
    if (bytes) this.agent.write(bytes);
    this.agent.end();
  }
}

/** In front of `agent`, on a port of its own, until the test ends. */
export class Proxy {
  links = [];
  delay = 0;   // Milliseconds that each piece waits.
  pieces = 0;  // Bytes of each piece that is passed on; 0: as they come.
  #gate = Promise.resolve();
  #open = () => {};

  static async start(t, agent) {
    const proxy = new Proxy();
    const { hostname, port } = new URL(agent.url);
    const server = createServer(async (client) => {
      client.setNoDelay(true);
      client.on('error', () => {});
      await proxy.#gate;
      proxy.links.push(new Link(proxy, client, connect({ host: hostname, port, noDelay: true })));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      server.close();
      for (const link of proxy.links) link.cut();
    });
    proxy.url = `http://127.0.0.1:${server.address().port}`;
    return proxy;
  }

  /** New connections wait until resume(). */
  pause() { this.#gate = new Promise((resolve) => { this.#open = resolve; }); }
  resume() { this.#open(); }

  /** WebSockets that are open. */
  get webSockets() { return this.links.filter((link) => link.isWebSocket && link.open); }
  /** How many WebSockets there have been. */
  get upgrades() { return this.links.filter((link) => link.isWebSocket).length; }
  cut(options) { for (const link of this.webSockets) link.cut(options); }
  orphan() { return this.webSockets.map((link) => { link.orphan(); return link; }); }
}
