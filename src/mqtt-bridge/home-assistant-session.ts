import type { BridgeStatus } from "./bridge-status.ts";
import type { BridgeTimers } from "./bridge-timers.ts";
import type { BrokerLink } from "./broker-link.ts";
import type { Discovery } from "./discovery.ts";
import { observationFilters } from "./observed-config.ts";
import type { HomeAssistantOptions } from "./options.ts";

/** What a session with Home Assistant acts on. */
export interface HomeAssistantSessionOptions {
  readonly homeAssistant: HomeAssistantOptions;
  readonly discovery: Discovery;
  readonly timers: BridgeTimers;
  readonly random: () => number;
  /** Sends availability and states again. */
  readonly republish: () => void;
  /** What the observed configurations led to has to be sent. */
  readonly cleanedUp: () => void;
  readonly onStatus: (status: BridgeStatus) => void;
}

/** Listens to Home Assistant: to its birth, which asks for everything again, and to what earlier runs told it. */
export class HomeAssistantSession {
  readonly #options: HomeAssistantSessionOptions;
  readonly #filters: readonly string[];
  readonly #statusTopic: string;
  #link: BrokerLink | undefined;
  #observing: "not-yet" | "now" | "done" = "not-yet";
  #cancelCleanUp: (() => void) | undefined;
  #cancelBirth: (() => void) | undefined;

  constructor(options: HomeAssistantSessionOptions) {
    const { prefix = "homeassistant", statusTopic = `${prefix}/status` } = options.homeAssistant;
    this.#options = options;
    this.#filters = observationFilters(prefix);
    this.#statusTopic = statusTopic;
  }

  /** Subscribes; to be called before anything is published, so that what the broker holds arrives ahead of what replaces it. */
  attach(link: BrokerLink): void {
    const { homeAssistant, timers, onStatus } = this.#options;
    this.#link = link;
    const filters = this.#observing === "done" ? [] : this.#filters;
    link.subscribe([this.#statusTopic, ...filters], (topic) => onStatus({ type: "refused", topic }));
    if (this.#observing !== "not-yet") return;
    this.#observing = "now";
    this.#cancelCleanUp = timers.schedule(homeAssistant.cleanUpAfter ?? 5000, () => this.#finishObserving());
  }

  /** The connection is gone. */
  detach(): void {
    this.#link = undefined;
  }

  receive(topic: string, payload: Uint8Array, retained: boolean): void {
    if (topic !== this.#statusTopic) {
      // Live messages on the discovery topics are our own.
      if (retained) this.#options.discovery.observe(topic, payload);
      return;
    }
    // A retained birth is older than the connection, at whose start everything was sent anyway.
    if (retained || this.#cancelBirth !== undefined) return;
    if (payload.length > 16 || new TextDecoder().decode(payload) !== "online") return;
    const { timers, random, homeAssistant, republish } = this.#options;
    this.#cancelBirth = timers.schedule(random() * (homeAssistant.birthDelay ?? 10_000), () => {
      this.#cancelBirth = undefined;
      republish();
    });
  }

  /** Cancels what is still to come. */
  stop(): void {
    this.#cancelCleanUp?.();
    this.#cancelBirth?.();
  }

  #finishObserving(): void {
    this.#observing = "done";
    this.#link?.unsubscribe(this.#filters);
    this.#options.discovery.finishObserving();
    this.#options.cleanedUp();
  }
}
