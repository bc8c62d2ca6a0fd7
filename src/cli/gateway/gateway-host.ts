import type { DlmsClient } from "../../client/dlms-client.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { DlmsError } from "../../errors.ts";
import { gatewayVerbs, settableKeys } from "../../gateway/commands.ts";
import type { GatewayStore } from "../../gateway/gateway-store.ts";
import { MemoryGatewayStore } from "../../gateway/memory-gateway-store.ts";
import { type FleetChange, type FleetMeter, MeterFleet } from "../../gateway/meter-fleet.ts";
import type { MeterOutput } from "../../gateway/meter-options.ts";
import type { MeterListener } from "../../gateway/meter-worker.ts";
import { type NorthboundMeter, type NorthboundOptions, NorthboundPorts } from "../../gateway/northbound-ports.ts";
import type { PermitLimits } from "../../gateway/permits.ts";
import type { Logger } from "../../log/logger.ts";
import { type BridgeStatus, MqttBridge, type MqttBridgeOptions } from "../../mqtt-bridge/index.ts";
import { realTimers } from "../../session/timers.ts";
import { eventNames } from "../event-names.ts";
import { version } from "../version.ts";
import { requestValues } from "./request-values.ts";

/** A meter to poll; what is left out is as the configuration has it by default. */
export interface HostedMeter
  extends Partial<Pick<FleetMeter, "profiles" | "events" | "ratio" | "clock" | "line" | "cell" | "nextPoll" | "allow" | "fingerprint">> {
  readonly id: string;
  /** Milliseconds between polls. */
  readonly interval: number;
  readonly extra: readonly LogicalName[];
  readonly transport: string;
  readonly connect: () => Promise<DlmsClient>;
  /** How head-ends reach it; not at all when absent. */
  readonly northbound?: Pick<NorthboundMeter, "port" | "physicalAddress" | "open">;
}

export interface GatewayHostOptions {
  readonly mqtt: Omit<MqttBridgeOptions, "meterIds" | "info" | "timers" | "random" | "wallClock" | "onStatus" | "outbox" | "requests">;
  readonly meters: readonly HostedMeter[];
  readonly logger: Logger;
  /** What must not be forgotten; in memory by default. It is closed with the host. */
  readonly store?: GatewayStore;
  readonly limits?: PermitLimits;
  /** Requests over MQTT are taken; `backUp` copies the state and says where to. */
  readonly requests?: { readonly backUp: () => Promise<string> };
  /** Where head-ends come in. */
  readonly northbound?: Pick<NorthboundOptions, "host" | "prefixPort">;
}

const usualLimits: PermitLimits = { concurrent: 200, perCell: 20, newPerSecond: 30 };
/** A broker that is away this long at the end is not waited for; ms. */
const closeTimeout = 2000;

/** The gateway in this process: one bridge, one worker for each meter, and what they have to say in the log. */
export class GatewayHost {
  readonly #bridge: MqttBridge;
  readonly #fleet: MeterFleet;
  readonly #store: GatewayStore;
  readonly #northbound: NorthboundPorts | undefined;
  readonly #logger: Logger;
  readonly #url: string;
  #meters: readonly HostedMeter[];

  /** @throws ConfigError for a broker or meters that cannot be */
  constructor({ mqtt, meters, logger, store = new MemoryGatewayStore(), limits = usualLimits, requests, northbound }: GatewayHostOptions) {
    this.#logger = logger;
    this.#url = mqtt.url;
    this.#store = store;
    this.#meters = meters;
    this.#bridge = new MqttBridge({
      closeTimeout,
      ...mqtt,
      meterIds: meters.map(({ id }) => id),
      info: { version, configSummary: { meters: meters.length } },
      timers: realTimers,
      random: Math.random,
      wallClock: Date.now,
      outbox: store.outbox,
      ...(requests === undefined ? {} : { requests: this.#requests(mqtt.url, requests.backUp) }),
      onStatus: (status) => this.#onStatus(status),
    });
    this.#fleet = new MeterFleet({
      limits,
      store,
      output: this.#output(),
      timers: realTimers,
      random: Math.random,
      listener: this.#listener(),
    });
    this.#northbound =
      northbound &&
      new NorthboundPorts({
        ...northbound,
        timers: realTimers,
        onSession: (meterId, state) => logger.info(`a head-end ${state === "opened" ? "has" : "has left"} the meter`, { meterId }),
        onFailure: (meterId, error) => this.#logFailure(meterId ?? "northbound", error),
      });
  }

  /** The ports at which head-ends reach meters. */
  get northboundPorts(): readonly number[] {
    return this.#northbound?.ports ?? [];
  }

  /** Connects to the broker and starts polling. A broker that is away now is tried again for as long as it takes. */
  async start(): Promise<void> {
    await this.#bridge.connect().catch((error: unknown) => {
      if (!(error instanceof DlmsError)) throw error;
      this.#logger.warn(`${error.message}; trying again`, { code: error.code, hint: error.hint });
    });
    await this.#fleet.update(this.#meters.map(fleetMeter));
    await this.#updateNorthbound();
  }

  /** Has exactly these meters from now on; reads under way of the others go on. */
  async update(meters: readonly HostedMeter[]): Promise<FleetChange> {
    this.#meters = meters;
    const change = await this.#fleet.update(meters.map(fleetMeter));
    for (const meterId of change.removed) this.#bridge.retire(meterId);
    await this.#updateNorthbound();
    return change;
  }

  /** Says that what was changed in the configuration needs a new start. */
  setRestartRequired(restartRequired: boolean): void {
    this.#bridge.publishInfo({ version, configSummary: { meters: this.#meters.length }, restartRequired });
  }

  /** Releases every association, then says that the bridge is offline. */
  async stop(): Promise<void> {
    await this.#northbound?.close();
    await this.#fleet.stop();
    await this.#bridge.close();
    await this.#store.close();
  }

  #requests(url: string, backUp: () => Promise<string>): NonNullable<MqttBridgeOptions["requests"]> {
    const fleet = {
      meter: (id: string) => this.#fleet.meter(id),
      worker: (id: string) => this.#fleet.worker(id),
      meterIds: () => this.#fleet.meterIds,
    };
    return {
      verbs: gatewayVerbs({ ...requestValues, fleet, isPrivate: isPrivate(url), backUp, wallClock: Date.now }),
      keys: settableKeys,
      answers: this.#store,
      audit: (record) => {
        this.#logger.info("request", { ...record });
        const { verb, meter, status, code } = record;
        this.#bridge.publishBridgeEvent("request", { verb, meter, status, code });
      },
    };
  }

  async #updateNorthbound(): Promise<void> {
    const meters = this.#meters.flatMap(({ id, northbound }) => {
      const line = this.#fleet.meter(id)?.line;
      return northbound === undefined || line === undefined ? [] : [{ meterId: id, line: this.#fleet.line(line), ...northbound }];
    });
    await this.#northbound?.update(meters);
  }

  #output(): MeterOutput {
    const bridge = this.#bridge;
    return {
      get connected() {
        return bridge.connected;
      },
      announce: (device, known) => bridge.announce(device, known),
      publishSnapshot: (snapshot) => bridge.publishSnapshot(snapshot),
      publishProfile: (chunk) => bridge.publishProfile(chunk),
      publishBridgeEvent: (type, data) => bridge.publishBridgeEvent(type, data),
      setAvailability: (meterId, state, reason) => bridge.setAvailability(meterId, state, reason),
      outboxFilled: () => bridge.outboxFilled(),
      eventNames,
      wallClock: Date.now,
      clockDrift: (meterId, driftSeconds, corrected) => {
        const what = corrected ? "its clock was off and has been corrected" : "its clock is off";
        this.#logger.warn(`${what}: ${driftSeconds} s`, { meterId });
        bridge.publishBridgeEvent(corrected ? "clock_corrected" : "clock_drift", { meter: meterId, drift_s: driftSeconds });
      },
    };
  }

  #listener(): MeterListener {
    return {
      polled: () => {},
      failed: (meterId, error) => this.#logFailure(meterId, error),
      rows: (meterId, profile, count) => this.#logger.debug("rows published", { meterId, profile, count }),
    };
  }

  #logFailure(meterId: string, error: unknown): void {
    if (error instanceof DlmsError) this.#logger.warn(error.message, { meterId, code: error.code, layer: error.layer, hint: error.hint });
    else this.#logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error), { meterId });
  }

  #onStatus(status: BridgeStatus): void {
    switch (status.type) {
      case "connected":
        this.#logger.info(`connected to ${this.#url}`);
        this.#fleet?.brokerBack();
        return;
      case "disconnected":
        this.#logger.warn(status.error.message, { code: status.error.code, retryIn: status.retryIn });
        this.#fleet?.brokerLost();
        return;
      case "held-back":
        this.#logger.warn("a register went down; its value is held back", { meterId: status.meterId, key: status.key });
        return;
      case "dropped":
      case "refused":
        this.#logger.warn(`message ${status.type}`, { topic: status.topic });
        return;
      case "outbox-full":
        this.#logger.error("the outbox is full: the oldest events gave way", { dropped: status.dropped });
        return;
      case "outbox-failed":
        this.#logger.error("the outbox cannot be written", { reason: String(status.error) });
        return;
      case "orphan-removed":
        this.#logger.info("removed a discovery configuration nobody stands behind", { topic: status.topic });
        return;
    }
  }
}

/** What is said to this broker reaches nobody else. */
function isPrivate(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "mqtts:" || protocol === "wss:" || /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** The defaults of the configuration, for hosts that have none. */
function fleetMeter({ id, ...meter }: HostedMeter): FleetMeter {
  return {
    profiles: [],
    events: true,
    ratio: { current: 1, voltage: 1 },
    clock: { correct: false, limit: 30_000 },
    line: `meter ${id}`,
    cell: undefined,
    nextPoll: () => meter.interval,
    allow: [],
    fingerprint: id,
    ...meter,
    meterId: id,
  };
}
