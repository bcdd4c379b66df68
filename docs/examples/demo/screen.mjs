// One user's screen: the stock SignalR client, and how an application goes on after a break.

import { HubConnectionBuilder, LogLevel } from '@microsoft/signalr';

const SHOWN = ['fx.quote.created', 'order.placed', 'green.greeting', 'notification'];

export class Screen {
  /** What arrived, by client method, in order. */
  received = Object.fromEntries(SHOWN.map((method) => [method, []]));
  reconnects = 0;
  gaps = [];

  constructor(url, token, types) {
    this.types = types;
    this.connection = new HubConnectionBuilder()
      .withUrl(`${url}/hubs/notifications`, { accessTokenFactory: () => token })
      .withAutomaticReconnect(Array(200).fill(100))
      .configureLogging(LogLevel.None)
      .build();
    for (const method of SHOWN) this.connection.on(method, (argument) => this.#take(method, argument));
    this.connection.on('connected', (welcome) => { this.welcome = welcome; });
    this.connection.on('gap', (gap) => this.gaps.push(gap));
    this.connection.onreconnecting(() => { this.resumeFrom = this.last; });
    this.connection.onreconnected(async () => {
      await this.#subscribe({ types, from: this.resumeFrom });
      this.reconnects += 1;
    });
  }

  async open() {
    await this.connection.start();
    await this.#subscribe({ types: this.types });
    return this;
  }

  async #subscribe(request) {
    const { subscription, epoch, sequence, gap } = await this.connection.invoke('Subscribe', request);
    this.subscription = subscription;
    this.last ??= { epoch, sequence };
    if (gap) this.gaps.push(gap);
  }

  #take(method, argument) {
    this.received[method].push(argument);
    // A position always means the last event seen; a replayed event has none.
    if (argument.sequence) this.last = { epoch: argument.epoch, sequence: argument.sequence };
  }
}
