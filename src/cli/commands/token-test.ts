import { ConfigError } from "../../errors.ts";
import { controlOf, DecoderKey, decoderKeyLengths, encodeToken, misty1, type Token } from "../../sts/index.ts";
import type { Output } from "../output.ts";
import { meterOf, required, underNames, wholeNumber } from "./token-options.ts";
import { aligned, inGroups } from "./token-view.ts";

/** The service of class 1 tokens. */
export const testService = "test";

export interface TestOptions {
  readonly meter?: string;
  readonly manufacturer?: string;
}

/** Prints the token of a test or display; it is the same for all meters, works as often as one likes, and is not kept. */
export function printTestToken(output: Output, value: string | undefined, options: TestOptions): void {
  const test = wholeNumber("VALUE", required("VALUE", value, "the number of a test, 0 for all"));
  const code = manufacturerOf(options);
  const manufacturerCode = Number(code);
  const long = code.length === 4;
  const control = underNames({ test: "VALUE" }, () => controlOf(test, long ? 28 : 36));
  const token: Token = { service: long ? "test-display-long" : "test-display", control, manufacturerCode };
  // Class 1 is not enciphered, so that any key will do.
  const digits = encodeToken(token, DecoderKey.from(new Uint8Array(decoderKeyLengths["11"])), misty1);
  output.result({ tokens: [digits], service: testService, value: test }, () =>
    [
      inGroups(digits),
      "",
      ...aligned([
        ["service", testService],
        ["value", String(test)],
        ["manufacturer", code],
      ]),
    ].join("\n"),
  );
}

/** Zeros are for the meters of every manufacturer whose codes have that many digits. */
function manufacturerOf({ meter, manufacturer }: TestOptions): string {
  if (manufacturer === undefined) {
    return meter === undefined ? "00" : meterOf("--meter", meter).manufacturerCode.replace(/[0-9]/g, "0");
  }
  if (!/^([0-9]{2}|[0-9]{4})$/.test(manufacturer)) {
    throw new ConfigError("--manufacturer", `expected two or four digits, got ${JSON.stringify(manufacturer)}`);
  }
  return manufacturer;
}
