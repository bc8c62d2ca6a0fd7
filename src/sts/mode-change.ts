/** The payment modes a token can put a meter into. */
export type PaymentModeTarget = "postpaid" | "prepaid-energy" | "prepaid-currency";

/**
 * The subclass of proprietary management tokens that change the payment mode: the standard has none for it, and leaves
 * 11 to 15 of class 2 to the manufacturer.
 */
export const modeChangeSubclass = 11;

/** What the high octet has to be, so that a token of another meaning under the same subclass changes no mode. */
const checkPattern = 0x4d;

/** By the number in bits 1 and 0; the bits between are zero. */
const targets: readonly PaymentModeTarget[] = ["postpaid", "prepaid-energy", "prepaid-currency"];

/** The 16-bit value of the proprietary management token that changes to a mode. */
export function encodeModeChange(mode: PaymentModeTarget): number {
  return (checkPattern << 8) | targets.indexOf(mode);
}

/** The mode a value stands for; undefined for a value that is no mode change. */
export function decodeModeChange(value: number): PaymentModeTarget | undefined {
  return value >>> 8 === checkPattern ? targets[value & 0xff] : undefined;
}
