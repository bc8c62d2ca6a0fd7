/** Digits of a token (IEC 62055-41). */
export const tokenLength = 20;

/** The digits of a text in groups of four, as tokens are printed; no more than a token has. */
export function grouped(text: string): string {
  return (
    text
      .replaceAll(/\D/g, "")
      .slice(0, tokenLength)
      .match(/\d{1,4}/g) ?? []
  ).join(" ");
}
