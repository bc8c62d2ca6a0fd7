import type { DomainEvent } from "./events.ts";
import { type LocalCause, localCauses, type OpenCause } from "./relay-causes.ts";
import type { Instant } from "./units.ts";

/** Control states of class 70, by their numbers there. */
export const controlStates = ["disconnected", "connected", "ready-for-reconnection"] as const;
export type ControlState = (typeof controlStates)[number];

/** 0..6, of class 70. */
export type ControlMode = number;

interface Abilities {
  /** A remote reconnection closes at once; it only arms otherwise. */
  readonly remoteCloses: boolean;
  readonly manualOpens: boolean;
  /** The meter closes by itself once its causes are gone; the customer has to otherwise. */
  readonly closesByItself: boolean;
}

/** What the control modes allow besides what all but 0 do: remote disconnection, local disconnection, manual reconnection. */
const modes: readonly (Abilities | undefined)[] = [
  undefined,
  { remoteCloses: false, manualOpens: true, closesByItself: false },
  { remoteCloses: true, manualOpens: true, closesByItself: false },
  { remoteCloses: false, manualOpens: false, closesByItself: false },
  { remoteCloses: true, manualOpens: false, closesByItself: false },
  { remoteCloses: false, manualOpens: true, closesByItself: true },
  { remoteCloses: false, manualOpens: false, closesByItself: true },
];

/** The part of the meter's state that is its supply control switch. */
export interface RelayState {
  mode: ControlMode;
  control: ControlState;
  /** Position of the contacts; it follows the control state as soon as there is voltage to operate with. */
  closed: boolean;
  /** Reasons of the meter itself that hold now. */
  causes: LocalCause[];
  /** Why it opened last; "closed" since it closed again. */
  lastCause: OpenCause;
  operations: number;
}

/** A meter that supplies; `mode` 4 is what a postpaid one has, 6 a prepaid one. */
export function newRelay(mode: ControlMode): RelayState {
  return { mode, control: "connected", closed: true, causes: [], lastCause: "closed", operations: 0 };
}

/** Answer to a command: carried out, already so, not allowed in this mode, or a cause of the meter itself stands against it. */
export type RelayOutcome = "done" | "unchanged" | "forbidden" | "held-open";

/**
 * The one arbiter over the supply control switch (blue book class 70). Features raise and clear causes, clients and the
 * customer command; nobody else moves the contacts.
 */
export class Relay {
  readonly #state: RelayState;
  readonly #emit: (event: DomainEvent) => void;
  readonly #now: () => Instant;

  /** @param now the meter's clock, for events */
  constructor(state: RelayState, now: () => Instant, emit: (event: DomainEvent) => void) {
    this.#state = state;
    this.#now = now;
    this.#emit = emit;
  }

  get mode(): ControlMode {
    return this.#state.mode;
  }

  get control(): ControlState {
    return this.#state.control;
  }

  /** True while the load is supplied. */
  get closed(): boolean {
    return this.#state.closed;
  }

  get causes(): readonly LocalCause[] {
    return this.#state.causes;
  }

  get lastCause(): OpenCause {
    return this.#state.lastCause;
  }

  get operations(): number {
    return this.#state.operations;
  }

  /** False for a mode that there is not. In mode 0 the supply is never off. */
  setMode(mode: ControlMode): boolean {
    if (!Number.isInteger(mode) || mode < 0 || mode >= modes.length) return false;
    this.#state.mode = mode;
    if (mode === 0 && this.#state.control !== "connected") this.#close("local");
    else this.#closeByItself();
    return true;
  }

  /** A reason of the meter itself to open begins. */
  raise(cause: LocalCause): void {
    const { causes, control, mode } = this.#state;
    if (causes.includes(cause)) return;
    this.#state.causes = localCauses.filter((each) => each === cause || causes.includes(each));
    if (mode !== 0 && control === "connected") this.#open("ready-for-reconnection", cause, "local");
  }

  /** A reason of the meter itself is gone; with the last one the supply returns where the mode lets the meter do so. */
  clear(cause: LocalCause): void {
    this.#state.causes = this.#state.causes.filter((each) => each !== cause);
    this.#closeByItself();
  }

  remoteDisconnect(): RelayOutcome {
    if (this.#abilities === undefined) return "forbidden";
    if (this.#state.control === "disconnected") return "unchanged";
    this.#open("disconnected", "remote-command", "remote");
    return "done";
  }

  /** Closes, or lets the customer or the meter close; a cause of the meter itself is not overridden. */
  remoteReconnect(): RelayOutcome {
    const abilities = this.#abilities;
    if (abilities === undefined) return "forbidden";
    if (this.#state.control !== "disconnected") return "unchanged";
    if (abilities.remoteCloses && this.#state.causes.length === 0) {
      this.#close("remote");
      return "done";
    }
    this.#state.control = "ready-for-reconnection";
    this.#emit({ type: "relay-ready", at: this.#now() });
    this.#closeByItself();
    return "done";
  }

  manualDisconnect(): RelayOutcome {
    if (this.#abilities?.manualOpens !== true) return "forbidden";
    if (this.#state.control !== "connected") return "unchanged";
    this.#open("ready-for-reconnection", "manual-key", "manual");
    return "done";
  }

  manualReconnect(): RelayOutcome {
    if (this.#abilities === undefined) return "forbidden";
    if (this.#state.control === "connected") return "unchanged";
    if (this.#state.control === "disconnected") return "forbidden";
    if (this.#state.causes.length > 0) return "held-open";
    this.#close("manual");
    return "done";
  }

  /** Moves the contacts to where they ought to be; true where they moved. Needs the voltage to do so. */
  operate(): boolean {
    const wanted = this.#state.control === "connected";
    if (this.#state.closed === wanted) return false;
    this.#state.closed = wanted;
    this.#state.operations += 1;
    return true;
  }

  get #abilities(): Abilities | undefined {
    return modes[this.#state.mode];
  }

  #closeByItself(): void {
    const { control, causes } = this.#state;
    if (control !== "ready-for-reconnection" || causes.length > 0 || this.#abilities?.closesByItself !== true) return;
    // Whoever was asked by key to open it closes it by key.
    if (this.#state.lastCause === "manual-key") return;
    this.#close("local");
  }

  #open(control: ControlState, cause: OpenCause, by: "remote" | "manual" | "local"): void {
    this.#state.control = control;
    this.#state.lastCause = cause;
    this.#emit({ type: "relay-opened", at: this.#now(), by, cause });
  }

  #close(by: "remote" | "manual" | "local"): void {
    this.#state.control = "connected";
    this.#state.lastCause = "closed";
    this.#emit({ type: "relay-closed", at: this.#now(), by });
  }
}
