import { InvariantError } from "../../errors.ts";
import { DecoderKey, decoderKeyLengths, decodeToken, type EncryptionAlgorithm, encodeToken, misty1, sta } from "../../sts/index.ts";
import { type Benchmark, type Measurement, measurement } from "./measurement.ts";

const tokenCount = 10_000;
const runs = 9;

/** Prepayment tokens, from twenty digits to what they say: as a meter takes them, key schedule included. */
export const tokenBenchmark: Benchmark = {
  name: "tokens",
  description: `${tokenCount} credit tokens of twenty digits, deciphered, checked and read`,
  run: () => Promise.resolve([sta(), misty1].map(measureAlgorithm)),
};

function measureAlgorithm(algorithm: EncryptionAlgorithm): Measurement {
  const key = DecoderKey.from(new Uint8Array(decoderKeyLengths[algorithm.code]).fill(0x35));
  const tokens = Array.from({ length: tokenCount }, (_, tokenIdentifier) =>
    encodeToken({ service: "transfer-credit-electricity", random: 5, tokenIdentifier, amount: 256 }, key, algorithm),
  );
  const decodeAll = () => {
    for (const digits of tokens) {
      if (decodeToken(digits, key, algorithm).result !== "authentic") throw new InvariantError("not the token that was encoded");
    }
  };
  decodeAll();
  const rates: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    decodeAll();
    rates.push(tokenCount / ((performance.now() - start) / 1000));
  }
  return measurement(`tokens.ea${algorithm.code}`, "tokens/s", "higher", rates);
}
