import { expect } from "chai";
import type { TransportError } from "../../src/errors.ts";
import { MqttBridge, type MqttTlsOptions } from "../../src/mqtt-bridge/index.ts";
import { realTimers } from "../../src/session/timers.ts";
import { type ClientCertificates, clientCertificates, type KeyPair } from "../support/certificates.ts";
import { Mosquitto, mosquittoProgram } from "../support/mosquitto.ts";

/** A broker that asks for certificates. */
function brokerWith({ ca }: ClientCertificates, { cert, key }: KeyPair): Promise<Mosquitto | undefined> {
  return Mosquitto.start({
    config: [
      "allow_anonymous true",
      "cafile %dir%/ca.pem",
      "certfile %dir%/broker.pem",
      "keyfile %dir%/broker.key",
      "require_certificate true",
    ],
    files: { "ca.pem": ca, "broker.pem": cert, "broker.key": key },
  });
}

describe("A broker that asks for certificates", function () {
  this.timeout(30_000);
  let certificates: ClientCertificates;
  let broker: Mosquitto;
  let elsewhere: Mosquitto;

  before(async function () {
    const made = mosquittoProgram() === undefined ? undefined : clientCertificates();
    if (made === undefined) return this.skip();
    certificates = made;
    broker = (await brokerWith(made, made.broker)) as Mosquitto;
    elsewhere = (await brokerWith(made, made.elsewhere)) as Mosquitto;
  });

  after(async () => {
    await broker?.stop();
    await elsewhere?.stop();
  });

  /** What the first attempt to connect says; undefined where it succeeds. */
  async function attempt(tls: MqttTlsOptions, at = broker): Promise<TransportError | undefined> {
    const bridge = new MqttBridge({
      url: at.url.replace("mqtt:", "mqtts:"),
      version: 5,
      tls,
      meterIds: [],
      info: { version: "1.0.0" },
      connectTimeout: 5000,
      timers: realTimers,
      random: Math.random,
      wallClock: Date.now,
    });
    const failure = await bridge.connect().then(
      () => undefined,
      (error: TransportError) => error,
    );
    await bridge.close();
    return failure;
  }

  it("lets in who has one of its authority", async () => {
    const { ca, client } = certificates;
    expect(await attempt({ ca, ...client })).to.equal(undefined);
  });

  const wrong: readonly (readonly [string, () => MqttTlsOptions, RegExp, RegExp])[] = [
    ["no certificate", () => ({ ca: certificates.ca }), /does not accept our certificate/, /mqtt\.tls\.cert and mqtt\.tls\.key/],
    [
      "one of another authority",
      () => ({ ca: certificates.ca, cert: certificates.stranger.cert, key: certificates.stranger.key }),
      /does not accept our certificate/,
      /mqtt\.tls\.cert and mqtt\.tls\.key/,
    ],
    ["one that has expired", () => ({ ca: certificates.ca, ...certificates.expired }), /our certificate has expired/, /mqtt\.tls\.cert/],
    [
      "the wrong authority for the broker",
      () => ({ ca: certificates.stranger.ca, ...certificates.client }),
      /is not trusted/,
      /mqtt\.tls\.ca/,
    ],
  ];
  for (const [what, tls, says, hint] of wrong) {
    it(`is told apart: ${what}`, async () => {
      const error = await attempt(tls());
      expect(error?.message).to.match(says);
      expect(error?.hint).to.match(hint);
    });
  }

  it("is told apart: a broker under another name", async () => {
    const error = await attempt({ ca: certificates.ca, ...certificates.client }, elsewhere);
    expect(error?.message).to.match(/made out to another name/);
    expect(error?.hint).to.match(/mqtt\.tls\.serverName/);
    const named = await attempt({ ca: certificates.ca, ...certificates.client, serverName: "broker.example" }, elsewhere);
    expect(named).to.equal(undefined);
  });
});
