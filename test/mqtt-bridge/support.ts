import type { BrokerLink, LinkListener } from "../../src/mqtt-bridge/broker-link.ts";
import type { BridgeStatus, DeviceDescription, MeterSnapshot, Reading, ReadingValue } from "../../src/mqtt-bridge/index.ts";
import type { OutgoingMessage } from "../../src/mqtt-bridge/message.ts";
import type { MqttBridgeOptions } from "../../src/mqtt-bridge/options.ts";
import type { VirtualTimers } from "../../src/session/timers.ts";

/** 2026-11-22T19:57:31.204Z */
export const readTime = 1_795_377_451_204;

export const energy = reading("1.0.1.8.0.255", 4_408_736, { unit: "Wh", name: "Active energy import (+A)" });
export const power = reading("1.0.1.7.0.255", 2893, { unit: "W", name: "Active power import" });

export function reading(
  logicalName: string,
  value: ReadingValue,
  more: { readonly unit?: string; readonly attribute?: number; readonly name?: string; readonly meterId?: string } = {},
): Reading {
  const { attribute = 2, name = `object ${logicalName}`, meterId = "demo", unit } = more;
  return { meterId, logicalName, attribute, name, value, ...(unit === undefined ? {} : { unit }) };
}

export function snapshot(readings: readonly Reading[], more: Partial<MeterSnapshot> = {}): MeterSnapshot {
  return { meterId: "demo", readings, readTime, quality: "good", source: "poll", ...more };
}

export function device(more: Partial<DeviceDescription> = {}): DeviceDescription {
  return { meterId: "demo", name: "House meter", manufacturer: "Acme", model: "P1", pollPeriod: 5, ...more };
}

/** Options for a bridge in virtual time. */
export function virtualOptions(timers: VirtualTimers, statuses: BridgeStatus[] = []): MqttBridgeOptions {
  return {
    url: "mqtt://127.0.0.1:1883",
    meterIds: ["demo"],
    info: { version: "1.0.0" },
    timers,
    random: () => 0.5,
    wallClock: () => readTime + timers.now(),
    onStatus: (status) => void statuses.push(status),
  };
}

/** Lets everything that waits for a resolved promise happen. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A broker in memory, one link at a time, that does what a test tells it to. */
export class FakeBroker {
  /** Everything published, in order, over all connections. */
  readonly published: OutgoingMessage[] = [];
  readonly retained = new Map<string, string>();
  readonly subscribed: string[] = [];
  readonly unsubscribed: string[] = [];
  readonly endings: ("end" | "destroy")[] = [];
  attempts = 0;
  /** False: messages are taken and never acknowledged. */
  acknowledging = true;
  /** False: a good-bye is not followed by the end of the connection. */
  closing = true;
  refusedTopic: string | undefined;
  #listener: LinkListener | undefined;
  #unacknowledged: (() => void)[] = [];

  readonly open = (listener: LinkListener): BrokerLink => {
    this.attempts += 1;
    this.#listener = listener;
    return {
      publish: (message) => this.#publish(message),
      subscribe: (filters) => void this.subscribed.push(...filters),
      unsubscribe: (filters) => void this.unsubscribed.push(...filters),
      end: () => {
        this.endings.push("end");
        if (this.closing) listener.closed(undefined);
      },
      destroy: () => {
        this.endings.push("destroy");
      },
    };
  };

  accept(receiveMaximum = 65_535): void {
    this.#listener?.connected(receiveMaximum);
  }

  /** Closes the connection, or fails the attempt. */
  drop(...error: Parameters<LinkListener["closed"]> | []): void {
    this.#unacknowledged = [];
    this.#listener?.closed(error[0]);
  }

  send(topic: string, payload: string, retained = false): void {
    this.#listener?.message(topic, new TextEncoder().encode(payload), retained);
  }

  acknowledge(): void {
    for (const acknowledge of this.#unacknowledged.splice(0)) acknowledge();
  }

  topics(): string[] {
    return this.published.map(({ topic }) => topic);
  }

  /** The JSON last published to a topic. */
  last(topic: string): Record<string, unknown> {
    const payload = this.published.findLast((message) => message.topic === topic)?.payload;
    return payload === undefined || payload === "" ? {} : (JSON.parse(payload) as Record<string, unknown>);
  }

  #publish(message: OutgoingMessage): Promise<void> {
    this.published.push(message);
    if (message.topic === this.refusedTopic) return Promise.reject(new Error("not authorised"));
    if (message.retain && message.payload === "") this.retained.delete(message.topic);
    else if (message.retain) this.retained.set(message.topic, message.payload);
    if (this.acknowledging) return Promise.resolve();
    return new Promise((resolve) => this.#unacknowledged.push(resolve));
  }
}
