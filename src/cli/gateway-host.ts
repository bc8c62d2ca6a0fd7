import type { DlmsClient } from "../client/dlms-client.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import { DlmsError } from "../errors.ts";
import { MeterPoller } from "../gateway/meter-poller.ts";
import type { Logger } from "../log/logger.ts";
import { type BridgeStatus, MqttBridge, type MqttBridgeOptions } from "../mqtt-bridge/index.ts";
import { realTimers } from "../session/timers.ts";
import { eventNames } from "./event-names.ts";
import { version } from "./version.ts";

/** A meter to poll. */
export interface HostedMeter {
  readonly id: string;
  /** Milliseconds between polls. */
  readonly interval: number;
  readonly extra: readonly LogicalName[];
  readonly transport: string;
  readonly connect: () => Promise<DlmsClient>;
}

export interface GatewayHostOptions {
  readonly mqtt: Omit<MqttBridgeOptions, "meterIds" | "info" | "timers" | "random" | "wallClock" | "onStatus">;
  readonly meters: readonly HostedMeter[];
  readonly logger: Logger;
}

/** The gateway in this process: one bridge, one poller for each meter, and what they have to say in the log. */
export class GatewayHost {
  readonly #bridge: MqttBridge;
  readonly #pollers: readonly MeterPoller[];
  readonly #logger: Logger;
  readonly #url: string;

  /** @throws ConfigError for a broker or meters that cannot be */
  constructor({ mqtt, meters, logger }: GatewayHostOptions) {
    this.#logger = logger;
    this.#url = mqtt.url;
    this.#bridge = new MqttBridge({
      ...mqtt,
      meterIds: meters.map(({ id }) => id),
      info: { version, configSummary: { meters: meters.length } },
      timers: realTimers,
      random: Math.random,
      wallClock: Date.now,
      onStatus: (status) => this.#logStatus(status),
    });
    this.#pollers = meters.map(
      ({ id, ...meter }) =>
        new MeterPoller({
          ...meter,
          meterId: id,
          bridge: this.#bridge,
          timers: realTimers,
          wallClock: Date.now,
          random: Math.random,
          eventNames,
          onFailure: (error) => this.#logFailure(id, error),
        }),
    );
  }

  /** Connects to the broker and starts polling. A broker that is away now is tried again for as long as it takes. */
  async start(): Promise<void> {
    await this.#bridge.connect().catch((error: unknown) => {
      if (!(error instanceof DlmsError)) throw error;
      this.#logger.warn(`${error.message}; trying again`, { code: error.code, hint: error.hint });
    });
    for (const poller of this.#pollers) poller.start();
  }

  /** Releases every association, then says that the bridge is offline. */
  async stop(): Promise<void> {
    await Promise.all(this.#pollers.map((poller) => poller.stop()));
    await this.#bridge.close();
  }

  #logFailure(meterId: string, error: unknown): void {
    if (error instanceof DlmsError) this.#logger.warn(error.message, { meterId, code: error.code, layer: error.layer, hint: error.hint });
    else this.#logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error), { meterId });
  }

  #logStatus(status: BridgeStatus): void {
    switch (status.type) {
      case "connected":
        this.#logger.info(`connected to ${this.#url}`);
        return;
      case "disconnected":
        this.#logger.warn(status.error.message, { code: status.error.code, retryIn: status.retryIn });
        return;
      case "held-back":
        this.#logger.warn("a register went down; its value is held back", { meterId: status.meterId, key: status.key });
        return;
      case "dropped":
      case "refused":
        this.#logger.warn(`message ${status.type}`, { topic: status.topic });
        return;
      case "orphan-removed":
        this.#logger.info("removed a discovery configuration nobody stands behind", { topic: status.topic });
        return;
    }
  }
}
