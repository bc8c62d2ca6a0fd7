import type { Measurement } from "../measurement.ts";
import { type MeterUnit, never, type UnitSurroundings } from "../unit.ts";
import { type Instant, second } from "../units.ts";
import { type Detection, Detector, type DetectorState, newDetector } from "./detector.ts";
import { newReverseEnergy, ReverseEnergy, type ReverseEnergyState, type ReverseTreatment, reverseTreatments } from "./reverse-energy.ts";
import { beginOccurrence, endOccurrence, newTally, readTally, type Tally, type TallyState } from "./tally.ts";
import {
  type ContactName,
  contactNames,
  type TamperName,
  type TrippingTamper,
  tamperBit,
  tamperNames,
  tampers,
  trippingTampers,
} from "./tamper-catalogue.ts";

/** Parameters of the tamper detection that a client may change. */
export interface TamperSettings {
  /** Tampers (by their bit) that open the relay until they are cleared. */
  actionMask: number;
  /** mA and percent of the larger current, both of which the currents must differ by. */
  differenceCurrent: number;
  differencePercent: number;
  /** Seconds that the currents must differ for, and must not to be taken for equal again. */
  persistence: number;
  /** Wh of export without import between that are significant. */
  reverseThreshold: number;
  reverseTreatment: ReverseTreatment;
}

/** The part of the meter's state that is about tampering. */
export interface TamperState {
  settings: TamperSettings;
  /** What the contacts say: true is open, or a field, or an attack. */
  contacts: Record<ContactName, boolean>;
  detectors: Record<TamperName, DetectorState>;
  tallies: Record<TamperName | "metrology", TallyState>;
  reverseEnergy: ReverseEnergyState;
  /** Tampers (by their bit) since they were last cleared. */
  latched: number;
  /** True time at which a tamper that was cleared without being gone trips again. */
  tripAgainAt: Instant | undefined;
}

/** What the guard asks of the relay. */
export interface TamperedRelay {
  /** Whether the relay was told to be open. */
  readonly openCommanded: boolean;
  request(name: TrippingTamper, raised: boolean): void;
}

/** mA below which nothing is said of differences, and mW of export below which the current is not taken for reversed. */
const leastCurrent = 500;
const leastReversePower = 20_000;
/** Percent by which the difference must fall below its threshold. */
const differenceHysteresis = 1;

/** A meter that nobody has tampered with: its cover trips the relay. 12 % of the least current is its least difference. */
export function newTampers(): TamperState {
  return {
    settings: {
      actionMask: tamperBit("meterCover"),
      differenceCurrent: 60,
      differencePercent: 12,
      persistence: 15,
      reverseThreshold: 100,
      reverseTreatment: "count",
    },
    contacts: mapNames(contactNames, () => false),
    detectors: mapNames(tamperNames, newDetector),
    tallies: mapNames([...tamperNames, "metrology"], newTally),
    reverseEnergy: newReverseEnergy(),
    latched: 0,
    tripAgainAt: undefined,
  };
}

/** Watches covers, magnetic field and currents; counts, logs and latches what it finds, and asks the relay to open for it. */
export class TamperGuard implements MeterUnit {
  readonly #state: TamperState;
  readonly #surroundings: UnitSurroundings;
  readonly #relay: TamperedRelay;
  readonly #detectors: readonly (readonly [name: TamperName, detector: Detector])[];
  readonly #reverseEnergy: ReverseEnergy;
  /** Whether nothing goes on and nothing is about to be recognised, so that most looks have nothing to do. */
  #quiet = false;

  /** Takes possession of `state`. */
  constructor(state: TamperState, surroundings: UnitSurroundings, relay: TamperedRelay) {
    this.#state = state;
    this.#surroundings = surroundings;
    this.#relay = relay;
    this.#detectors = tamperNames.map((name) => [
      name,
      new Detector(state.detectors[name], () => {
        const byParameter = state.settings.persistence * second;
        return tampers[name].persistence ?? { begin: byParameter, end: byParameter };
      }),
    ]);
    this.#reverseEnergy = new ReverseEnergy(state.reverseEnergy, () => state.settings.reverseThreshold);
  }

  get due(): Instant {
    if (this.#quiet) return never;
    const { clock, measurement, now, supplied } = this.#surroundings;
    let due = this.#state.tripAgainAt ?? never;
    if (supplied) due = Math.min(due, this.#reverseEnergy.due(measurement, clock, now));
    for (const [, detector] of this.#detectors) due = Math.min(due, detector.due);
    return due;
  }

  get settings(): Readonly<TamperSettings> {
    return this.#state.settings;
  }

  /** Tampers (by their bit) that are going on. */
  get present(): number {
    return this.#detectors.reduce((word, [name, { active }]) => word | (active ? tamperBit(name) : 0), 0);
  }

  /** Tampers (by their bit) since they were last cleared. */
  get latched(): number {
    return this.#state.latched;
  }

  /** Whether energy is to be counted on the larger of the currents. */
  get countsLargerCurrent(): boolean {
    return this.#state.detectors.differential.active;
  }

  /** How often and how long; `metrology` is any of what concerns the measurement. */
  tally(name: TamperName | "metrology"): Tally {
    return readTally(this.#state.tallies[name], this.#surroundings.now);
  }

  /** Whole Wh that flowed back at a power that counts, ever. */
  get reverseEnergy(): number {
    return this.#state.reverseEnergy.total.whole;
  }

  /** Whether a tamper goes on. */
  active(name: TamperName): boolean {
    return this.#state.detectors[name].active;
  }

  contact(name: ContactName): boolean {
    return this.#state.contacts[name];
  }

  /** A cover was opened or closed, a field or an attack came or went; there need be no supply. */
  setContact(name: ContactName, open: boolean): void {
    this.#state.contacts[name] = open;
    this.#quiet = false;
    this.settle();
  }

  /** Secrets were tried in vain, as often as is allowed. */
  attacked(): void {
    this.setContact("communication", true);
    this.setContact("communication", false);
  }

  /** Changes parameters; false, and nothing changed, for one out of range. */
  configure(changes: Partial<TamperSettings>): boolean {
    const settings = { ...this.#state.settings, ...changes };
    const { actionMask, differenceCurrent, differencePercent, persistence, reverseThreshold, reverseTreatment } = settings;
    const whole = (value: number, limit: number) => Number.isInteger(value) && value >= 0 && value <= limit;
    if (!whole(actionMask, 0xffff_ffff) || !whole(differenceCurrent, 0xffff)) return false;
    if (!whole(differencePercent, 100) || !whole(persistence, 0xffff)) return false;
    if (!whole(reverseThreshold, 1_000_000) || reverseThreshold === 0 || !reverseTreatments.includes(reverseTreatment)) return false;
    Object.assign(this.#state.settings, settings);
    this.#quiet = false;
    this.settle();
    this.#ask();
    return true;
  }

  /** Forgets what was latched. What still goes on trips again after a second. */
  clear(by: "token" | "remote"): void {
    const { now, clock } = this.#surroundings;
    this.#state.latched = 0;
    this.#state.tripAgainAt = this.present === 0 ? undefined : now + second;
    this.#surroundings.record(by === "token" ? "tamperClearedByToken" : "tamperClearedRemotely", clock.at(now));
    this.#ask();
  }

  accumulate(measured: Measurement, duration: number): void {
    if (!this.#reverseEnergy.idle(measured)) this.#reverseEnergy.accumulate(measured, duration);
  }

  calm(measured: Measurement): boolean {
    return this.#quiet && !this.#suspicious(measured);
  }

  settle(): void {
    const { now, clock, supplied, measurement } = this.#surroundings;
    if (supplied && this.calm(measurement)) return;
    this.#reverseEnergy.settle(measurement, clock, now);
    for (const [name, detector] of this.#detectors) {
      // Without supply nothing is measured, so that what was going on is taken to go on.
      const known = supplied || name in this.#state.contacts;
      for (const detection of known ? detector.observe(this.#holds(name), now) : detector.suspend(now)) this.#note(name, detection);
    }
    const { tripAgainAt } = this.#state;
    if (tripAgainAt !== undefined && tripAgainAt <= now) {
      this.#state.tripAgainAt = undefined;
      this.#state.latched |= this.present;
      this.#ask();
    }
    const { detectors, tripAgainAt: waiting } = this.#state;
    const settled = tamperNames.every((name) => !detectors[name].active && detectors[name].contrarySince === undefined);
    this.#quiet = settled && waiting === undefined && this.#reverseEnergy.idle(measurement);
  }

  /** Whether anything in the measurement may have to be looked at more closely. Contacts break the quiet by themselves. */
  #suspicious(measurement: Measurement): boolean {
    const { current, neutralCurrent, activeExport } = measurement;
    if (activeExport > 0 || Math.abs(current - neutralCurrent) > this.#state.settings.differenceCurrent) return true;
    return this.#relay.openCommanded && Math.max(current, neutralCurrent) > 0;
  }

  supplyLost(): void {
    this.settle();
  }

  supplyBack(): void {
    this.settle();
  }

  clockChanged(): void {
    this.#reverseEnergy.clockChanged(this.#surroundings.clock, this.#surroundings.now);
  }

  #holds(name: TamperName): boolean {
    const { current, neutralCurrent, activeNet } = this.#surroundings.measurement;
    const active = this.#state.detectors[name].active;
    switch (name) {
      case "relayBypassed":
        return this.#relay.openCommanded && Math.max(current, neutralCurrent) >= this.#surroundings.config.startCurrent;
      case "currentReverse":
        return activeNet < (active ? 0 : -leastReversePower);
      case "differential": {
        const { differenceCurrent, differencePercent } = this.#state.settings;
        const larger = Math.max(current, neutralCurrent);
        const difference = Math.abs(current - neutralCurrent);
        const percent = active ? Math.max(differencePercent - differenceHysteresis, 0) : differencePercent;
        return larger > leastCurrent && difference > differenceCurrent && difference * 100 > larger * percent;
      }
      case "reverseEnergy":
        return this.#state.settings.reverseTreatment !== "ignore" && this.#reverseEnergy.significant;
      default:
        return this.#state.contacts[name];
    }
  }

  #note(name: TamperName, { active, since, at }: Detection): void {
    const { clock } = this.#surroundings;
    const { began, ended, metrology } = tampers[name];
    const tally = this.#state.tallies[name];
    if (active) {
      beginOccurrence(tally, since, clock.at(since));
      if (metrology) this.#noteMetrology(true, since);
      this.#surroundings.record(began, clock.at(at));
      this.#state.latched |= tamperBit(name);
      this.#ask();
    } else {
      endOccurrence(tally, since);
      if (metrology) this.#noteMetrology(false, since);
      if (ended !== undefined) this.#surroundings.record(ended, clock.at(at));
    }
  }

  #noteMetrology(began: boolean, since: Instant): void {
    const tally = this.#state.tallies.metrology;
    const going = tamperNames.some((name) => tampers[name].metrology && this.#state.detectors[name].active);
    if (began && tally.runningSince === undefined) beginOccurrence(tally, since, this.#surroundings.clock.at(since));
    if (!began && !going) endOccurrence(tally, since);
  }

  #ask(): void {
    const { actionMask, reverseTreatment } = this.#state.settings;
    const mask = reverseTreatment === "disconnect" ? actionMask | tamperBit("reverseEnergy") : actionMask;
    const tripping = this.#state.latched & mask;
    for (const name of trippingTampers) this.#relay.request(name, (tripping & tamperBit(name)) !== 0);
  }
}

function mapNames<Name extends string, T>(names: readonly Name[], make: () => T): Record<Name, T> {
  return Object.fromEntries(names.map((name) => [name, make()])) as Record<Name, T>;
}
