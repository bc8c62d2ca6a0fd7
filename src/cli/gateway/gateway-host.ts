import { NotificationListener } from "../../client/notification-listener.ts";
import type { LinkKind } from "../../cosem-objects/object.ts";
import { DlmsError } from "../../errors.ts";
import { availabilityReason } from "../../gateway/availability-reason.ts";
import { gatewayVerbs, settableKeys } from "../../gateway/commands.ts";
import type { GatewayStore } from "../../gateway/gateway-store.ts";
import { MemoryGatewayStore } from "../../gateway/memory-gateway-store.ts";
import { MeterBoard } from "../../gateway/meter-board.ts";
import { type FleetChange, MeterFleet } from "../../gateway/meter-fleet.ts";
import type { MeterOutput } from "../../gateway/meter-options.ts";
import type { MeterListener } from "../../gateway/meter-worker.ts";
import { type NorthboundOptions, NorthboundPorts } from "../../gateway/northbound-ports.ts";
import { Operations } from "../../gateway/operations.ts";
import type { PermitLimits } from "../../gateway/permits.ts";
import { PushDesk } from "../../gateway/push-desk.ts";
import type { Logger } from "../../log/logger.ts";
import {
  type BridgeStatus,
  MqttBridge,
  type MqttBridgeOptions,
  SparkplugEdge,
  type SparkplugOptions,
  type SparkplugStatus,
} from "../../mqtt-bridge/index.ts";
import { realTimers } from "../../session/timers.ts";
import type { GatewayPage } from "../dashboard/gateway-page.ts";
import { eventNames } from "../event-names.ts";
import { version } from "../version.ts";
import { fleetMeter, type HostedMeter } from "./hosted-meter.ts";
import { requestValues } from "./request-values.ts";

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
  /** Where meters push to. */
  readonly push?: PushPorts;
  /** An edge node of Sparkplug B at the same broker. */
  readonly sparkplug?: Pick<SparkplugOptions, "group" | "edge" | "primaryHost">;
  /** Is told what the bridge is told. */
  readonly page?: GatewayPage;
  /** Where health and metrics are served, where no page serves them. */
  readonly http?: { readonly host: string; readonly port: number };
}

/** Ports that meters push to, by link. */
export interface PushPorts {
  readonly host: string;
  readonly ports: Partial<Readonly<Record<LinkKind, number>>>;
}

const usualLimits: PermitLimits = { concurrent: 200, perCell: 20, newPerSecond: 30 };
/** Between statistics for `bridge/health`; ms. */
const healthPeriod = 60_000;
/** A broker that is away this long at the end is not waited for; ms. */
const closeTimeout = 2000;

/** The gateway in this process: one bridge, one worker for each meter, and what they have to say in the log. */
export class GatewayHost {
  readonly #bridge: MqttBridge;
  readonly #fleet: MeterFleet;
  readonly #store: GatewayStore;
  readonly #options: GatewayHostOptions;
  readonly #northbound: NorthboundPorts | undefined;
  readonly #sparkplug: SparkplugEdge | undefined;
  readonly #pushes: PushDesk;
  readonly #pushListener: NotificationListener;
  readonly #operations: Operations;
  readonly #board = new MeterBoard();
  #cancelHealth: (() => void) | undefined;
  readonly #logger: Logger;
  readonly #url: string;
  #meters: readonly HostedMeter[];

  /** @throws ConfigError for a broker or meters that cannot be */
  constructor(options: GatewayHostOptions) {
    const { mqtt, meters, logger, store = new MemoryGatewayStore(), limits = usualLimits, requests, northbound } = options;
    this.#options = options;
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
    this.#operations = new Operations({
      health: () => ({
        brokerConnected: this.#bridge.connected,
        outbox: store.outbox.size,
        running: this.#fleet.running,
        meters: this.#board.meters,
      }),
      wallClock: Date.now,
      version,
    });
    const { sparkplug } = options;
    this.#sparkplug =
      sparkplug &&
      new SparkplugEdge({
        ...connectionOf(mqtt),
        ...sparkplug,
        closeTimeout,
        birthSequence: store.birthSequence,
        timers: realTimers,
        random: Math.random,
        wallClock: Date.now,
        onStatus: (status) => this.#logSparkplug(status),
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
    this.#pushes = new PushDesk({
      meters: () => this.#meters.map(({ id, push }) => ({ host: undefined, systemTitle: undefined, keys: {}, ...push, meterId: id })),
      store,
      output: this.#output(),
      onFailure: (meterId, error) => this.#logFailure(meterId ?? "push", error),
      onPush: (meterId) => this.#operations.pushed(meterId),
    });
    this.#pushListener = new NotificationListener({
      onNotification: (notification, source) => this.#pushes.receive(notification, source),
      onNotUnderstood: (error, bytes, source) => this.#pushes.receiveOther(error, bytes, source),
    });
  }

  /** The ports at which head-ends reach meters. */
  get northboundPorts(): readonly number[] {
    return this.#northbound?.ports ?? [];
  }

  /** Health and metrics, for who serves them beside a page. */
  get routes(): Operations["routes"] {
    return this.#operations.routes;
  }

  /** What is published as `bridge/health`. */
  get statistics(): Readonly<Record<string, unknown>> {
    return this.#operations.statistics();
  }

  /** Connects to the broker and starts polling. A broker that is away now is tried again for as long as it takes. */
  async start(): Promise<void> {
    await this.#bridge.connect().catch((error: unknown) => {
      if (!(error instanceof DlmsError)) throw error;
      this.#logger.warn(`${error.message}; trying again`, { code: error.code, hint: error.hint });
    });
    this.#sparkplug?.start();
    this.#board.update(this.#meters.map(({ id }) => id));
    const { push, http } = this.#options;
    for (const [link, port] of Object.entries(push?.ports ?? {})) {
      const { address } = await this.#pushListener.listen(link as LinkKind, push?.host ?? "127.0.0.1", port);
      this.#logger.info(`listening for pushes, ${link} ${address}`);
    }
    await this.#fleet.update(this.#meters.map(fleetMeter));
    this.#options.page?.update(this.#fleet);
    await this.#updateNorthbound();
    if (http !== undefined) {
      const port = await this.#operations.listen(http.host, http.port);
      this.#logger.info(`listening http ${http.host}:${port}`);
    }
    this.#publishHealth();
  }

  /** Has exactly these meters from now on; reads under way of the others go on. */
  async update(meters: readonly HostedMeter[]): Promise<FleetChange> {
    this.#meters = meters;
    this.#board.update(meters.map(({ id }) => id));
    const change = await this.#fleet.update(meters.map(fleetMeter));
    this.#options.page?.update(this.#fleet);
    for (const meterId of change.removed) {
      this.#bridge.retire(meterId);
      this.#sparkplug?.retire(meterId);
    }
    await this.#updateNorthbound();
    return change;
  }

  /** Says that what was changed in the configuration needs a new start. */
  setRestartRequired(restartRequired: boolean): void {
    this.#bridge.publishInfo({ version, configSummary: { meters: this.#meters.length }, restartRequired });
  }

  /** Releases every association, then says that the bridge is offline. */
  async stop(): Promise<void> {
    this.#cancelHealth?.();
    await this.#pushListener.close();
    await this.#pushes.idle();
    await this.#northbound?.close();
    await this.#fleet.stop();
    await Promise.all([this.#bridge.close(), this.#sparkplug?.close()]);
    await this.#operations.close();
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
        this.#operations.requested(record.verb, record.status);
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
    const { page } = this.#options;
    return {
      get connected() {
        return bridge.connected;
      },
      announce: (device, known) => {
        bridge.announce(device, known);
        this.#sparkplug?.announce(device, known);
        page?.announce(device, known);
      },
      publishSnapshot: (snapshot) => {
        if (snapshot.source === "poll") this.#board.read(snapshot.meterId, snapshot.readTime, snapshot.clockDriftSeconds);
        bridge.publishSnapshot(snapshot);
        this.#sparkplug?.publishSnapshot(snapshot);
        page?.publishSnapshot(snapshot);
      },
      publishProfile: async (chunk) => {
        await bridge.publishProfile(chunk);
        this.#sparkplug?.publishProfile(chunk);
      },
      publishBridgeEvent: (type, data) => bridge.publishBridgeEvent(type, data),
      setAvailability: (meterId, state, reason) => {
        if (state === "offline") this.#board.away(meterId, reason);
        bridge.setAvailability(meterId, state, reason);
        this.#sparkplug?.setAvailability(meterId, state);
        page?.setAvailability(meterId, state, reason);
      },
      outboxFilled: () => bridge.outboxFilled(),
      eventNames,
      wallClock: Date.now,
      clockDrift: (meterId, driftSeconds, outcome) => {
        this.#logger.warn(`its clock is off by ${driftSeconds} s: ${outcome}`, { meterId });
        const type = outcome === "corrected" ? "clock_corrected" : "clock_drift";
        bridge.publishBridgeEvent(type, { meter: meterId, drift_s: driftSeconds, outcome });
      },
      scaleDoubtful: (meterId, { logicalName, factor, because }) => {
        const hint = `if the meter's scaler is wrong, set multiply: { "${logicalName}": ${factor} } for it`;
        this.#logger.warn(`a scale looks wrong: ${because}`, { meterId, object: logicalName, hint });
        bridge.publishBridgeEvent("scale_doubtful", { meter: meterId, object: logicalName, factor, because });
      },
    };
  }

  #listener(): MeterListener {
    return {
      polled: (meterId, milliseconds) => this.#operations.polled(meterId, milliseconds),
      failed: (meterId, error) => {
        this.#operations.failed(meterId, availabilityReason(error));
        this.#logFailure(meterId, error);
      },
      rows: (meterId, profile, count) => {
        this.#operations.rows(meterId, count);
        this.#logger.debug("rows published", { meterId, profile, count });
      },
    };
  }

  #publishHealth(): void {
    this.#bridge.publishHealth(this.#operations.statistics());
    this.#cancelHealth = realTimers.schedule(healthPeriod, () => this.#publishHealth());
  }

  #logFailure(meterId: string, error: unknown): void {
    if (error instanceof DlmsError) this.#logger.warn(error.message, { meterId, code: error.code, layer: error.layer, hint: error.hint });
    else this.#logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error), { meterId });
  }

  #logSparkplug(status: SparkplugStatus): void {
    if (status.type === "born" || status.type === "connected") this.#logger.info(`sparkplug: ${status.type}`);
    else this.#logger.warn(`sparkplug: ${status.type}`, status.type === "disconnected" ? { reason: status.error?.message } : {});
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
        this.#operations.dropped(status.dropped);
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

/** The broker as an edge node connects to it: with a session and a client id of its own. */
function connectionOf({ url, version: protocol, username, password, tls, clientId }: GatewayHostOptions["mqtt"]) {
  return {
    urls: [url] as [string],
    ...(protocol === undefined ? {} : { version: protocol }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls }),
    ...(clientId === undefined ? {} : { clientId: `${clientId}-sparkplug` }),
  };
}
