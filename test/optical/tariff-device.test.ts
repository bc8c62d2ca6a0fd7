import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { ConfigError } from "../../src/errors.ts";
import { withEvenParity } from "../../src/optical/parity.ts";
import { TariffDevice, type TariffDeviceOptions } from "../../src/optical/tariff-device.ts";
import { AttemptBook } from "../../src/server/attempt-limiter.ts";
import { VirtualTimers } from "../../src/session/timers.ts";

const readout = ["1.8.0(000012.345*kWh)", "2.8.0(000000.000*kWh)"];

describe("A meter at the optical port", () => {
  function device(options: Partial<TariffDeviceOptions> = {}) {
    const timers = new VirtualTimers();
    const meter = new TariffDevice({
      identification: "/DGW5\\2METER",
      address: "1",
      readout: () => readout,
      programming: {
        limiter: new AttemptBook().limiterOf(2, "optical"),
        isIdentity: (address) => address === "0.0.0",
        login: (password) => (password === "00000000" ? 1 : undefined),
        read: (address) => ({ "0.0.0": ["1"], "1.8.0": ["000012.345*kWh"] })[address],
        write: (address, value) => address === "C.1" && value === "7",
      },
      ...options,
    });
    const say = (text: string): string => {
      meter.receiveBytes(withEvenParity(Uint8Array.from(Buffer.from(text, "latin1"))), timers.now());
      return said();
    };
    const said = (): string =>
      meter
        .takeSteps()
        .flatMap((step) => {
          if (step.type === "send") return [Buffer.from(step.octets.map((octet) => octet & 0x7f)).toString("latin1")];
          return step.type === "speed" ? [`<${step.baudRate}>`] : [];
        })
        .join("");
    const later = (milliseconds: number): string => {
      timers.advance(milliseconds);
      meter.handleTimeout(timers.now());
      return said();
    };
    return { meter, say, later };
  }
  const withCheck = (text: string): string => {
    let check = 0;
    for (const character of text.slice(1)) check ^= character.charCodeAt(0);
    return text + String.fromCharCode(check & 0x7f);
  };
  const answer = (data: string): string => withCheck(`\x02${data}\x03`);

  it("is programmed with a password, and refuses what it does not do", () => {
    const { say } = device();
    expect(say("/?!\r\n")).to.equal("/DGW5\\2METER\r\n");
    expect(say("\x06051\r\n")).to.equal(`<9600>${withCheck("\x01P0\x02()\x03")}`);
    expect(say(withCheck("\x01W1\x02C.1(7)\x03"))).to.equal(answer("(ER03)"));
    expect(say(withCheck("\x01P1\x02(12345678)\x03"))).to.equal(answer("(ERPASS)"));
    expect(say("\x01P1\x02(00000000)\x03a")).to.equal("\x06");
    expect(say(withCheck("\x01R1\x021.8.0()\x03"))).to.equal(answer("1.8.0(000012.345*kWh)"));
    expect(say(withCheck("\x01R1\x029.9.9()\x03"))).to.equal(answer("(ER06)"));
    expect(say(withCheck("\x01W1\x02C.1(7)\x03"))).to.equal("\x06");
    expect(say(withCheck("\x01W1\x02C.1(8)\x03"))).to.equal(answer("(ER03)"));
    expect(say(withCheck("\x01E2\x02C.1(8)\x03"))).to.equal(answer("(ER02)"));
    expect(say("\x01R1\x021.8.0()\x03\x00")).to.equal("\x15");
    expect(say("\x15"), "repeated").to.equal(answer("(ER02)"));
    expect(say("\x01B0\x03q")).to.equal("<300>");
    expect(toHex(Uint8Array.from(Buffer.from(withCheck("\x01B0\x03"), "latin1")))).to.equal("0142300371");
  });

  it("leaves programming after a minute without a word", () => {
    const { say, later } = device();
    say("/?!\r\n");
    say("\x06051\r\n");
    expect(later(59_000)).to.equal("");
    expect(later(2000)).to.equal("<300>");
  });

  it("gives its readout at the speed of sign-on to who selects nothing, or what it does not have", () => {
    const all = answer(`${readout.map((line) => `${line}\r\n`).join("")}!\r\n`);
    const patient = device();
    patient.say("/?!\r\n");
    expect(patient.later(5000)).to.equal(all);
    const wrong = device();
    wrong.say("/?!\r\n");
    expect(wrong.say("\x06099\r\n")).to.equal(all);
    expect(wrong.say("\x15"), "NAK").to.equal(all);
    expect(wrong.say("\x06")).to.equal("");
  });

  it("belongs to HDLC until it is released", () => {
    const { meter, say } = device();
    say("/?!\r\n");
    expect(say("\x06252\r\n")).to.equal("\x06252\r\n<9600>");
    expect([meter.inHdlc, say("/?!\r\n")]).to.deep.equal([true, ""]);
    meter.release();
    expect(say("/?!\r\n")).to.equal("<300>/DGW5\\2METER\r\n");
  });

  it("does not mind what it hears", () => {
    const { say, later } = device();
    for (let round = 0; round < 2000; round++) {
      say(String.fromCharCode(...Array.from({ length: round % 97 }, (_, index) => (round * 31 + index * 17) & 0x7f)));
    }
    later(2000);
    expect(say("/?!\r\n")).to.contain("/DGW5\\2METER\r\n");
  });

  it("lets nobody read more than who it is without a password, nor write", () => {
    const { say } = device();
    say("/?!\r\n");
    say("\x06051\r\n");
    expect(say(withCheck("\x01R1\x020.0.0()\x03"))).to.equal(answer("0.0.0(1)"));
    for (const command of ["R1", "R2", "R5"]) {
      expect(say(withCheck(`\x01${command}\x021.8.0()\x03`)), command).to.equal(answer("(ER03)"));
    }
    for (const command of ["W1", "W2", "W5"]) {
      expect(say(withCheck(`\x01${command}\x02C.1(7)\x03`)), command).to.equal(answer("(ER03)"));
    }
    expect(say(withCheck("\x01P1\x02(00000000)\x03"))).to.equal("\x06");
    expect(say(withCheck("\x01R1\x021.8.0()\x03"))).to.equal(answer("1.8.0(000012.345*kWh)"));
    expect(say(withCheck("\x01P1\x02(wrong)\x03"))).to.equal(answer("(ERPASS)"));
    expect(say(withCheck("\x01R1\x021.8.0()\x03")), "after a wrong password").to.equal(answer("(ER03)"));
  });

  it("forgets the password with the session", () => {
    const { say } = device();
    for (const [secret, expected] of [
      ["\x01P1\x02(00000000)\x03", answer("1.8.0(000012.345*kWh)")],
      ["\x01R1\x020.0.0()\x03", answer("(ER03)")],
    ] as const) {
      say("/?!\r\n");
      say("\x06051\r\n");
      say(withCheck(secret));
      expect(say(withCheck("\x01R1\x021.8.0()\x03"))).to.equal(expected);
    }
  });

  it("looks at five wrong passwords and then at one a second, whoever signs on again", () => {
    const { say, later } = device();
    const attempt = (password: string): string => {
      say("/?!\r\n");
      say("\x06051\r\n");
      return say(withCheck(`\x01P1\x02(${password})\x03`));
    };
    for (let count = 0; count < 5; count++) expect(attempt(`0000000${count + 1}`)).to.equal(answer("(ERPASS)"));
    expect(attempt("00000000"), "right, and too early").to.equal(answer("(ERPASS)"));
    later(1000);
    expect(attempt("00000000"), "a second later").to.equal("\x06");
  });

  it("takes a result for the operand of its own session only, and no password in its place", () => {
    let sessions = 0;
    const programming = {
      limiter: new AttemptBook().limiterOf(2, "optical"),
      isIdentity: () => false,
      login: (password: string) => (password === "00000000" ? 1 : undefined),
      algorithm: {
        operand: () => String(++sessions),
        verify: (operand: string, result: string) => (result === `secret of ${operand}` ? 2 : undefined),
      },
      read: () => undefined,
      write: (_address: string, _value: string, level: number) => level === 2,
    };
    const { say } = device({ programming });
    say("/?!\r\n");
    expect(say("\x06051\r\n")).to.equal(`<9600>${withCheck("\x01P0\x02(1)\x03")}`);
    expect(say(withCheck("\x01P2\x02(secret of 1)\x03"))).to.equal("\x06");
    expect(say(withCheck("\x01W1\x02C.1(7)\x03"))).to.equal("\x06");
    say("/?!\r\n");
    say("\x06051\r\n");
    expect(say(withCheck("\x01P2\x02(secret of 1)\x03")), "replayed").to.equal(answer("(ERPASS)"));
    expect(say(withCheck("\x01P2\x02(00000000)\x03")), "password").to.equal(answer("(ERPASS)"));
    const without = device();
    without.say("/?!\r\n");
    without.say("\x06051\r\n");
    expect(without.say(withCheck("\x01P2\x02(00000000)\x03")), "no algorithm").to.equal(answer("(ERPASS)"));
  });

  it("keeps what comes for HDLC before its end has the line, and no more than fits", () => {
    const { meter, say } = device();
    say("/?!\r\n");
    meter.receiveBytes(withEvenParity(Uint8Array.from(Buffer.from("\x06252\r\n", "latin1"))), 0);
    meter.receiveBytes(Uint8Array.of(0x7e, 0xa0), 0);
    meter.receiveBytes(Uint8Array.of(0x07), 0);
    expect(toHex(meter.takeEarly())).to.equal("7EA007");
    expect(toHex(meter.takeEarly())).to.equal("");
    meter.receiveBytes(new Uint8Array(100_000), 0);
    expect(meter.takeEarly().length).to.equal(4096);
  });

  it("signs off on a break wherever it is, and is not built with an identification that is none", () => {
    const { say } = device();
    say("/?!\r\n");
    say("\x06050\r\n");
    expect(say("\x01B0\x03q")).to.equal("<300>");
    for (const identification of ["/DGW5\\2ME\x02TER", "/DGW5\\2M\u00c4TER", "/DGW5METER\n"]) {
      expect(() => device({ identification }), identification).to.throw(ConfigError);
    }
  });
});
