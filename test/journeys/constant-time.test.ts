import { createCipheriv, createHash } from "node:crypto";
import { expect } from "chai";
import { fromHex } from "../../src/bytes/hex.ts";
import { unprotect } from "../../src/dlms/security/apdu-cipher.ts";
import { equalSecrets } from "../../src/dlms/security/compare.ts";
import { clientTitle, keys } from "../dlms/association/secure-pair.ts";
import { scaled } from "../support/scale.ts";

/*
 * S9: what is compared must not tell by its time where it differs. Two classes of wrong secrets, one wrong from the first
 * octet on and one in the last octet alone, are timed in turns; Welch's t tells whether they can be told apart.
 */

const samples = scaled(0, 1_000_000);

/** Welch's t of two classes timed in random turns; the slowest tenth of each is dropped, as interrupts have no secret. */
function welch(run: (kind: 0 | 1) => void): number {
  const times: [number[], number[]] = [[], []];
  let state = 1;
  for (let index = 0; index < samples; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const kind = ((state >>> 16) & 1) as 0 | 1;
    const start = process.hrtime.bigint();
    run(kind);
    times[kind].push(Number(process.hrtime.bigint() - start));
  }
  const [a, b] = times.map((values) => {
    const kept = values.sort((x, y) => x - y).slice(0, Math.floor(values.length * 0.9));
    const mean = kept.reduce((sum, value) => sum + value, 0) / kept.length;
    const variance = kept.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (kept.length - 1);
    return { mean, error: variance / kept.length };
  });
  if (a === undefined || b === undefined) return Number.POSITIVE_INFINITY;
  return Math.abs(a.mean - b.mean) / Math.sqrt(a.error + b.error);
}

describe("S9: comparisons in constant time (npm run test:long)", function () {
  this.timeout(1_800_000);
  before(function () {
    if (samples === 0) this.skip();
  });

  it("of passwords", () => {
    const secret = createHash("sha256").update("secret").digest();
    const wrong = [Uint8Array.from(secret, (octet) => octet ^ 0xff), Uint8Array.from(secret)] as const;
    wrong[1][31] = (wrong[1][31] as number) ^ 1;
    expect(welch((kind) => equalSecrets(secret, wrong[kind]))).to.be.below(4.5);
  });

  it("of authentication tags", () => {
    const key = keys.global();
    const cipher = createCipheriv("aes-128-gcm", key.exposeSecret(), Buffer.concat([clientTitle, fromHex("00000001")]), {
      authTagLength: 12,
    });
    cipher.setAAD(Buffer.concat([fromHex("30"), keys.authentication().exposeSecret()]));
    const content = Buffer.concat([cipher.update(fromHex("C001C1000301000108 00FF0200")), cipher.final()]);
    const tag = cipher.getAuthTag();
    const wrong = [0, 11].map((at) => {
      const changed = Uint8Array.from(tag);
      changed[at] = (changed[at] as number) ^ 1;
      return Uint8Array.from(Buffer.concat([fromHex("3000000001"), content, changed]));
    }) as [Uint8Array, Uint8Array];
    const options = { key, authenticationKey: keys.authentication(), systemTitle: clientTitle };
    const time = welch((kind) => {
      try {
        unprotect(options, clientTitle, wrong[kind]);
      } catch {
        // Every one of them is refused.
      }
    });
    expect(time).to.be.below(4.5);
  });
});
