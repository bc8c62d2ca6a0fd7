import { connect, type IClientOptions, type IPublishPacket, type MqttClient } from "mqtt";

export interface Seen {
  readonly topic: string;
  readonly payload: string;
  readonly retained: boolean;
  readonly packet: IPublishPacket;
}

/** A client that knows nothing of the bridge: notes what it receives, and can be asked to wait for something. */
export class Observer {
  readonly seen: Seen[] = [];
  readonly #client: MqttClient;
  #waiting: (() => void)[] = [];

  private constructor(client: MqttClient) {
    this.#client = client;
    client.on("message", (topic, payload, packet) => {
      this.seen.push({ topic, payload: payload.toString(), retained: packet.retain, packet });
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const look of waiting) look();
    });
  }

  /** Connects and subscribes; it comes back by itself after a restart of the broker. */
  static async start(url: string, filter = "#", options: IClientOptions = {}): Promise<Observer> {
    const client = connect(url, { reconnectPeriod: 50, ...options });
    const observer = new Observer(client);
    await new Promise<void>((resolve) => client.once("connect", () => resolve()));
    await client.subscribeAsync(filter, { qos: 1 });
    return observer;
  }

  /** The first message, seen already or still to come, that fits; the test's time-out ends the waiting. */
  async message(topic: string, fits?: (json: Record<string, unknown>) => boolean): Promise<Seen> {
    for (;;) {
      const found = this.seen.find((message) => message.topic === topic && (fits === undefined || fits(parsed(message.payload))));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  async publish(topic: string, payload: string, retain = false): Promise<void> {
    await this.#client.publishAsync(topic, payload, { qos: 1, retain });
  }

  /** What the broker holds: topic -> payload, as a client sees it that comes now. */
  static async retained(url: string, options: IClientOptions = {}): Promise<Map<string, string>> {
    const marker = `observer/${Math.random()}`;
    const observer = await Observer.start(url, "#", options);
    await observer.publish(marker, "{}");
    await observer.message(marker);
    await observer.stop();
    return new Map(observer.seen.filter(({ retained }) => retained).map(({ topic, payload }) => [topic, payload]));
  }

  async stop(): Promise<void> {
    await this.#client.endAsync(true);
  }
}

function parsed(payload: string): Record<string, unknown> {
  return payload === "" ? {} : (JSON.parse(payload) as Record<string, unknown>);
}
