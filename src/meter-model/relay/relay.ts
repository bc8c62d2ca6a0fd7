import type { RelayEventName } from "../events/relay-events.ts";
import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";
import { hour, type Instant, second } from "../units.ts";
import { allows, type ControlMode, type ControlState, isControlMode } from "./control-mode.ts";
import { creditRequests, positionOf, type RelayCause, type RelayRequest, relayCauses, relayRequests, strongest } from "./requests.ts";

/** Requests that end by themselves. */
export type TimedRequest = "remoteClose" | "testClose" | "testOpen";

/** Requests that stand until whoever raised them withdraws them. */
export type StandingRequest = Exclude<RelayRequest, TimedRequest>;

/** The part of the meter's state that is its supply control. */
export interface RelayState {
  mode: ControlMode;
  controlState: ControlState;
  raised: StandingRequest[];
  /** True time at which each ends. */
  timed: Partial<Record<TimedRequest, Instant>>;
  /** Whether the meter disconnected by itself, and may connect by itself where its mode has that. */
  local: boolean;
  /** Whether a press must connect, whatever the mode. */
  pressNeeded: boolean;
  /** Whether credit that is there again connects after a press only. */
  pressAfterCredit: boolean;
  /** Where the contacts are: they keep their position without supply. */
  closed: boolean;
  /** A fault: the contacts do not move. */
  stuck: boolean;
  /** Times that the contacts did not follow, and true time at which they are tried again. */
  failures: number;
  retryAt: Instant | undefined;
  /** Of the last disconnection. */
  cause: RelayCause;
  /** Times that the contacts moved. */
  operations: number;
}

/** Answer to a command: done, or already so; or why not: `denied` by the mode or by what keeps the relay open. */
export type RelayOutcome = "accepted" | "no-supply" | "denied";

/** Attempts that follow the first one at once. */
const quickRetries = 5;

/** A relay that was never disconnected. Mode 6 is the one of prepayment. */
export function newRelay(mode: ControlMode = 6): RelayState {
  return {
    mode,
    controlState: "connected",
    raised: [],
    timed: {},
    local: false,
    pressNeeded: false,
    pressAfterCredit: false,
    closed: true,
    stuck: false,
    failures: 0,
    retryAt: undefined,
    cause: relayCauses.closed,
    operations: 0,
  };
}

/**
 * The one who moves the relay. Features raise and withdraw requests; clients and keys give commands; from both, the
 * control mode and the table of priorities follows whether the supply is connected.
 */
export class Relay implements MeterUnit {
  readonly #state: RelayState;
  readonly #surroundings: UnitSurroundings<RelayEventName>;

  /** Takes possession of `state`. */
  constructor(state: RelayState, surroundings: UnitSurroundings<RelayEventName>) {
    this.#state = state;
    this.#surroundings = surroundings;
  }

  get due(): Instant {
    if (!this.#surroundings.supplied) return never;
    return Math.min((this.#powered ? this.#state.retryAt : undefined) ?? never, ...Object.values(this.#state.timed));
  }

  /** Where the contacts are. */
  get closed(): boolean {
    return this.#state.closed;
  }

  get controlState(): ControlState {
    return this.#state.controlState;
  }

  get mode(): ControlMode {
    return this.#state.mode;
  }

  /** Why the relay is where it was told to be. */
  get cause(): RelayCause {
    if (!this.openCommanded) return relayCauses.closed;
    return this.#test === undefined || this.controlState === "disconnected" ? this.#state.cause : relayRequests[this.#test].cause;
  }

  get operations(): number {
    return this.#state.operations;
  }

  /** Requests that stand, in no order. */
  get raised(): readonly StandingRequest[] {
    return this.#state.raised;
  }

  /** Whether a press must connect after credit is there again. */
  get pressAfterCredit(): boolean {
    return this.#state.pressAfterCredit;
  }

  set pressAfterCredit(needed: boolean) {
    this.#state.pressAfterCredit = needed;
  }

  /** Whether the relay was told to be open, wherever it is. */
  get openCommanded(): boolean {
    const { mode, controlState } = this.#state;
    if (mode === 0) return false;
    if (controlState === "disconnected") return true;
    return this.#test === undefined ? controlState !== "connected" : positionOf(this.#test) === "open";
  }

  /** Raises or withdraws a request; `press`: what is withdrawn lets a key connect, and not the meter. */
  request(name: StandingRequest, raised: boolean, after: "itself" | "press" = "itself"): void {
    const state = this.#state;
    if (state.raised.includes(name) === raised) return;
    if (raised) state.raised.push(name);
    else {
      state.raised.splice(state.raised.indexOf(name), 1);
      if (after === "press" || (state.pressAfterCredit && creditRequests.has(name))) state.pressNeeded = state.controlState !== "connected";
    }
    this.#arbitrate();
  }

  /** Transitions b and c. */
  remoteDisconnect(): RelayOutcome {
    if (!this.#surroundings.supplied) return "no-supply";
    if (!allows(this.#state.mode, "b")) return "denied";
    if (this.#state.controlState === "disconnected") return "accepted";
    this.#state.timed = {};
    this.#disconnect("disconnected", relayCauses.remote, "remotelyDisconnected");
    return "accepted";
  }

  /** Transitions a and d. What keeps the relay open is waited for, or overruled for a time. */
  remoteReconnect(): RelayOutcome {
    if (!this.#surroundings.supplied) return "no-supply";
    const state = this.#state;
    const direct = allows(state.mode, "a");
    if (!direct && !allows(state.mode, "d")) return "denied";
    if (state.controlState !== "disconnected") return direct && state.controlState === "ready-for-reconnection" ? "denied" : "accepted";
    if (direct && this.#keptOpen && this.#surroundings.config.remoteOverride > 0) {
      state.timed.remoteClose = this.#surroundings.now + this.#surroundings.config.remoteOverride;
    }
    if (direct && !this.#keptOpen) this.#connect("remotelyConnected");
    else {
      state.controlState = "ready-for-reconnection";
      state.local = this.#keptOpen;
      if (!this.#keptOpen) this.#record("readyForReconnection");
      this.#arbitrate();
    }
    return "accepted";
  }

  /** Transition f. */
  manualDisconnect(): RelayOutcome {
    if (!this.#surroundings.supplied) return "no-supply";
    if (!allows(this.#state.mode, "f")) return "denied";
    if (this.#state.controlState === "connected") this.#disconnect("ready-for-reconnection", relayCauses.manual, "manuallyDisconnected");
    return "accepted";
  }

  /** Transition e. */
  manualReconnect(): RelayOutcome {
    if (!this.#surroundings.supplied) return "no-supply";
    const { mode, controlState } = this.#state;
    if (controlState === "connected") return "accepted";
    if (!allows(mode, "e") || controlState === "disconnected" || this.#keptOpen) return "denied";
    this.#connect("manuallyConnected");
    return "accepted";
  }

  /** Transition h by a feature that has nothing to withdraw, after a remote reconnection to ready for instance. */
  localReconnect(): RelayOutcome {
    if (!this.#surroundings.supplied) return "no-supply";
    const { mode, controlState } = this.#state;
    if (controlState === "connected") return "accepted";
    if (!allows(mode, "h") || controlState === "disconnected" || this.#keptOpen) return "denied";
    this.#connect("locallyConnected");
    return "accepted";
  }

  /** Opens or closes for `duration` ms and goes back, without a change of the control state. */
  test(position: "open" | "closed", duration: number): RelayOutcome {
    if (!this.#surroundings.supplied) return "no-supply";
    if (this.#state.mode === 0 || this.#state.controlState === "disconnected") return "denied";
    this.#state.timed[position === "open" ? "testOpen" : "testClose"] = this.#surroundings.now + duration;
    this.#drive();
    return "accepted";
  }

  /** Changes the control mode; false for a number that is none. Mode 0 connects. */
  setMode(mode: number): boolean {
    if (!isControlMode(mode)) return false;
    this.#state.mode = mode;
    if (mode === 0) {
      this.#state.timed = {};
      this.#state.controlState = "connected";
    }
    this.#arbitrate();
    return true;
  }

  /** Makes the contacts stick where they are, or frees them. */
  setStuck(stuck: boolean): void {
    this.#state.stuck = stuck;
  }

  /** Only contacts that are not where they were told to be wait for voltage. */
  calm(): boolean {
    return this.#state.closed !== this.openCommanded;
  }

  settle(): void {
    if (!this.#surroundings.supplied) return;
    const { timed } = this.#state;
    for (const [name, until] of Object.entries(timed) as [TimedRequest, Instant][]) {
      if (until <= this.#surroundings.now) delete timed[name];
    }
    this.#arbitrate();
  }

  /** The last command is carried out again. */
  supplyBack(): void {
    this.#state.failures = 0;
    this.#state.retryAt = undefined;
    this.settle();
  }

  /** Whether a request stands that keeps the relay open. Tests do not count: they pass. */
  get #keptOpen(): boolean {
    const { raised, timed } = this.#state;
    return positionOf(strongest(timed.remoteClose === undefined ? raised : [...raised, "remoteClose"])) === "open";
  }

  /** The local transitions: g when something keeps the relay open, h when nothing does any more. */
  #arbitrate(): void {
    const state = this.#state;
    if (this.#keptOpen && state.controlState === "connected" && allows(state.mode, "g")) {
      this.#disconnect("ready-for-reconnection", this.#standingCause, "locallyDisconnected");
      state.local = true;
    } else if (!this.#keptOpen && state.controlState === "ready-for-reconnection" && state.local) {
      state.local = false;
      if (allows(state.mode, "h") && !state.pressNeeded) this.#connect("locallyConnected");
      else this.#record("readyForReconnection");
    }
    this.#drive();
  }

  /** The lowest number of what stands, which is the cause to be shown (7.6). */
  get #standingCause(): RelayCause {
    const causes = this.#state.raised.filter((name) => relayRequests[name].position === "open").map((name) => relayRequests[name].cause);
    return Math.min(...causes) as RelayCause;
  }

  #connect(event: RelayEventName): void {
    this.#state.controlState = "connected";
    this.#state.local = false;
    this.#state.pressNeeded = false;
    this.#record(event);
    this.#drive();
  }

  #disconnect(controlState: ControlState, cause: RelayCause, event: RelayEventName): void {
    this.#state.controlState = controlState;
    this.#state.local = false;
    this.#state.cause = cause;
    this.#record(event);
    this.#drive();
  }

  get #test(): TimedRequest | undefined {
    return strongest(Object.keys(this.#state.timed) as TimedRequest[]);
  }

  get #powered(): boolean {
    const { config, supplied, measurement } = this.#surroundings;
    return supplied && measurement.voltage > config.operatingVoltage;
  }

  /** Moves the contacts to where they were told to be: at once, five times more each second, then every hour. */
  #drive(): void {
    const state = this.#state;
    const { now } = this.#surroundings;
    const closed = !this.openCommanded;
    if (state.closed === closed) {
      state.failures = 0;
      state.retryAt = undefined;
      return;
    }
    if (!this.#powered || (state.retryAt !== undefined && now < state.retryAt)) return;
    if (!state.stuck) {
      state.closed = closed;
      state.operations += 1;
      state.failures = 0;
      state.retryAt = undefined;
      return;
    }
    state.failures += 1;
    if (state.failures === quickRetries + 1) this.#record("relayFailed");
    state.retryAt = now + (state.failures > quickRetries ? hour : second);
  }

  #record(name: RelayEventName): void {
    this.#surroundings.record(name, this.#surroundings.clock.at(this.#surroundings.now));
  }
}
