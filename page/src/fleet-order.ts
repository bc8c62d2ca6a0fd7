import type { FleetRow } from "../../src/dashboard/contract.ts";
import { silenceOf } from "./words.ts";

/** What is sorted by; null is worth nothing and stands at the end. */
type Key = number | string | null;

/** By what a table of meters can be sorted. */
export const fleetOrders = {
  meter: ({ name }) => name,
  serial: ({ serialNumber }) => serialNumber,
  // Who answers is before everybody who does not.
  state: (row) => silenceOf(row, undefined) ?? "",
  contact: ({ lastRead }) => (lastRead === null ? null : -lastRead),
  // A clock that is slow is as wrong as one that is fast.
  drift: ({ driftSeconds }) => (driftSeconds === null ? null : Math.abs(driftSeconds)),
  power: ({ power }) => power,
  credit: ({ credit }) => credit?.value ?? null,
  supply: ({ relay }) => relay,
  alarms: ({ alarms }) => (alarms.length === 0 ? null : alarms.join(" ")),
} as const satisfies Readonly<Record<string, (row: FleetRow) => Key>>;

export type FleetOrder = keyof typeof fleetOrders;

/** What is not compared by number: amounts in kWh and in money stand apart, whichever way they are sorted. */
const fleetKinds: Readonly<Partial<Record<FleetOrder, (row: FleetRow) => string>>> = { credit: ({ credit }) => credit?.unit ?? "" };

/** Sorts rows, again and again: texts are compared by the locale once, and numbers from then on. */
export class FleetSorter {
  readonly #compare: (one: string, other: string) => number;
  /** By column: the place of each text in the alphabet. */
  readonly #places = new Map<FleetOrder, ReadonlyMap<string, number>>();

  constructor(locale: string | undefined) {
    this.#compare = new Intl.Collator(locale, { numeric: true }).compare;
  }

  /** Rows in an order; those that have nothing to be sorted by stand at the end either way, and equal ones as they came. */
  sorted(rows: readonly FleetRow[], by: FleetOrder, down: boolean): readonly FleetRow[] {
    const keyOf: (row: FleetRow) => Key = fleetOrders[by];
    const keys = rows.map(keyOf);
    const places = this.#placesOf(by, keys);
    const weights = keys.map((key) => (typeof key === "string" ? (places.get(key) ?? 0) : (key ?? Number.NaN)));
    const known: number[] = [];
    const unknown: number[] = [];
    for (const [index, weight] of weights.entries()) (Number.isNaN(weight) ? unknown : known).push(index);
    const sign = down ? -1 : 1;
    const kindOf = fleetKinds[by];
    const kinds = kindOf === undefined ? undefined : rows.map(kindOf);
    known.sort((one, other) => {
      const [kind = "", others = ""] = [kinds?.[one], kinds?.[other]];
      if (kind !== others) return kind < others ? -1 : 1;
      return sign * ((weights[one] as number) - (weights[other] as number));
    });
    return [...known, ...unknown].map((index) => rows[index] as FleetRow);
  }

  #placesOf(by: FleetOrder, keys: readonly Key[]): ReadonlyMap<string, number> {
    const known = this.#places.get(by) ?? new Map<string, number>();
    if (keys.every((key) => typeof key !== "string" || known.has(key))) return known;
    const texts = [...new Set(keys.filter((key) => typeof key === "string"))].sort(this.#compare);
    const places = new Map<string, number>();
    let place = 0;
    for (const [index, text] of texts.entries()) {
      // Texts that differ in nothing the locale minds are at one place.
      if (index > 0 && this.#compare(texts[index - 1] as string, text) !== 0) place++;
      places.set(text, place);
    }
    this.#places.set(by, places);
    return places;
  }
}
