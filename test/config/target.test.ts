import { expect } from "chai";
import fc from "fast-check";
import { parseTarget } from "../../src/config/target.ts";
import { ConfigError } from "../../src/errors.ts";

function failureOf(text: string): ConfigError {
  try {
    parseTarget(text, "TARGET");
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return error as ConfigError;
  }
  return expect.fail(`${text} was accepted`);
}

describe("parseTarget", () => {
  const addresses: Readonly<Record<string, object | undefined>> = {
    "tcp://127.0.0.1:4059": { kind: "tcp", host: "127.0.0.1", port: 4059 },
    "tcp://meter.example": { kind: "tcp", host: "meter.example", port: 4059 },
    "tcp://[fe80::1]:4060": { kind: "tcp", host: "fe80::1", port: 4060 },
    "tcp://[::1]": { kind: "tcp", host: "::1", port: 4059 },
    "udp://10.0.0.5": { kind: "udp", host: "10.0.0.5", port: 4059 },
    "hdlc://10.0.0.5:4060": { kind: "hdlc", host: "10.0.0.5", port: 4060 },
    "serial:///dev/ttyUSB0": { kind: "serial", path: "/dev/ttyUSB0", baud: 9600 },
    "serial:///dev/ttyUSB0?baud=19200": { kind: "serial", path: "/dev/ttyUSB0", baud: 19200 },
    "serial://COM3": { kind: "serial", path: "COM3", baud: 9600 },
    "optical:///dev/ttyUSB0": { kind: "optical", path: "/dev/ttyUSB0", baud: 300, maxBaud: 9600 },
    "optical:///dev/ttyUSB0?baud=300&max-baud=4800": { kind: "optical", path: "/dev/ttyUSB0", baud: 300, maxBaud: 4800 },
    "meter:house": { kind: "meter", name: "house" },
    "?client=3": undefined,
  };
  for (const [text, address] of Object.entries(addresses)) {
    it(`reads the address of ${text}`, () => expect(parseTarget(text, "TARGET").address).to.deep.equal(address));
  }

  it("reads the options of the association", () => {
    const { association } = parseTarget("tcp://m?client=2&auth=lls&password=env:PW&max-pdu=512&system-title=4d4d4d0000bc614e", "TARGET");
    const { password, ...rest } = association;
    expect(rest).to.deep.equal({ client: 2, auth: "lls", maxPdu: 512, systemTitle: "4D4D4D0000BC614E" });
    expect(String(password)).to.equal("env:PW");
  });

  it("undoes escapes in values", () => {
    expect(parseTarget("tcp://m?password=text:a%26b%3Dc", "TARGET").association.password?.value).to.equal("a&b=c");
  });

  const refused: Readonly<Record<string, string>> = {
    "http://m": "TARGET: expected a target such as",
    "127.0.0.1:4059": "TARGET: expected a target such as",
    "": "TARGET: expected a target such as",
    "tcp://": "TARGET: expected a target such as",
    "tcp://m:0": "TARGET: expected a target such as",
    "tcp://m:99999": "TARGET: expected a target such as",
    "tcp://a b": "TARGET: expected a target such as",
    "hdlc://10.0.0.5": "TARGET: expected a host and a port such as hdlc://10.0.0.5:4060",
    "meter:": "TARGET: expected a target such as",
    "serial://": "TARGET: expected a target such as",
    "tcp://m?client=0": 'TARGET?client: expected a whole number from 1 to 65535, got "0"',
    "tcp://m?auth=high": 'TARGET?auth: expected one of none, lls, manufacturer, md5, sha1, gmac, sha256, ecdsa, got "high"',
    "serial:///dev/a?baud=9601": "TARGET?baud: expected one of 300, 600, 1200",
    "tcp://m?baud=9600": 'TARGET: unknown option "baud"',
    "tcp://m?clinet=2": 'TARGET: unknown option "clinet", did you mean client?',
    "tcp://m?client=%zz": "TARGET: expected % to start an escape",
  };
  for (const [text, message] of Object.entries(refused)) {
    it(`refuses ${JSON.stringify(text)}`, () =>
      expect(failureOf(text).message.startsWith(message), failureOf(text).message).to.equal(true));
  }

  it("gives an example of an option with a wrong value", () => {
    expect(failureOf("tcp://m?window=9").hint).to.equal("for example window=1");
  });

  it("never repeats a secret", () => {
    for (const text of ["tcp://m?password=hunter2", "nonsense?password=text:hunter2", "tcp://m?ek=hex:hunter2"]) {
      expect(failureOf(text).message).to.not.include("hunter2");
    }
  });

  it("answers any text with a target or a ConfigError", () => {
    const schemes = fc.constantFrom("", "tcp://", "udp://", "hdlc://", "serial://", "optical://", "meter:");
    fc.assert(
      fc.property(schemes, fc.string(), fc.string(), (scheme, place, query) => {
        try {
          parseTarget(`${scheme}${place}?${query}`, "TARGET");
        } catch (error) {
          expect(error).to.be.instanceOf(ConfigError);
        }
      }),
    );
  });
});
