/** The check digit that belongs behind a body of decimal digits (ISO/IEC 7812-1, Luhn). */
export function luhnDigit(body: string): string {
  let sum = 0;
  for (let index = 0; index < body.length; index++) {
    const digit = body.charCodeAt(body.length - 1 - index) - 48;
    const weighted = index % 2 === 0 ? 2 * digit : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return String((10 - (sum % 10)) % 10);
}

/** Whether the last of these decimal digits is the check digit of those before it. */
export function hasLuhnDigit(digits: string): boolean {
  return luhnDigit(digits.slice(0, -1)) === digits.slice(-1);
}
