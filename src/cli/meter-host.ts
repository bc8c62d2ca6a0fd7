import { join, resolve } from "node:path";
import { type Frozen, loadYaml } from "../config/load.ts";
import { scenarioSchema } from "../config/scenario.ts";
import type { VirtualMeterConfig } from "../config/virtual-meter.ts";
import type { KeypadMeter } from "../keypad/index.ts";
import {
  defaultCredit,
  defaultMeterConfig,
  type Instant,
  initialState,
  type LoadModel,
  Meter,
  type MeterConfig,
  minute,
  type StsConfig,
  stateCodec,
  syntheticLoad,
  type TimeZoneRule,
  threeRateCalendar,
} from "../meter-model/index.ts";
import type { SerialLine } from "../optical/serial-port.ts";
import type { DlmsServer } from "../server/dlms-server.ts";
import { realTimers } from "../session/timers.ts";
import { LmdbCounterStore, LmdbKeyStore, LmdbMeterStore, MemoryMeterStore } from "../store/index.ts";
import type { TraceSink } from "../transport/trace.ts";
import type { Listener, Transport } from "../transport/transport.ts";
import { csvLoad } from "../virtual-meter/csv-load.ts";
import { liveAsCustomer } from "../virtual-meter/customer.ts";
import { logicalDeviceName, type MeterIdentity } from "../virtual-meter/identity.ts";
import { meterKeypad } from "../virtual-meter/keypad/meter-keypad.ts";
import { MeterCounters } from "../virtual-meter/meter-counters.ts";
import { tariffDevice } from "../virtual-meter/optical/readout.ts";
import type { PushName } from "../virtual-meter/push/push-names.ts";
import { Pushes } from "../virtual-meter/push/pushes.ts";
import { MeterRunner } from "../virtual-meter/runner.ts";
import { scenarioMeter } from "../virtual-meter/scenario/scenario-meter.ts";
import { MemoryKeyStore } from "../virtual-meter/security/key-store.ts";
import { parseStart, zoneRule } from "../virtual-meter/time-zone.ts";
import { virtualMeterServer } from "../virtual-meter/virtual-meter.ts";
import { listenKeypad, serveKeypad } from "./keypad/keypad-link-server.ts";
import { meterAssociations } from "./keys/meter-associations.ts";
import { stsIdentity } from "./keys/sts-identity.ts";
import { monthsBefore } from "./months.ts";
import { NetworkOutlet } from "./network-outlet.ts";
import { serveOptical } from "./optical-line.ts";
import { version } from "./version.ts";

/** The configuration of a virtual meter as it was loaded. */
export type MeterHostConfig = Frozen<VirtualMeterConfig>;

export interface MeterHostOptions {
  readonly config: MeterHostConfig;
  /** Folder that relative paths of secrets and of the scenario start from. */
  readonly directory: string;
  readonly trace?: TraceSink | undefined;
  /** In place of the load of the configuration. */
  readonly load?: LoadModel;
  /** Lower HDLC address among several meters on one line; a meter by itself has 17 and answers without it too. */
  readonly physicalAddress?: number | undefined;
  /** A failure the meter cannot go on after. */
  readonly onFailure: (error: unknown) => void;
  /** A push has failed for the last time; the meter goes on. */
  readonly onPushFailure?: ((name: PushName, error: unknown) => void) | undefined;
}

/** Ports to listen on; a link without one is not served. */
export interface MeterPorts {
  readonly tcp?: number | undefined;
  readonly udp?: number | undefined;
  readonly hdlc?: number | undefined;
  /** Of the keypad unit. */
  readonly ciu?: number | undefined;
}

export interface ListeningLink {
  readonly link: keyof MeterPorts | "serial" | "optical";
  readonly address: string;
  /** Of the links that have one. */
  readonly port?: number;
}

/** A virtual meter with everything it needs to live in this process: load, state, time and listeners. */
export class MeterHost {
  readonly meter: Meter;
  readonly identity: MeterIdentity;
  readonly #runner: MeterRunner;
  readonly #server: DlmsServer;
  readonly #pushes: Pushes;
  readonly #store: LmdbMeterStore | MemoryMeterStore;
  readonly #counterStore: LmdbCounterStore | undefined;
  readonly #counters: MeterCounters;
  readonly #keyStore: LmdbKeyStore | undefined;
  readonly #keypad: KeypadMeter;
  #keypadListener: Listener | undefined;
  /** What programming mode of the optical port asks for. */
  readonly #readerPassword: string | undefined;

  /**
   * Loads the state or makes a new meter and simulates its past; nothing listens yet.
   * @throws ConfigError for what cannot be used, StoreError for a state that cannot
   */
  constructor({ config, directory, trace, physicalAddress, onFailure, onPushFailure, ...options }: MeterHostOptions) {
    const year = Number(config.start?.slice(0, 4) ?? new Date(Date.now()).getUTCFullYear());
    const zone = zoneRule(config.timezone, year);
    const start = config.start === undefined ? Date.now() : parseStart(config.start, zone);
    const began = historyStart(start, config.history);
    const sts = stsIdentity(config.sts, directory, Math.min(began, Date.parse(productionDate)));
    const meterConfig = meterConfigOf(config, zone, sts);
    const load = options.load ?? loadModel(config, zone);
    const scenario = config.scenario === undefined ? undefined : loadYaml(resolve(directory, config.scenario), scenarioSchema);
    this.#store = config.state === undefined ? new MemoryMeterStore(stateCodec) : new LmdbMeterStore(config.state, stateCodec);
    const kept = this.#store.load();
    const state = kept ?? initialState(meterConfig, began);
    const serving = Math.max(start, state.now);
    this.meter =
      scenario === undefined
        ? new Meter(meterConfig, state, load)
        : scenarioMeter({
            scenario,
            config: meterConfig,
            state,
            load,
            starts: { beginning: kept === undefined ? state.now : serving, serving },
          });
    const live = (until: Instant) => {
      if (kept === undefined)
        liveAsCustomer({ meter: this.meter, baseDate: config.sts.baseDate ?? 2014, seed: seedOf(config.serialNumber) }, until);
    };
    live(start);
    // Simulating the past takes a while, and the meter begins in the present.
    const served = config.start === undefined ? Date.now() : start;
    live(served);
    this.identity = identityOf(config);
    this.#counterStore = config.state === undefined ? undefined : new LmdbCounterStore(join(config.state, "counters"));
    this.#counters = new MeterCounters(this.#counterStore, this.#counterStore === undefined ? firstOfForgetful(Date.now()) : undefined);
    this.#keyStore = config.state === undefined ? undefined : new LmdbKeyStore(join(config.state, "keys"));
    const associations = meterAssociations(config, directory, this.#counters, this.#keyStore ?? new MemoryKeyStore());
    this.#readerPassword = passwordOf(associations);
    this.#pushes = new Pushes({
      meter: this.meter,
      serverSap: this.identity.managementSap,
      outlet: new NetworkOutlet({
        securityOf: (clientSap) => associations.find((one) => one.clientSap === clientSap)?.security,
        notify: (clientSap, serverSap, notification) => this.#server.notify({ clientSap, serverSap }, notification),
        ...(trace === undefined ? {} : { trace }),
      }),
      destinations: config.push,
      timers: realTimers,
      random: Math.random,
      speed: config.speed,
      ...(onPushFailure === undefined ? {} : { onFailure: onPushFailure }),
    });
    const runner = new MeterRunner({
      meter: this.meter,
      timers: realTimers,
      start: served,
      speed: config.speed,
      store: this.#store,
      onEvents: (events) => this.#pushes.notice(events),
      onFailure,
    });
    this.#runner = runner;
    this.#keypad = meterKeypad({ meter: () => runner.catchUp(), identity: this.identity, afterChange: () => runner.save() });
    this.#server = virtualMeterServer({
      meter: this.meter,
      identity: this.identity,
      associations,
      pushes: this.#pushes,
      profileEncodings: config.profiles,
      observer: { beforeService: () => void runner.catchUp(), afterChange: () => runner.save() },
      onFailure,
      // One octet names no device: on a shared line every meter would answer to it.
      ...(physicalAddress === undefined ? {} : { hdlc: { physicalAddress, addressLengths: [2, 4] } }),
      ...(trace === undefined ? {} : { trace }),
    });
  }

  /** Starts the meter's time and listens. @throws TransportError `open-failed` */
  async start(host: string, ports: MeterPorts): Promise<readonly ListeningLink[]> {
    const listening: ListeningLink[] = [];
    for (const [link, kind] of linkKinds) {
      const wanted = ports[link];
      if (wanted === undefined) continue;
      const { address, port } = await this.#server.listen(kind, host, wanted);
      listening.push({ link, address, port });
    }
    if (ports.ciu !== undefined) {
      this.#keypadListener = await listenKeypad({ host, port: ports.ciu }, this.#keypad);
      const { address, port } = this.#keypadListener;
      listening.push({ link: "ciu", address, port });
    }
    this.#runner.start();
    this.#pushes.started();
    return listening;
  }

  /** Answers on one end of a line that was opened elsewhere. */
  serveHdlc(transport: Transport): void {
    this.#server.serve("hdlc", transport);
  }

  /** Answers at the optical port: sign-on by IEC 62056-21, readout, then HDLC. */
  serveOptical(line: SerialLine): void {
    const password = this.#readerPassword;
    const device = tariffDevice(() => this.#runner.catchUp(), this.identity, password);
    serveOptical(line, device, (transport) => this.serveHdlc(transport), realTimers);
  }

  /** Serves a keypad unit at one end of a link that was opened elsewhere. */
  serveKeypad(transport: Transport): void {
    serveKeypad(transport, {}, this.#keypad, realTimers);
  }

  /** Closes the listeners, saves and lets go of the state. */
  async stop(): Promise<void> {
    this.#pushes.stop();
    await this.#keypadListener?.close();
    await this.#server.close();
    this.#runner.stop();
    this.#counters.settle();
    await this.#counterStore?.close();
    await this.#keyStore?.close();
    await this.#store.close();
  }
}

/** The password that readers associate with, as text. */
function passwordOf(associations: ReturnType<typeof meterAssociations>): string | undefined {
  const reader = associations.find(({ role }) => role === "reader")?.authentication;
  return reader?.mechanism === "lls" ? new TextDecoder().decode(reader.password) : undefined;
}

/** Of all virtual meters; tokens that are older are none of theirs. */
const productionDate = "2026-01-02";

const linkKinds = [
  ["tcp", "wrapper"],
  ["udp", "wrapper-udp"],
  ["hdlc", "hdlc"],
] as const;

/** A meter that is paid in advance connects by itself when there is credit again. */
function meterConfigOf(config: MeterHostConfig, zone: TimeZoneRule, sts: StsConfig | undefined): MeterConfig {
  const { mode, credit = 0, currency } = config;
  const unit = currency === undefined ? "energy" : "currency";
  const whole = currency === undefined ? 1000 : 10 ** -currency.scale;
  return {
    ...defaultMeterConfig,
    zone,
    calendar: threeRateCalendar,
    controlMode: mode === "prepaid" ? 6 : 4,
    credit: { ...defaultCredit, mode, unit, opening: Math.round(credit * whole), ...(currency && { currency }) },
    ...(sts && { sts }),
  };
}

function loadModel(config: MeterHostConfig, zone: TimeZoneRule): LoadModel {
  return config.load.kind === "csv"
    ? csvLoad({ path: config.load.file, zone })
    : syntheticLoad({ seed: seedOf(config.serialNumber), zone });
}

/** Every meter has its own household. */
function seedOf(serialNumber: string): number {
  let seed = 0;
  for (const character of serialNumber) seed = (seed * 31 + character.charCodeAt(0)) % 0x7fffffff;
  return seed;
}

/** The first whole minute of the simulated past. */
function historyStart(start: number, history: MeterHostConfig["history"]): number {
  if (history === undefined) return start;
  const began = monthsBefore(start, history.months) - history.days * 24 * 60 * minute - history.milliseconds;
  return Math.floor(began / minute) * minute;
}

function identityOf(config: MeterHostConfig): MeterIdentity {
  return {
    logicalDeviceName: logicalDeviceName(config.manufacturer, config.serialNumber),
    managementSap: 1,
    serialNumber: config.serialNumber,
    decoderReferenceNumber: config.sts.drn ?? "01234567897",
    model: "DLMS-GW 1P prepayment",
    manufacturerName: "dlms-gateway virtual meter",
    firmware: { metrology: `M${version}`, application: `A${version}`, communication: `C${version}` },
    productCode: "DGW-1P-K",
    productionDate,
    parameterRecord: "1",
    tariffProgram: "1",
    pulseConstant: 1000,
    rating: { voltage: 230_000, basicCurrent: 5000, maximumCurrent: 80_000, frequency: 50_000 },
  };
}

/** A meter without a state begins to count higher each time: ten values a second, enough for thirteen years. */
function firstOfForgetful(now: number): number {
  return Math.floor((now - Date.UTC(2026, 0, 1)) / 100);
}
