import type { Identification } from "./identification.ts";

/** What the protocol begins with. */
export const signOnBaudRate = 300;

/** Baud characters of the protocol modes (IEC 62056-21, 6.3.14): B switches by itself, C and E by agreement. */
const rates: Readonly<Record<"B" | "C", Readonly<Record<string, number>>>> = {
  B: { A: 600, B: 1200, C: 2400, D: 4800, E: 9600, F: 19_200 },
  C: { "0": 300, "1": 600, "2": 1200, "3": 2400, "4": 4800, "5": 9600, "6": 19_200 },
};

/** Characters that the standard reserves, and that some makers use for more. */
export type VendorBaudRates = Readonly<Record<string, number>>;

/** What makers of faster meters usually mean by the reserved ones. */
export const usualVendorBaudRates: VendorBaudRates = { "7": 38_400, "8": 57_600, "9": 115_200 };

/** The mode that a meter offers by its baud character, and its speed. Mode E is mode C with a meter that says so besides. */
export function offeredBy(
  { baudCharacter }: Pick<Identification, "baudCharacter">,
  vendor: VendorBaudRates = {},
): { readonly mode: "A" | "B" | "C"; readonly baudRate: number } {
  const fast = rates.C[baudCharacter] ?? vendor[baudCharacter];
  if (fast !== undefined) return { mode: "C", baudRate: fast };
  const automatic = rates.B[baudCharacter];
  return automatic === undefined ? { mode: "A", baudRate: signOnBaudRate } : { mode: "B", baudRate: automatic };
}

/** The character of a speed in modes C and E, or undefined. */
export function baudCharacterOf(baudRate: number, vendor: VendorBaudRates = {}): string | undefined {
  return Object.entries({ ...vendor, ...rates.C }).find(([, rate]) => rate === baudRate)?.[0];
}

/** The fastest that both can do: what the meter offers, or the next below that the reader manages. */
export function agreedBaudRate(offered: number, most: number): number {
  const possible = Object.values(rates.C).filter((rate) => rate <= Math.min(offered, most));
  return offered <= most ? offered : Math.max(signOnBaudRate, ...possible);
}
