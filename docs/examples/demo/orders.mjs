// Ten thousand orders, published one by one by many callers at once, each with an id of its own.

const CALLERS = 64;

export class Orders {
  /** id: the answer of the agent, {id, epoch, sequence, duplicate}. */
  acknowledged = new Map();
  /** Ids whose request was cut off: nobody knows whether they were stored. */
  unknown = new Set();

  constructor(url, key, count) {
    this.address = `${url}/api/events/publish`;
    this.headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    this.ids = Array.from({ length: count }, (_, i) => `order-${String(i + 1).padStart(5, '0')}`);
    this.next = 0;
  }

  /** Publishes all; where the agent is gone, waits for `back()` and sends the same id again. */
  async publish(back) {
    await Promise.all(Array.from({ length: CALLERS }, async () => {
      while (this.next < this.ids.length) await this.#one(this.ids[this.next++], back);
    }));
  }

  async #one(id, back) {
    const body = JSON.stringify({ id, type: 'order.placed', data: { order: id, currency: 'GBP' } });
    for (;;) {
      try {
        const response = await fetch(this.address, { method: 'POST', headers: this.headers, body });
        const answer = await response.json();
        if (response.status === 202) {
          this.acknowledged.set(id, answer);
          return;
        }
        // 503: draining, or whether it was stored is not known. Anything else is a refusal.
        if (response.status !== 503) throw new Error(`${id} was refused: ${JSON.stringify(answer)}`);
      } catch (error) {
        if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      }
      this.unknown.add(id);
      await back();
    }
  }
}
