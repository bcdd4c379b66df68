// The stock client @microsoft/signalr, and what arrives at it.

import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

/** What one connection received, by method, in order. */
export class Received {
  #calls = new Map();
  #waiting = [];

  constructor(connection, methods) {
    for (const method of methods) {
      this.#calls.set(method, []);
      connection.on(method, (argument) => {
        this.#calls.get(method).push(argument);
        this.#waiting = this.#waiting.filter((waiting) => !waiting());
      });
    }
  }

  /** The first arguments of all calls of a method. */
  of(method) {
    return [...this.#calls.get(method) ?? []];
  }

  /** The first `count` of a method, once they are there. */
  until(method, count = 1, ms = 20_000) {
    const calls = this.#calls.get(method);
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${calls.length} of ${count} '${method}' within ${ms} ms`)), ms);
      const waiting = () => {
        if (calls.length < count) return false;
        clearTimeout(late);
        resolve(calls.slice(0, count));
        return true;
      };
      if (!waiting()) this.#waiting.push(waiting);
    });
  }
}

/**
 * A started connection that ends with the test: {connection, received}. `methods` are the client methods to
 * collect; `retry` are the delays of its automatic reconnect, none by default; `protocol` replaces JSON; with
 * `stateful` it may lose its WebSocket; `url` is where the agent seems to be; `options` go to withUrl.
 */
export async function connectHub(t, agent, token, { methods = [], retry = [], protocol, stateful = false, url = agent.url, options = {} } = {}) {
  const builder = new HubConnectionBuilder()
    .withUrl(`${url}/hubs/notifications`, { accessTokenFactory: () => token, ...options })
    .withAutomaticReconnect(retry)
    .configureLogging(LogLevel.None);
  if (protocol) builder.withHubProtocol(protocol);
  if (stateful) builder.withStatefulReconnect();
  const connection = builder.build();
  const received = new Received(connection, ['connected', ...methods]);
  t.after(() => connection.stop());
  await connection.start();
  return { connection, received };
}
