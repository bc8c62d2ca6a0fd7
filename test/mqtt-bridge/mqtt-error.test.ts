import { expect } from "chai";
import { connectionError } from "../../src/mqtt-bridge/mqtt-error.ts";

function failure(code: string | number): Error {
  return Object.assign(new Error("something in OpenSSL's words"), { code });
}

describe("connectionError", () => {
  const cases: readonly (readonly [code: string | number, expected: string, hint: RegExp])[] = [
    ["ECONNREFUSED", "refused", /start the broker/],
    ["ENOTFOUND", "open-failed", /host in mqtt\.url/],
    ["ETIMEDOUT", "timeout", /firewalls/],
    ["ECONNRESET", "closed", /mqtts:\/\//],
    ["SELF_SIGNED_CERT_IN_CHAIN", "open-failed", /mqtt\.tls\.ca/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "open-failed", /serverName/],
    ["CERT_HAS_EXPIRED", "open-failed", /renew/],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "refused", /mqtt\.tls\.cert/],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "open-failed", /mqtt:\/\//],
    ["ERR_SSL_SOMETHING_NEW", "open-failed", /TLS settings/],
    ["ESOMETHING", "open-failed", /mqtt\.url/],
    [1, "refused", /mqtt\.version/],
    [4, "refused", /mqtt\.password/],
    [5, "refused", /access list/],
    [134, "refused", /mqtt\.password/],
    [159, "refused", /log/],
  ];
  for (const [code, expected, hint] of cases) {
    it(`says what to do about ${code}`, () => {
      const error = connectionError(failure(code), "broker.example:8883");
      expect(error).to.include({ code: expected, layer: "mqtt", retriable: true });
      expect(error.message).to.match(/^MQTT broker broker\.example:8883: /);
      expect(error.hint).to.match(hint);
      expect(error.details).to.deep.equal({ address: "broker.example:8883", reason: String(code) });
    });
  }

  it("tells a broker that does not answer from one that closes", () => {
    expect(connectionError(new Error("connack timeout"), "h:1")).to.have.property("code", "timeout");
    expect(connectionError(undefined, "h:1")).to.have.property("code", "closed");
  });
});
