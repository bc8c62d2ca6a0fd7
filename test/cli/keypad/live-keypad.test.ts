import { expect } from "chai";
import { runScript } from "../../../src/cli/keypad/keypad-script.ts";
import { ConfigError, TransportError } from "../../../src/errors.ts";
import { FakeMeter, goodToken } from "../../keypad/fake-meter.ts";
import { recorder, Stage } from "./stage.ts";

describe("LiveKeypad", () => {
  it("connects, keys and shows, over a line that cuts at every octet", async () => {
    const stage = await new Stage((bytes) => Array.from(bytes, (octet) => Uint8Array.of(octet))).opened();
    expect(stage.main).to.equal("25.60");
    await stage.press(`${goodToken}E`).advance(100);
    expect(stage.main).to.equal("ACCEPT");
    expect(stage.meter.calls).to.deep.equal([`token ${goodToken}`]);
    await stage.keypad.close();
  });

  it("fails where the first connection does", async () => {
    const stage = new Stage();
    stage.present = false;
    const error = await stage.keypad.open(1000).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(TransportError);
    await stage.advance(60_000);
    expect(stage.attempts).to.have.lengthOf(1);
  });

  it("shows E-CON while the meter is away, tries less and less often, and shows everything when it is back", async () => {
    const stage = await new Stage().opened();
    const lostAt = stage.timers.now();
    stage.vanish();
    await stage.advance(30_000);
    expect(stage.main).to.equal("E-CON");
    expect(stage.attempts.slice(1).map((at) => Math.round((at - lostAt) / 100) / 10)).to.deep.equal([0.5, 1.5, 3.5, 7.5, 15.5, 25.5]);
    stage.present = true;
    stage.meter.current = { ...stage.meter.current, credit: { value: "1.00", unit: "kWh" } };
    await stage.advance(10_000);
    expect(stage.main).to.equal("1.00");
    expect(stage.keypad.linked).to.equal(true);
    await stage.keypad.close();
  });

  it("does not enter a token again after a link that broke under it", async () => {
    const stage = await new Stage().opened();
    stage.press(`${goodToken}E`);
    stage.vanish();
    await stage.advance(1000);
    expect(stage.main).to.equal("E-CON");
    stage.present = true;
    await stage.advance(20_000);
    expect(stage.keypad.linked).to.equal(true);
    expect(stage.meter.calls).to.deep.equal([]);
    await stage.press("E").advance(100);
    expect(stage.meter.calls).to.deep.equal([`token ${goodToken}`]);
    await stage.keypad.close();
  });

  it("stays with its meter: another one at the same place is refused for good", async () => {
    const stage = await new Stage().opened();
    stage.vanish();
    stage.meter = new FakeMeter({ meter: "99999999999" });
    stage.present = true;
    await stage.advance(1000);
    expect(stage.main).to.equal("E-PAIr");
    const { length } = stage.attempts;
    await stage.advance(60_000);
    expect(stage.attempts).to.have.lengthOf(length);
    await stage.keypad.close();
  });

  it("stops everything when it is closed, also between two attempts", async () => {
    const stage = await new Stage().opened();
    stage.vanish();
    await stage.advance(100);
    await stage.keypad.close();
    const { length } = stage.attempts;
    await stage.advance(60_000);
    expect(stage.attempts).to.have.lengthOf(length);
  });
});

describe("a script of the keypad", () => {
  const script = async (stage: Stage, lines: readonly string[]): Promise<readonly [unknown, readonly string[]]> => {
    async function* feed(): AsyncGenerator<string> {
      for (const line of lines) {
        if (line === "vanish") stage.vanish();
        else if (line === "return") stage.present = true;
        else if (line === "later") await new Promise<void>((resolve) => stage.timers.schedule(100, resolve));
        else yield line;
      }
    }
    const shown: string[] = [];
    let result: unknown;
    const running = runScript(stage.keypad, feed(), recorder(shown), 10_000).then(
      (code) => (result = code),
      (error: unknown) => (result = error),
    );
    await stage.advance(30_000);
    await running;
    await stage.keypad.close();
    return [result, shown];
  };

  it("waits for a link that comes back", async () => {
    const stage = await new Stage().opened();
    expect(await script(stage, ["007", "vanish", "later", "return", "301"])).to.deep.equal([
      0,
      ["25.60  Credit kWh", "25.6  Token -1 kWh", "6725 9421 5966 2658 1768"],
    ]);
  });

  it("fails where the link stays away", async () => {
    const [error, shown] = await script(await new Stage().opened(), ["007", "vanish", "later", "301"]);
    expect(error).to.be.instanceOf(TransportError);
    expect(shown).to.deep.equal(["25.60  Credit kWh"]);
  });

  it("ends as one without a connection where a line is not answered, and enters the token no second time", async () => {
    const stage = await new Stage().opened();
    const { meter } = stage;
    // The line breaks between what the meter does and what it would answer.
    meter.enterToken = (digits) => {
      stage.vanish();
      return FakeMeter.prototype.enterToken.call(meter, digits);
    };
    expect(await script(stage, [goodToken, "return", "007"])).to.deep.equal([3, ["E-CON  No link to the meter", "51.20  Credit kWh"]]);
    expect(meter.calls).to.deep.equal([`token ${goodToken}`, "show remainingCredit 0"]);
  });

  it("ends as refused for what the meter refuses, and sends nothing of a line that cannot be keyed", async () => {
    const stage = await new Stage().opened();
    expect(await script(stage, ["11112222333344445555", "007"])).to.deep.equal([1, ["rEJEct  Wrong digits or meter", "25.60  Credit kWh"]]);
    for (const line of [`${goodToken}9`, "12a", "007;"]) {
      const other = await new Stage().opened();
      const [error] = await script(other, [line]);
      expect(error).to.be.instanceOf(ConfigError).with.property("path", "line 1");
      expect(other.meter.calls).to.deep.equal([]);
    }
  });
});
