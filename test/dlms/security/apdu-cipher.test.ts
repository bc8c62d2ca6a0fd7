import { createCipheriv } from "node:crypto";
import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import {
  type CipherOptions,
  decipherUnverified,
  lastInvocationCounter,
  protect,
  readSecurityHeader,
  unprotect,
} from "../../../src/dlms/security/apdu-cipher.ts";
import { SecretKey } from "../../../src/dlms/security/secret-key.ts";
import { decodeSecurityControl, securityControl } from "../../../src/dlms/security/security-control.ts";
import {
  authenticationKey,
  client,
  encryptionKey,
  expectNoDamageAccepted,
  getRequest,
  longAuthenticationKey,
  longKey,
  longOptions,
  options,
  otherKey,
  refusalOf,
  server,
  vector,
} from "./samples.ts";
import { sealGcm } from "./web-crypto.ts";

/** Behind the tag and the length of a glo- APDU. */
const contentOf = (name: string) => vector(name).bytes.subarray(2);

const examples: readonly (readonly [name: string, options: CipherOptions])[] = [
  ["glo-initiate-request", options],
  ["glo-initiate-response", options],
  ["glo-get-auth-only", options],
  ["glo-get-auth-enc", options],
  ["glo-get-suite2-computed", longOptions],
];

describe("APDU cipher", () => {
  for (const [name, keys] of examples) {
    it(`protects ${name} as the example says`, () => {
      const content = contentOf(name);
      const { control, invocationCounter } = readSecurityHeader(content);
      expect(toHex(protect(keys, control, invocationCounter, vector(name).result("plaintext")))).to.equal(toHex(content));
    });

    it(`takes the protection off ${name}`, () => {
      expect(toHex(unprotect(keys, server, contentOf(name)).plain)).to.equal(toHex(vector(name).result("plaintext")));
    });

    it(`refuses ${name} with any bit inverted, cut anywhere, or with an octet too many`, () => {
      expectNoDamageAccepted(contentOf(name), (bytes) => unprotect(keys, server, bytes));
    });
  }

  it("enciphers without authentication as the example says", () => {
    const content = contentOf("glo-get-enc-only");
    const lax = { ...options, acceptUnauthenticated: true };
    expect(toHex(protect(options, securityControl(0, "encrypted"), 0x01234567, getRequest))).to.equal(toHex(content));
    expect(toHex(unprotect(lax, server, content).plain)).to.equal(toHex(getRequest));
  });

  it("refuses what is not authenticated unless it is told to take it", () => {
    expect(refusalOf(() => unprotect(options, server, contentOf("glo-get-enc-only")))).to.equal("policy");
  });

  it("refuses the tampered example", () => {
    expect(refusalOf(() => unprotect(options, server, contentOf("glo-get-auth-tampered")))).to.equal("deciphering-failed");
  });

  it("refuses every tag that is shorter or longer than twelve octets", () => {
    const { bytes } = vector("glo-get-auth-enc");
    const cipher = createCipheriv("aes-128-gcm", encryptionKey.exposeSecret(), Uint8Array.of(...server, ...fromHex("01234567")), {
      authTagLength: 16,
    });
    cipher.setAAD(Uint8Array.of(0x30, ...authenticationKey.exposeSecret()));
    const body = cipher.update(getRequest);
    cipher.final();
    const tag = cipher.getAuthTag();
    const withTag = (length: number) => Uint8Array.of(...bytes.subarray(2, 7), ...body, ...tag.subarray(0, length));
    expect(toHex(withTag(12))).to.equal(toHex(bytes.subarray(2)));
    for (let length = 0; length <= 16; length++) {
      if (length !== 12)
        expect(
          refusalOf(() => unprotect(options, server, withTag(length))),
          `${length} octets`,
        ).to.be.a("string");
    }
  });

  for (const [what, changed] of [
    ["encryption key", { ...options, key: otherKey }],
    ["authentication key", { ...options, authenticationKey: otherKey }],
    ["no authentication key", { ...options, authenticationKey: undefined }],
    ["header", { ...options, additionalData: Uint8Array.of(0) }],
  ] as const) {
    it(`refuses an APDU under another ${what}`, () => {
      expect(refusalOf(() => unprotect(changed, server, contentOf("glo-get-auth-enc")))).to.equal("deciphering-failed");
      expect(refusalOf(() => unprotect(changed, server, contentOf("glo-get-auth-only")))).to.match(/deciphering-failed/);
    });
  }

  it("refuses an APDU of another originator", () => {
    expect(refusalOf(() => unprotect(options, client, contentOf("glo-get-auth-enc")))).to.equal("deciphering-failed");
  });

  it("refuses a system title of other than eight octets", () => {
    const short = server.subarray(1);
    expect(refusalOf(() => unprotect(options, short, contentOf("glo-get-auth-enc")))).to.equal("bad-length");
    expect(refusalOf(() => protect({ ...options, systemTitle: short }, securityControl(0, "both"), 1, getRequest))).to.equal("bad-length");
  });

  it("authenticates the security control alone where there is no authentication key", async () => {
    const keyless = { ...options, authenticationKey: undefined };
    const content = protect(keyless, securityControl(0, "both"), 7, getRequest);
    const iv = Uint8Array.of(...server, 0, 0, 0, 7);
    expect(toHex(content.subarray(5))).to.equal(toHex(await sealGcm(encryptionKey.exposeSecret(), iv, Uint8Array.of(0x30), getRequest)));
    expect(toHex(unprotect(keyless, server, content).plain)).to.equal(toHex(getRequest));
  });

  it("deciphers without the authentication key, and says that it proves nothing", () => {
    const { plain, authenticated } = decipherUnverified(
      { ...options, authenticationKey: undefined },
      server,
      contentOf("glo-get-auth-enc"),
    );
    expect(toHex(plain)).to.equal(toHex(getRequest));
    expect(authenticated).to.equal(false);
  });

  it("gives the content of every other protection without verification too", () => {
    for (const name of ["glo-get-auth-only", "glo-get-enc-only"]) {
      expect(toHex(decipherUnverified(options, server, contentOf(name)).plain)).to.equal(toHex(getRequest));
    }
    expect(refusalOf(() => decipherUnverified(options, server, contentOf("glo-get-auth-only").subarray(0, 16)))).to.equal("truncated");
  });

  it("knows one suite only where one is in force", () => {
    const content = protect(options, securityControl(1, "both"), 1, getRequest);
    expect(toHex(unprotect({ ...options, suite: 1 }, server, content).plain)).to.equal(toHex(getRequest));
    expect(refusalOf(() => unprotect({ ...options, suite: 0 }, server, content))).to.equal("suite-mismatch");
    expect(refusalOf(() => protect({ ...options, suite: 0 }, securityControl(1, "both"), 1, getRequest))).to.equal("suite-mismatch");
  });

  it("refuses keys that do not belong to the suite", () => {
    expect(refusalOf(() => protect(options, securityControl(2, "both"), 1, getRequest))).to.equal("suite-mismatch");
    expect(refusalOf(() => protect(longOptions, securityControl(0, "both"), 1, getRequest))).to.equal("suite-mismatch");
    const mixed = { ...longOptions, authenticationKey };
    expect(refusalOf(() => protect(mixed, securityControl(2, "both"), 1, getRequest))).to.equal("suite-mismatch");
    expect(refusalOf(() => unprotect(longOptions, server, contentOf("glo-get-auth-enc")))).to.equal("suite-mismatch");
  });

  it("refuses compression both ways", () => {
    const control = { ...securityControl(0, "both"), compressed: true };
    expect(refusalOf(() => protect(options, control, 1, getRequest))).to.equal("compressed");
    const content = protect(options, securityControl(0, "both"), 1, getRequest);
    content[0] = 0xb0;
    expect(refusalOf(() => unprotect(options, server, content))).to.equal("compressed");
    expect(refusalOf(() => decipherUnverified(options, server, content))).to.equal("compressed");
  });

  it("refuses no protection at all outside general-ciphering", () => {
    const nothing = decodeSecurityControl(0);
    expect(refusalOf(() => protect(options, nothing, 1, getRequest))).to.equal("policy");
    expect(refusalOf(() => unprotect({ ...options, acceptUnauthenticated: true }, server, fromHex("0000000001C0")))).to.equal("policy");
    const layer = { ...options, additionalData: Uint8Array.of(0, 0, 0, 0, 0), acceptUnauthenticated: true };
    const content = protect(layer, nothing, 1, getRequest);
    expect(toHex(content)).to.equal(`0000000001${toHex(getRequest)}`);
    expect(toHex(unprotect(layer, server, content).plain)).to.equal(toHex(getRequest));
  });

  it("uses every invocation counter up to FFFFFFFE and none else", () => {
    const control = securityControl(0, "both");
    expect(toHex(protect(options, control, lastInvocationCounter, getRequest).subarray(1, 5))).to.equal("FFFFFFFE");
    for (const counter of [-1, 0.5, Number.NaN, 0xffffffff, 2 ** 32]) {
      expect(
        refusalOf(() => protect(options, control, counter, getRequest)),
        `${counter}`,
      ).to.equal("counter-exhausted");
    }
  });

  it("carries APDUs of any length under any protection that authenticates", () => {
    const header = fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined });
    const controls = fc.constantFrom(0x10, 0x30, 0x50, 0x70, 0x11, 0x31, 0x12, 0x32);
    fc.assert(
      fc.property(
        controls,
        header,
        fc.nat(lastInvocationCounter),
        fc.uint8Array({ maxLength: 300 }),
        (octet, additionalData, counter, plain) => {
          const control = decodeSecurityControl(octet);
          const keys = { ...(control.suite === 2 ? longOptions : options), ...(additionalData !== undefined && { additionalData }) };
          const opened = unprotect(keys, server, protect(keys, control, counter, plain));
          expect(toHex(opened.plain)).to.equal(toHex(plain));
          expect(opened.control).to.deep.equal(control);
          expect(opened.invocationCounter).to.equal(counter);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("agrees with a second implementation on suite 2", async () => {
    for (let run = 0; run < 20; run++) {
      const plain = Uint8Array.from({ length: run * 7 }, (_, index) => index * run);
      const iv = Uint8Array.of(...server, 0, 0, 1, run);
      const prefix = longAuthenticationKey.exposeSecret();
      const both = await sealGcm(longKey.exposeSecret(), iv, Uint8Array.of(0x32, ...prefix), plain);
      expect(toHex(protect(longOptions, securityControl(2, "both"), 0x100 + run, plain).subarray(5))).to.equal(toHex(both));
      const tag = await sealGcm(longKey.exposeSecret(), iv, Uint8Array.of(0x12, ...prefix, ...plain), new Uint8Array());
      const authenticated = protect(longOptions, securityControl(2, "authenticated"), 0x100 + run, plain);
      expect(toHex(authenticated.subarray(5))).to.equal(toHex(plain) + toHex(tag));
    }
  });

  it("never mixes up the authentication keys of several associations", () => {
    const control = securityControl(0, "both");
    const second = { ...options, authenticationKey: SecretKey.from(otherKey.exposeSecret()) };
    const third = { ...options, authenticationKey: undefined };
    const seal = (keys: CipherOptions) => toHex(protect(keys, control, 1, getRequest));
    const before = [options, second, third].map(seal);
    expect([third, options, second].map(seal)).to.deep.equal([before[2], before[0], before[1]]);
    expect(new Set(before).size).to.equal(3);
  });
});
