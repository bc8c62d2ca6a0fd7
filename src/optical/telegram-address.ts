/** Six numbers 0..255 joined by dots, the form of logical names everywhere above the wire. */
export type DottedName = `${number}.${number}.${number}.${number}.${number}.${number}`;

const form = /^(?:(\d{1,3})-(\d{1,3}):)?(\d{1,3}|[CFLP])\.(\d{1,3}|[CFLP])(?:\.(\d{1,3}|[CFLP]))?(?:[*&](\d{1,3}))?$/;

/** The letters that stand for value groups in reduced identification codes (IEC 62056-61, annex A). */
const letters: Readonly<Record<string, string>> = { C: "96", F: "97", L: "98", P: "99" };
/** Service entries and errors belong to no medium. */
const abstractLetters = "CF";

/**
 * The logical name that an address of IEC 62056-21 most likely means: "1-0:1.8.0*255", "1.8.0", "C.1.0", "P.01". Groups
 * left out are those of electricity, channel 0, total and present (IEC 62056-61, annex A).
 * @returns undefined where the address is none of these
 */
export function logicalNameOfAddress(address: string): DottedName | undefined {
  const groups = form.exec(address);
  if (groups === null) return undefined;
  const [, a, b, c, d, e, f] = groups as unknown as readonly [string, string?, string?, string?, string?, string?, string?];
  const medium = a ?? (abstractLetters.includes(c as string) ? "0" : "1");
  const numbers = [medium, b ?? "0", c, d, e ?? "0", f ?? "255"].map((group) => Number(letters[group as string] ?? group));
  return numbers.every((number) => number <= 255) ? (numbers.join(".") as DottedName) : undefined;
}
