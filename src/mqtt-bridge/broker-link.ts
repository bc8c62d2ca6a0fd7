import type { TransportError } from "../errors.ts";
import type { OutgoingMessage } from "./message.ts";

/** Where MQTT 5 wants an answer to go. */
export interface ResponsePlace {
  readonly topic: string;
  readonly correlation?: Uint8Array;
}

/** What a connection to the broker reports. */
export interface LinkListener {
  /** The broker accepts us, and at most `receiveMaximum` unacknowledged messages at a time. */
  connected(receiveMaximum: number): void;
  message(topic: string, payload: Uint8Array, retained: boolean, response?: ResponsePlace): void;
  /** Called once, also when the connection never came about; nothing is called after it. */
  closed(error: TransportError | undefined): void;
}

/** One connection to the broker, from the attempt to the end; it is never reused. */
export interface BrokerLink {
  /** Resolves when the broker has acknowledged the message; rejects when it refuses it. Neither when the link closes first. */
  publish(message: OutgoingMessage): Promise<void>;
  /** Asks for messages, QoS 1; refusals by the broker are reported by `refused`. */
  subscribe(filters: readonly string[], refused: (filter: string) => void): void;
  unsubscribe(filters: readonly string[]): void;
  /** Says DISCONNECT, so that the last will is not sent, and closes. */
  end(): void;
  /** Closes at once, without a word: the broker sends the last will. */
  destroy(): void;
}

/** Starts connecting; the link reports to `listener`, never before this function has returned. */
export type OpenLink = (listener: LinkListener) => BrokerLink;
