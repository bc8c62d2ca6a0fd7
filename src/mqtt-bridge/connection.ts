import type { TransportError } from "../errors.ts";
import { type ReconnectOptions, reconnectDelay } from "./backoff.ts";
import type { BridgeTimers } from "./bridge-timers.ts";
import type { BrokerLink, OpenLink, ResponsePlace } from "./broker-link.ts";
import { connectionError } from "./mqtt-error.ts";

/** What the owner of a connection is told. */
export interface ConnectionListener {
  connected(link: BrokerLink, receiveMaximum: number): void;
  message(topic: string, payload: Uint8Array, retained: boolean, response?: ResponsePlace): void;
  /** The link is gone, or never was; the next attempt is `retryIn` ms away. */
  disconnected(error: TransportError, retryIn: number): void;
}

/** How a connection is kept up. */
export interface ConnectionOptions {
  readonly open: OpenLink;
  readonly address: string;
  readonly reconnect: ReconnectOptions;
  readonly timers: BridgeTimers;
  readonly random: () => number;
}

/** Keeps one link to the broker, opening the next one whenever it is lost, until stopped. */
export class BrokerConnection {
  readonly #options: ConnectionOptions;
  readonly #listener: ConnectionListener;
  #link: BrokerLink | undefined;
  #connected = false;
  #failures = 0;
  #cancelRetry: (() => void) | undefined;
  #ended: (() => void) | undefined;

  constructor(options: ConnectionOptions, listener: ConnectionListener) {
    this.#options = options;
    this.#listener = listener;
  }

  /** The link, while the broker accepts us. */
  get link(): BrokerLink | undefined {
    return this.#connected ? this.#link : undefined;
  }

  /** Makes the first attempt, and every later one. */
  start(): void {
    this.#cancelRetry = undefined;
    const link = this.#options.open({
      connected: (receiveMaximum) => {
        if (this.#link !== link) return;
        this.#connected = true;
        this.#failures = 0;
        this.#listener.connected(link, receiveMaximum);
      },
      message: (topic, payload, retained, response) => {
        if (this.#link === link) this.#listener.message(topic, payload, retained, response);
      },
      closed: (error) => this.#lost(link, error),
    });
    this.#link = link;
  }

  /** Gives a link up that does not do its work, and connects again. */
  restart(): void {
    const link = this.#link;
    if (link === undefined) return;
    link.destroy();
    this.#lost(link, connectionError(new Error("acknowledge timeout"), this.#options.address));
  }

  /** Disconnects in order and stays away; calls back when the link has closed, or after `timeout` ms without its help. */
  stop(timeout: number, stopped: () => void): void {
    this.#cancelRetry?.();
    const link = this.#link;
    if (link === undefined || !this.#connected) {
      this.#link = undefined;
      link?.destroy();
      stopped();
      return;
    }
    const cancel = this.#options.timers.schedule(timeout, () => {
      link.destroy();
      this.#ended?.();
    });
    this.#ended = () => {
      this.#ended = undefined;
      this.#link = undefined;
      this.#connected = false;
      cancel();
      stopped();
    };
    link.end();
  }

  #lost(link: BrokerLink, error: TransportError | undefined): void {
    if (this.#link !== link) return;
    if (this.#ended !== undefined) {
      this.#ended();
      return;
    }
    this.#link = undefined;
    this.#connected = false;
    const { timers, random, reconnect, address } = this.#options;
    const retryIn = reconnectDelay(this.#failures, random, reconnect);
    this.#failures += 1;
    this.#cancelRetry = timers.schedule(retryIn, () => this.start());
    this.#listener.disconnected(error ?? connectionError(undefined, address), retryIn);
  }
}
