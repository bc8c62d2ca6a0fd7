import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { Aarq } from "../../../src/dlms/acse/apdus.ts";
import { decodeAare, encodeAarq } from "../../../src/dlms/acse/codec.ts";
import { DlmsServerConnection } from "../../../src/dlms/association/server-connection.ts";
import { protectApdu } from "../../../src/dlms/security/ciphered-apdu.ts";
import type { SecretKey } from "../../../src/dlms/security/secret-key.ts";
import { initiateOf } from "./pair.ts";
import { clientTitle, keys, random, secureOptions } from "./secure-pair.ts";

const control = { suite: 0, authenticated: true, encrypted: true, broadcast: false, compressed: false } as const;

/** An Initiate request under a key; the counter is always the same. */
const underKey = (key: SecretKey): Uint8Array =>
  protectApdu("global", { key, authenticationKey: keys.authentication(), systemTitle: clientTitle, suite: 0 }, control, 7, initiateOf());

const right: Aarq = {
  applicationContext: "logical-name-ciphered",
  authenticationRequired: true,
  mechanism: "hls-gmac",
  callingApTitle: clientTitle,
  authenticationValue: random(16),
  userInformation: underKey(keys.global()),
};
const undecipherable = { userInformation: underKey(keys.other()) };

/** An AARQ; ours never names another version, so that one is written over version 1. */
function aarqOf(fields: Partial<Aarq>): Uint8Array {
  if (fields.protocolVersion1 !== false) return encodeAarq({ ...right, ...fields });
  return fromHex(toHex(encodeAarq({ ...right, ...fields, protocolVersion1: true })).replace("80020780", "80020640"));
}

/** The answers to AARQs, one after the other, and how often a secret was found wrong. */
function serve(aarqs: readonly Partial<Aarq>[], known = true): { readonly answers: readonly string[]; readonly failures: number } {
  let failures = 0;
  const { server } = secureOptions();
  const connection = new DlmsServerConnection({
    clientSap: 1,
    serverSap: 1,
    authentication: undefined,
    ...(known ? server : {}),
    random: (length) => new Uint8Array(length).fill(7),
    limiter: {
      mayTry: () => true,
      failed: () => {
        failures += 1;
      },
    },
  });
  const answers = aarqs.map((fields) => {
    connection.receiveApdu(aarqOf(fields), 0);
    return toHex(connection.apduToSend()?.bytes ?? new Uint8Array());
  });
  return { answers, failures };
}

const diagnosticOf = (hex: string): string => {
  const { source, value } = decodeAare(fromHex(hex)).diagnostic;
  return `${source} ${value}`;
};

describe("The order in which a server looks at an AARQ (Green Book 9.4.4)", () => {
  /** Each fault together with all those that are looked at later. */
  const faults: readonly (readonly [string, Partial<Aarq>])[] = [
    ["acse-service-provider no-common-acse-version", { protocolVersion1: false }],
    ["acse-service-user application-context-name-not-supported", { applicationContext: "logical-name" }],
    ["acse-service-user authentication-mechanism-name-not-recognised", { mechanism: "hls-sha256" }],
    ["acse-service-user calling-ap-title-not-recognized", { callingApTitle: clientTitle.subarray(1) }],
    ["acse-service-user authentication-failure", undecipherable],
  ];

  for (const [index, [diagnostic]] of faults.entries())
    it(`is answered ${diagnostic}, whatever is wrong behind`, () => {
      const fields = Object.assign({}, ...faults.slice(index).map(([, fault]) => fault)) as Partial<Aarq>;
      expect(serve([fields]).answers.map(diagnosticOf)).to.deep.equal([diagnostic]);
    });

  it("deciphers nothing of an AARQ that is refused before, and takes no counter for it", () => {
    const early = faults.slice(0, -1).map(([, fault]) => fault);
    const { answers, failures } = serve([...early, {}]);
    expect(diagnosticOf(answers.at(-1) ?? "")).to.equal("acse-service-user authentication-required");
    expect(failures).to.equal(0);
    expect(serve([{}, {}]).answers.map(diagnosticOf)[1], "the same counter again").to.equal("acse-service-user authentication-failure");
  });

  it("tells a client that nobody knows what it tells one with a wrong key", () => {
    const attempts: readonly Partial<Aarq>[] = [
      undecipherable,
      { ...undecipherable, callingApTitle: clientTitle.subarray(1) },
      { ...undecipherable, protocolVersion1: false },
      { ...undecipherable, userInformation: initiateOf() },
    ];
    const known = serve(attempts);
    const unknown = serve(attempts, false);
    expect(unknown.answers).to.deep.equal(known.answers);
    expect(unknown.failures).to.equal(known.failures);
  });
});
