import { expect } from "chai";
import fc from "fast-check";
import { cellsOf } from "../../src/keypad/frame.ts";
import { type KeypadKey, type KeypadTokenResult, KeypadUnit, keypadKeys, keypadTokenResults } from "../../src/keypad/index.ts";
import { scaled } from "../support/scale.ts";
import { Bench } from "./bench.ts";
import { goodToken, sampleStatus, testToken } from "./fake-meter.ts";

const second = 1000;
const minute = 60 * second;
const credit = "25.60|Credit               kWh";

describe("KeypadUnit", () => {
  describe("keys", () => {
    it("echoes a code in large digits, and a token in groups of four with the cursor behind it", () => {
      const bench = new Bench().press("04");
      expect(bench.unit.view).to.include({ main: "04", text: "04", cursor: 2 });
      bench.press("1234567");
      expect(bench.unit.view).to.include({ main: " 9 of 20", text: "0412 3456 7", cursor: 11 });
      bench.press("89012345678");
      expect(bench.unit.view).to.include({ main: "20 of 20", text: "0412 3456 7890 1234 5678" });
      expect(bench.unit.view.cursor).to.equal(undefined);
    });

    it("takes no more than twenty digits and says so with three beeps", () => {
      const bench = new Bench().press(goodToken);
      expect(bench.unit.view.sound).to.equal(undefined);
      bench.press("9");
      expect(bench.unit.view).to.include({ text: "6725 9421 5966 2658 1768" });
      expect(bench.unit.view.sound?.pattern).to.equal("three-short");
    });

    it("takes one digit back with backspace, and all of them with a long press", () => {
      const bench = new Bench().press("123B");
      expect(bench.shown).to.equal("12|12");
      expect(bench.press("345C").shown).to.equal(credit);
      expect(bench.press("1B").shown).to.equal(credit);
    });

    it("forgets an entry thirty seconds after its last digit, and no earlier", () => {
      const bench = new Bench()
        .press("12")
        .advance(29 * second)
        .press("3")
        .advance(30 * second - 1);
      expect(bench.shown).to.equal("123|123");
      expect(bench.advance(1).shown).to.equal(credit);
    });

    it("refuses what is neither a code nor a token, and keeps it", () => {
      for (const digits of ["123456", goodToken.slice(1)]) {
        const bench = new Bench().press(`${digits}E`);
        expect(bench.shown).to.equal("Err|A token has 20 digits");
        expect(bench.unit.view.sound?.pattern).to.equal("three-short");
        expect(bench.advance(2 * second).shown).to.contain(`${digits.length} of 20`);
        expect(bench.requests).to.deep.equal([]);
      }
    });

    it("lets a refused entry be completed and entered", () => {
      const bench = new Bench().press(`${goodToken.slice(0, 19)}E8E`);
      expect(bench.meter.calls).to.deep.equal([`token ${goodToken}`]);
    });

    it("knows no other codes than those of the table", () => {
      for (const code of ["7", "99", "999", "0007", "456", "123", "00712", "45"]) {
        const bench = new Bench().press(`${code}E`);
        expect([code, bench.shown]).to.deep.equal([code, "Err|No such code"]);
        expect(bench.advance(2 * second).shown).to.equal(credit);
        expect(bench.requests).to.deep.equal([]);
      }
    });
  });

  describe("short codes", () => {
    it("show what the meter answers until nobody has pressed a key for thirty seconds", () => {
      const bench = new Bench().press("007E");
      expect(bench.shown).to.equal(credit);
      expect(bench.meter.calls).to.deep.equal(["show remainingCredit 0"]);
      bench.press("301E");
      expect(bench.film(29 * second)).to.deep.equal([
        "25.6|Token -1             kWh",
        "|6725 9421 5966 2658 1768",
        "25.6|Token -1             kWh",
        "|6725 9421 5966 2658 1768",
        "25.6|Token -1             kWh",
        "|6725 9421 5966 2658 1768",
      ]);
      expect(bench.advance(second).shown).to.equal(credit);
    });

    it("are known by the codes of others too", () => {
      for (const [code, call] of [
        ["37", "show remainingCredit 0"],
        ["804", "show meterNumber 0"],
        ["54", "show tokenHistory 1"],
        ["018", "show energyOfRate 8"],
        ["113", "show activeImportOfMonth 13"],
        ["262", "show activeImportOfDay 62"],
        ["350", "show tokenHistory 50"],
      ]) {
        expect(new Bench().press(`${code}E`).meter.calls).to.deep.equal([call]);
      }
    });

    it("show labels of the meter in place of their own", () => {
      expect(new Bench().press("030E").film(6 * second)).to.deep.equal(["8.020|Maximum demand        kW", "22.11.26|Maximum demand at"]);
    });

    it("say so where the meter has not what they ask for", () => {
      const bench = new Bench().press("350E");
      expect(bench.shown).to.equal("--------|This meter has it not");
      expect(bench.unit.good).to.equal(false);
    });

    it("select emergency credit when Enter is pressed twice", () => {
      const bench = new Bench().press("040E");
      expect(bench.shown).to.equal("SurE|Emergency credit?");
      expect(bench.meter.calls).to.deep.equal([]);
      bench.press("E");
      expect(bench.shown).to.equal("donE|Emergency credit");
      expect(bench.meter.calls).to.deep.equal(["act selectEmergencyCredit"]);
      expect(bench.requests).to.deep.equal([{ type: "act", code: "040", confirmed: true }]);
    });

    it("leave emergency credit alone after backspace, another digit, or thirty seconds", () => {
      expect(new Bench().press("040E B").shown).to.equal("040|040");
      expect(new Bench().press("040E 0").shown).to.equal("0|0");
      const bench = new Bench().press("040E").advance(30 * second);
      expect(bench.shown).to.equal(credit);
      expect(bench.press("E").meter.calls).to.deep.equal([]);
    });

    it("show why emergency credit is refused", () => {
      for (const [outcome, main] of [
        ["already-active", "01rEJECt"],
        ["not-needed", "02rEJECt"],
        ["account-not-open", "03rEJECt"],
        ["in-debt", "SSrEJECt"],
      ] as const) {
        const bench = new Bench();
        bench.meter.outcome = outcome;
        bench.press("040EE");
        expect(bench.unit.view.main).to.equal(main);
        expect(bench.unit.view.sound?.pattern).to.equal("three-short");
      }
    });

    it("close the relay at once", () => {
      expect(new Bench({ relay: "ready" }).press("070E").meter.calls).to.deep.equal(["act closeRelay"]);
    });

    it("set the threshold of low credit and the delay of the alarm with two digits behind", () => {
      const bench = new Bench().press("45605E").press("12315E");
      expect(bench.meter.calls).to.deep.equal(["set lowCreditThreshold 5", "set alarmDelay 15"]);
      expect(bench.shown).to.equal("donE|Alarm every, min");
      bench.meter.outcome = "out-of-range";
      expect(bench.press("12300E").shown).to.equal("Err 31|Value out of range");
    });

    it("test the display and then show the firmware", () => {
      const bench = new Bench().press("000E");
      expect(bench.unit.view.marks).to.have.lengthOf(8);
      expect(Object.values(bench.unit.view.leds).every(({ color, blink }) => color !== undefined && blink === undefined)).to.equal(true);
      expect(bench.film(11 * second)).to.deep.equal(["8.8.8.8.8.8.8.8.|########################", "1.2.0|Firmware", credit]);
    });

    it("test the display without a meter too", () => {
      expect(new Bench().cut().press("000E").shown).to.equal("8.8.8.8.8.8.8.8.|########################");
    });
  });

  describe("tokens", () => {
    it("are accepted with a long beep, what they bring, and what there is now", () => {
      const bench = new Bench().press(`${goodToken}E`);
      expect(bench.unit.view.sound?.pattern).to.equal("one-long");
      expect(bench.unit.view.marks).to.include("happy");
      expect(bench.film(6 * second + 100)).to.deep.equal([
        "ACCEPT|Token accepted",
        "+25.6|Bought               kWh",
        "51.20|Credit               kWh",
      ]);
      expect(bench.requests).to.deep.equal([{ type: "token", digits: goodToken }]);
    });

    it("are sent once however often Enter is pressed, and give way to nothing while they are under way", () => {
      const unit = new KeypadUnit(0);
      unit.follow(sampleStatus, 0);
      const requests = [...goodToken].map((digit) => unit.press(digit as KeypadKey, 0));
      requests.push(unit.press("enter", 1), unit.press("enter", 2), unit.press("1", 3), unit.press("clear", 4), unit.press("enter", 5));
      expect(requests.filter((request) => request !== undefined)).to.deep.equal([{ type: "token", digits: goodToken }]);
      expect(unit.view).to.include({ main: "--------", text: "Please wait" });
      unit.advance(10 * minute);
      expect(unit.waiting).to.equal(true);
    });

    it("stay keyed where the link is lost before the answer, and are not sent again by themselves", () => {
      const unit = new KeypadUnit(0);
      unit.follow(sampleStatus, 0);
      for (const digit of goodToken) unit.press(digit as KeypadKey, 0);
      unit.press("enter", 0);
      unit.lose("silent", 5000);
      expect(unit.view).to.include({ main: "E-CON" });
      unit.follow(sampleStatus, 6000);
      unit.advance(7000);
      expect(unit.view).to.include({ main: "20 of 20" });
      unit.answer({ type: "token", result: "accepted", items: [], segments: false, lockedFor: 0 }, 7500);
      expect(unit.view, "an answer that came too late").to.include({ main: "20 of 20" });
      expect(unit.press("enter", 8000)).to.deep.equal({ type: "token", digits: goodToken });
    });

    it("are shown with the words of the trade when they are refused", () => {
      const expected: Readonly<Record<KeypadTokenResult, string>> = {
        accepted: "ACCEPT",
        "first-kct": "1-KCT",
        "second-kct": "2-KCT",
        "third-kct": "3-KCT",
        "fourth-kct": "4-KCT",
        "old-error": "OLd",
        "used-error": "USEd",
        "key-expired-error": "OLdKEY",
        "ddtk-error": "DEFKEY",
        "overflow-error": "OVErFLO",
        "key-type-error": "Err 33",
        "format-error": "Err 30",
        "range-error": "Err 31",
        "function-error": "Err 32",
        "crc-error": "rEJEct",
        "mfr-code-error": "rEJEct",
        "locked-out": "LOC 42",
        "not-ready": "bUSY",
      };
      for (const result of keypadTokenResults) {
        const unit = new KeypadUnit(0);
        unit.follow(sampleStatus, 0);
        for (const digit of goodToken) unit.press(digit as KeypadKey, 0);
        unit.press("enter", 0);
        unit.answer({ type: "token", result, items: [], segments: false, lockedFor: 41 * 60 + 1 }, 0);
        const good = result === "accepted" || result.endsWith("-kct");
        expect([unit.view.main, unit.good, unit.view.sound?.pattern]).to.deep.equal([
          expected[result],
          good,
          good ? "one-long" : "three-short",
        ]);
        unit.advance(2000);
        expect(unit.view.main, "the entry is over").to.equal("25.60");
      }
    });

    it("of class 1 test the display and show what they ask for", () => {
      expect(new Bench().press(`${testToken}E`).film(11 * second)).to.deep.equal([
        "ACCEPT|Token accepted",
        "8.8.8.8.8.8.8.8.|########################",
        "On|Relay, reason",
      ]);
    });

    it("are answered with the minutes left while the keypad is locked, and short codes are not", () => {
      const bench = new Bench({ lockedFor: 3599 }).press(`11112222333344445555E`);
      expect(bench.shown).to.equal("LOC 60|Locked, minutes left");
      expect(bench.press("007E").shown).to.equal(credit);
    });
  });

  describe("the display cycle", () => {
    it("turns every five seconds, from credit to time, and starts again", () => {
      const bench = new Bench();
      const cycle = [
        credit,
        "PrE|Prepaid kWh, rate 2",
        "1234.56|Import               kWh",
        "1.500|Power                 kW",
        "12:00:00|2026-11-22",
      ];
      expect(bench.film(50 * second - 1)).to.deep.equal([...cycle, ...cycle]);
    });

    it("goes on with Enter, and starts at its beginning after any other key", () => {
      const bench = new Bench().press("E");
      expect(bench.shown).to.equal("PrE|Prepaid kWh, rate 2");
      expect(bench.advance(4999).press("E").shown).to.equal("1234.56|Import               kWh");
      expect(bench.press("1B").shown).to.equal(credit);
    });

    it("names what is wrong at its end, and behind the credit what the customer can do", () => {
      const bench = new Bench({
        alarms: ["Cover open"],
        credit: { value: "0.00", unit: "kWh" },
        lowLevel: 3,
        emergency: "selectable",
        relay: "ready",
        lockedFor: 90,
      });
      expect(bench.film(45 * second - 1)).to.deep.equal([
        "0.00|No credit            kWh",
        "EC|Emergency credit: 040",
        "rEAdY|Switch on: 070",
        "LOC 02|Tokens locked, minutes",
        "PrE|Prepaid kWh, rate 2",
        "1234.56|Import               kWh",
        "1.500|Power                 kW",
        "12:00:00|2026-11-22",
        "ALArM|Cover open",
      ]);
    });

    it("shows what is left of an emergency credit in use, and what is owed", () => {
      const bench = new Bench({
        credit: { value: "0.00", unit: "kWh" },
        emergency: "in-use",
        emergencyLeft: { value: "7.50", unit: "kWh" },
        owed: { value: "2.50", unit: "kWh" },
        friendly: true,
      });
      expect(bench.film(14 * second)).to.deep.equal([
        "0.00|Credit               kWh",
        "7.50|Emergency left       kWh",
        "2.50|Owed                 kWh",
      ]);
      expect(bench.unit.view.marks).to.deep.equal(["prepaid", "emergency", "friendly"]);
    });

    it("has no credit in postpaid mode", () => {
      const { credit: none, ...rest } = sampleStatus;
      const unit = new KeypadUnit(0);
      unit.follow({ ...rest, mode: "postpaid" }, 0);
      expect(unit.view).to.include({ main: "PoSt", text: "Postpaid kWh, rate 2" });
      expect(unit.view.leds.credit).to.deep.equal({});
    });
  });

  describe("the link", () => {
    it("shows E-CON while it is lost, with every light out", () => {
      const bench = new Bench().press("007E").cut();
      expect(bench.shown).to.equal("E-CON|No link to the meter");
      expect(bench.unit.view.leds).to.deep.equal({ supply: {}, link: {}, credit: {}, alarm: {}, pulse: {} });
      expect(bench.advance(10 * minute).shown).to.equal("E-CON|No link to the meter");
    });

    it("lets a message be read to its end when it is lost, and no values", () => {
      const bench = new Bench().press(`${goodToken}E`).advance(second).cut();
      expect(bench.film(6 * second)).to.deep.equal([
        "ACCEPT|Token accepted",
        "+25.6|Bought               kWh",
        "51.20|Credit               kWh",
        "E-CON|No link to the meter",
      ]);
      expect(new Bench().press("007E").cut().shown).to.equal("E-CON|No link to the meter");
    });

    it("lasts an hour without a key", () => {
      const bench = new Bench().advance(60 * minute);
      expect(bench.press("007E").shown).to.equal(credit);
    });

    it("says why it does not come back", () => {
      for (const [reason, main] of [
        ["other-meter", "E-PAIr"],
        ["other-unit", "E-PAIr"],
        ["unsupported-protocol", "E-VEr"],
      ] as const) {
        const unit = new KeypadUnit(0);
        unit.lose(reason, 0);
        expect(unit.view.main).to.equal(main);
      }
    });

    it("shows everything that the meter says again once it is back", () => {
      const bench = new Bench().cut().advance(minute);
      bench.meter.current = { ...sampleStatus, credit: { value: "9.99", unit: "kWh" }, lowLevel: 1 };
      bench.mend();
      expect(bench.shown).to.equal("9.99|Low credit           kWh");
      expect(bench.unit.view.leds.credit).to.deep.equal({ color: "yellow" });
    });

    it("keeps what is keyed while it is lost, and answers Enter with E-CON", () => {
      const bench = new Bench().press(goodToken).cut();
      expect(bench.shown).to.contain("20 of 20");
      bench.press("E");
      expect(bench.shown).to.equal("E-CON|No link to the meter");
      expect(bench.requests).to.deep.equal([]);
      bench.mend().advance(2 * second);
      expect(bench.press("E").shown).to.equal("ACCEPT|Token accepted");
    });
  });

  describe("indicators", () => {
    it("light the supply steadily, flashing while the load is off, not without power", () => {
      const supply = (status: Parameters<Bench["say"]>[0]) => new Bench(status).unit.view.leds.supply;
      expect(supply({})).to.deep.equal({ color: "green" });
      expect(supply({ relay: "open" })).to.deep.equal({ color: "green", blink: { period: 1000, lit: 500 } });
      expect(supply({ relay: "ready" }).blink).to.deep.equal({ period: 1000, lit: 500 });
      expect(supply({ supplied: false })).to.deep.equal({});
    });

    it("light the credit in the colour of its level, blinking when there is none", () => {
      const lamps = ([0, 1, 2, 3] as const).map((lowLevel) => new Bench({ lowLevel }).unit.view.leds.credit);
      expect(lamps).to.deep.equal([
        { color: "green" },
        { color: "yellow" },
        { color: "red" },
        { color: "red", blink: { period: 500, lit: 250 } },
      ]);
    });

    it("flash a thousand times for a kWh", () => {
      const period = (power: number) => new Bench({ power }).unit.view.leds.pulse.blink?.period;
      expect([period(1000), period(-7200), period(0), period(1_000_000)]).to.deep.equal([3600, 500, undefined, 160]);
    });

    it("light the alarm as long as something is wrong", () => {
      const bench = new Bench({ alarms: ["Cover open"] });
      expect(bench.unit.view.leds.alarm).to.deep.equal({ color: "red" });
      expect(bench.say({ alarms: [] }).unit.view.leds.alarm).to.deep.equal({});
    });
  });

  describe("the buzzer", () => {
    /** Minutes from now at which the alarm begins to sound, to a tenth. */
    const alarms = ({ unit, now }: Bench, duration: number): readonly number[] => {
      let last = unit.view.sound?.number ?? 0;
      const heard: number[] = [];
      for (let at = unit.nextTimeout; at !== undefined && at <= now + duration; at = unit.nextTimeout) {
        unit.advance(at);
        const { sound } = unit.view;
        if (sound === undefined || sound.number === last) continue;
        last = sound.number;
        heard.push(Math.round(((at - now) / minute) * 10) / 10);
      }
      return heard;
    };

    it("warns of low credit at once and then every ten minutes", () => {
      const bench = new Bench().advance(minute);
      expect(bench.unit.view.sound).to.equal(undefined);
      bench.say({ lowLevel: 1 });
      expect(bench.unit.view.sound).to.deep.equal({ pattern: "three-short", number: 1 });
      expect(alarms(bench, 31 * minute)).to.deep.equal([10, 20, 30]);
    });

    it("warns twice as often from the second stage on", () => {
      expect(alarms(new Bench().say({ lowLevel: 2 }), 16 * minute)).to.deep.equal([5, 10, 15]);
    });

    it("keeps to its times whatever the meter tells in between", () => {
      const bench = new Bench().say({ lowLevel: 1 }).advance(4 * minute);
      expect(alarms(bench, 17 * minute)).to.deep.equal([6, 16]);
    });

    it("is silent in quiet hours, and warns when they end", () => {
      const bench = new Bench({ quiet: true }).say({ lowLevel: 1 });
      expect(alarms(bench, 8 * 60 * minute)).to.deep.equal([]);
      bench.unit.follow({ ...bench.meter.current, quiet: false }, bench.now + 9 * 60 * minute);
      expect(bench.unit.view.sound?.pattern).to.equal("three-short");
    });

    it("is silent after 045 until the next stage", () => {
      const bench = new Bench().say({ lowLevel: 1 }).press("045E");
      expect(bench.shown).to.equal("donE|Alarm muted");
      expect(bench.unit.view.marks).to.include("muted");
      bench.advance(20 * minute);
      expect(alarms(bench, 0)).to.deep.equal([]);
      expect(bench.unit.view.sound).to.equal(undefined);
      bench.say({ lowLevel: 2 });
      expect(bench.unit.view.sound?.pattern).to.equal("three-short");
      expect(bench.unit.view.marks).to.not.include("muted");
    });

    it("forgets that it was muted once credit is no longer low", () => {
      const bench = new Bench().say({ lowLevel: 1 }).press("812E").say({ lowLevel: 0 }).advance(minute).say({ lowLevel: 1 });
      expect(bench.unit.view.sound?.pattern).to.equal("three-short");
    });

    it("warns of nothing without a delay, and without a link", () => {
      expect(alarms(new Bench({ alarmDelay: 0 }).say({ lowLevel: 3 }), 60 * minute)).to.deep.equal([]);
      expect(alarms(new Bench().say({ lowLevel: 3 }).advance(second).cut(), 60 * minute)).to.deep.equal([]);
    });
  });

  it("keeps its invariants whatever is pressed and whatever happens to the link", () => {
    const action = fc.oneof(
      { weight: 12, arbitrary: fc.constantFrom(...keypadKeys) },
      { weight: 1, arbitrary: fc.constantFrom("cut" as const, "mend" as const) },
      { weight: 3, arbitrary: fc.integer({ min: 0, max: 40_000 }) },
      { weight: 1, arbitrary: fc.constantFrom(goodToken, testToken, "040", "301", "000") },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 120 }), (actions) => {
        const bench = new Bench({ lowLevel: 1 });
        let linked = true;
        let entered = 0;
        for (const each of actions) {
          if (typeof each === "number") bench.advance(each);
          else if (each === "cut" && linked) linked = bench.cut() === undefined;
          else if (each === "mend" && !linked) linked = bench.mend() !== undefined;
          else if (keypadKeys.includes(each as KeypadKey)) {
            if (each === "enter" && bench.unit.view.main === "20 of 20" && linked) entered++;
            bench.press(each === "enter" ? "E" : each === "backspace" ? "B" : each === "clear" ? "C" : each);
          } else if (each !== "cut" && each !== "mend") bench.press(each);
          const { main, text, cursor } = bench.unit.view;
          expect(cellsOf(main)).to.be.at.most(8);
          expect(text.length).to.be.at.most(24);
          expect(cursor ?? 0).to.be.within(0, 23);
          expect(text.replaceAll(/\D/g, "").length).to.be.at.most(20);
          expect(bench.unit.waiting).to.equal(false);
          expect(bench.unit.nextTimeout ?? bench.now + 1).to.be.greaterThan(bench.now);
          if (!linked && bench.unit.good === undefined && cursor === undefined && main !== "20 of 20" && main !== "SurE") {
            expect(main).to.equal("E-CON");
          }
        }
        // Each Enter on twenty digits reaches the meter once, and nothing else does.
        const tokens = bench.requests.filter(({ type }) => type === "token");
        expect(tokens).to.have.lengthOf(entered);
        expect(bench.meter.calls.filter((call) => call.startsWith("token"))).to.have.lengthOf(entered);
      }),
      { numRuns: scaled(300, 10_000) },
    );
  });
});
