import { expect } from "chai";
import fc from "fast-check";
import { TransportError } from "../../src/errors.ts";
import { isSecretName, redact, redactText } from "../../src/log/redact.ts";

describe("redact", () => {
  for (const name of ["password", "secret", "key", "token", "masterKey", "page_token", "EK", "ak", "dedicated-key", "tokens"]) {
    it(`takes ${name} for a secret`, () => expect(redact({ [name]: "hunter2" })).to.deep.equal({ [name]: "[redacted]" }));
  }
  for (const name of ["meterId", "keyboard", "monkey", "tokenizer", "code", "logicalName", "peak"]) {
    it(`takes ${name} for no secret`, () => expect(isSecretName(name)).to.equal(false));
  }

  it("finds secrets at any depth", () => {
    expect(redact({ meters: [{ id: "a", auth: { password: "x" } }] })).to.deep.equal({
      meters: [{ id: "a", auth: { password: "[redacted]" } }],
    });
  });

  it("removes numbers of 20 digits, in groups as well", () => {
    expect(redactText("entered 67259421596626581768 twice")).to.equal("entered [redacted] twice");
    expect(redactText("6725 9421 5966 2658 1768")).to.equal("[redacted]");
    expect(redactText("6725-9421-5966-2658-1768")).to.equal("[redacted]");
    expect(redact({ value: 67259421596626581768n })).to.deep.equal({ value: "[redacted]" });
  });

  it("keeps numbers of other lengths", () => {
    expect(redactText("6725942159662658176 672594215966265817680")).to.equal("6725942159662658176 672594215966265817680");
  });

  it("escapes what could forge a line or drive a terminal", () => {
    expect(redactText("a\nerror: b\u001b[2J\u2028")).to.equal("a\\u000aerror: b\\u001b[2J\\u2028");
  });

  it("shows bytes as hex", () => {
    expect(redact(Uint8Array.of(0, 255))).to.equal("00ff");
  });

  it("shows an error with its code, without its stack", () => {
    const error = new TransportError("timeout", "no answer", { details: { password: "x" }, cause: new TransportError("closed", "gone") });
    expect(redact({ error })).to.deep.nested.include({
      "error.code": "timeout",
      "error.message": "no answer",
      "error.details.password": "[redacted]",
      "error.cause.code": "closed",
    });
    expect(redact(error)).to.not.have.property("stack");
  });

  it("ends on a structure that contains itself", () => {
    const loop: { self?: object } = {};
    loop.self = loop;
    expect(redact(loop)).to.deep.equal({ self: "[...]" });
  });

  it("leaves no secret in any structure", () => {
    fc.assert(
      fc.property(fc.object({ maxDepth: 4 }), fc.constantFrom("password", "token", "ek"), (value, name) => {
        expect(JSON.stringify(redact({ a: [{ ...value, [name]: "hunter2" }] }))).to.not.include("hunter2");
      }),
    );
  });
});
