// The stock client @microsoft/signalr, and what arrives at it.

import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

/** What one connection received, by method, in order. */
export class Received {
  #calls = [];
  #waiting = [];

  constructor(connection, methods) {
    for (const method of methods) {
      connection.on(method, (...args) => {
        this.#calls.push({ method, args });
        this.#waiting = this.#waiting.filter((waiting) => !waiting());
      });
    }
  }

  /** The first arguments of all calls of a method. */
  of(method) {
    return this.#calls.filter((call) => call.method === method).map((call) => call.args[0]);
  }

  /** The first `count` of a method, once they are there. */
  until(method, count = 1, ms = 20_000) {
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${this.of(method).length} of ${count} '${method}' within ${ms} ms`)), ms);
      const waiting = () => {
        const found = this.of(method);
        if (found.length < count) return false;
        clearTimeout(late);
        resolve(found.slice(0, count));
        return true;
      };
      if (!waiting()) this.#waiting.push(waiting);
    });
  }
}

/**
 * A started connection that ends with the test: {connection, received}. `methods` are the client methods to
 * collect; `retry` are the delays of its automatic reconnect, none by default; `options` go to withUrl.
 */
export async function connectHub(t, agent, token, { methods = [], retry = [], options = {} } = {}) {
  const connection = new HubConnectionBuilder()
    .withUrl(`${agent.url}/hubs/notifications`, { accessTokenFactory: () => token, ...options })
    .withAutomaticReconnect(retry)
    .configureLogging(LogLevel.None)
    .build();
  const received = new Received(connection, ['connected', ...methods]);
  t.after(() => connection.stop());
  await connection.start();
  return { connection, received };
}
