import { expect } from "chai";
import fc from "fast-check";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import { type CipheringForm, protectApdu, readCipheredApdu, unprotectApdu } from "../../../src/dlms/security/ciphered-apdu.ts";
import { securityControl } from "../../../src/dlms/security/security-control.ts";
import { apduTags } from "../../../src/dlms/xdlms/tags.ts";
import { LocalProtocolError } from "../../../src/errors.ts";
import { client, expectNoDamageAccepted, getRequest, longOptions, options, refusalOf, server, vector } from "./samples.ts";

const open = (bytes: Uint8Array, keys = options) => unprotectApdu(keys, server, readCipheredApdu(bytes));
const both = securityControl(0, "both");

const examples = [
  ["glo-initiate-request", "global", both],
  ["glo-initiate-response", "global", both],
  ["glo-get-auth-only", "global", securityControl(0, "authenticated")],
  ["glo-get-enc-only", "global", securityControl(0, "encrypted")],
  ["glo-get-auth-enc", "global", both],
  ["glo-get-suite2-computed", "global", securityControl(2, "both")],
  ["general-glo-ciphering-get", "general-global", both],
] as const;

describe("Ciphered APDU", () => {
  for (const [name, form, control] of examples) {
    const keys = control.suite === 2 ? longOptions : options;
    const { bytes } = vector(name);
    const plain = () => (name.startsWith("general") ? getRequest : vector(name).result("plaintext"));

    it(`is made as in ${name}`, () => {
      expect(toHex(protectApdu(form, keys, control, 0x01234567, plain()))).to.equal(toHex(bytes));
    });

    it(`is opened as in ${name}`, () => {
      expect(toHex(open(bytes, { ...keys, acceptUnauthenticated: true }).plain)).to.equal(toHex(plain()));
    });

    if (control.authenticated) {
      it(`is refused with any bit inverted, cut anywhere, or with an octet too many: ${name}`, () => {
        expectNoDamageAccepted(bytes, (damaged) => open(damaged, keys));
      });
    }
  }

  it("has the title of the association where it carries an empty one", () => {
    const { bytes } = vector("general-glo-no-system-title");
    const shell = readCipheredApdu(bytes);
    expect(shell).to.include({ form: "general-global", kind: undefined, systemTitle: undefined });
    expect(toHex(shell.content)).to.equal(toHex(bytes.subarray(3)));
    const own = protectApdu("general-global", options, both, 1, getRequest);
    const untitled = Uint8Array.of(0xdb, 0, ...own.subarray(10));
    expect(toHex(open(untitled).plain)).to.equal(toHex(getRequest));
    expect(refusalOf(() => unprotectApdu(options, undefined, readCipheredApdu(untitled)))).to.equal("unknown-key");
  });

  it("is from whomever it names where no association says, and from the association's peer otherwise", () => {
    const shell = readCipheredApdu(vector("general-glo-ciphering-get").bytes);
    expect(toHex(unprotectApdu(options, undefined, shell).plain)).to.equal(toHex(getRequest));
    expect(refusalOf(() => unprotectApdu(options, client, shell))).to.equal("policy");
  });

  it("is refused when something else comes out than its tag promises", () => {
    const { bytes } = vector("glo-get-auth-enc");
    for (let tag = 0; tag < 256; tag++) {
      const refused = refusalOf(() => open(Uint8Array.of(tag, ...bytes.subarray(1))));
      expect(refused === undefined, `tag ${tag.toString(16)}`).to.equal(tag === 0xc8 || tag === 0xd0);
    }
    for (const inner of ["", "C801", "05", "00", "C4010000"]) {
      const wrong = protectApdu("general-global", options, both, 1, fromHex(inner));
      const refused = refusalOf(() => open(wrong));
      expect(refused, `content ${inner}`).to.equal(inner === "05" || inner === "C4010000" ? undefined : "bad-tag");
    }
  });

  it("has a form of its service for every service that has one, and general forms for all", () => {
    const forms: readonly CipheringForm[] = ["global", "dedicated", "general-global", "general-dedicated"];
    for (const [kind, tags] of Object.entries(apduTags)) {
      if (kind.startsWith("general-")) continue;
      for (const form of forms) {
        const seal = () => protectApdu(form, options, both, 1, Uint8Array.of(tags.plain, 1, 2, 3));
        if (!form.startsWith("general") && !(form in tags)) {
          expect(seal, `${kind} ${form}`).to.throw(LocalProtocolError);
          continue;
        }
        const shell = readCipheredApdu(seal());
        expect(shell.form).to.equal(form);
        expect(shell.kind).to.equal(form.startsWith("general") ? undefined : kind);
        expect(toHex(unprotectApdu(options, server, shell).plain)).to.equal(toHex(Uint8Array.of(tags.plain, 1, 2, 3)));
      }
    }
    expect(() => protectApdu("global", options, both, 1, new Uint8Array())).to.throw(LocalProtocolError);
  });

  it("throws nothing but refusals, whatever octets come", () => {
    const octets = fc.tuple(fc.constantFrom(0xc8, 0xd0, 0xdb, 0xdc, 0x21, 0xdd), fc.uint8Array({ maxLength: 60 }));
    fc.assert(
      fc.property(octets, ([tag, rest]) => {
        expect(refusalOf(() => open(Uint8Array.of(tag, ...rest)))).to.be.a("string");
      }),
      { numRuns: 300 },
    );
  });
});
