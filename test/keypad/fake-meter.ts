import type { ActOutcome, DisplayItem, KeypadMeter, KeypadStatus, KeypadTokenAnswer } from "../../src/keypad/index.ts";

/** A prepaid meter with credit, at noon. */
export const sampleStatus: KeypadStatus = {
  meter: "01234567897",
  date: "2026-11-22",
  time: "12:00:00",
  mode: "prepaid",
  supplied: true,
  relay: "closed",
  credit: { value: "25.60", unit: "kWh" },
  lowLevel: 0,
  emergency: "unavailable",
  friendly: false,
  tariff: 2,
  total: { value: "1234.56", unit: "kWh" },
  power: 1500,
  alarms: [],
  lockedFor: 0,
  alarmDelay: 10,
  quiet: false,
};

export const goodToken = "67259421596626581768";
export const testToken = "00000000000150997584";

/** A meter that says what a test wants, and keeps what it was asked. */
export class FakeMeter implements KeypadMeter {
  readonly calls: string[] = [];
  current: KeypadStatus;
  outcome: ActOutcome = "done";
  #used = false;

  constructor(status: Partial<KeypadStatus> = {}) {
    this.current = { ...sampleStatus, ...status };
  }

  status(): KeypadStatus {
    return this.current;
  }

  show(item: string, index: number): readonly DisplayItem[] | undefined {
    this.calls.push(`show ${item} ${index}`);
    switch (item) {
      case "remainingCredit":
        return [{ ...(this.current.credit ?? { value: "0.00", unit: "kWh" }) }];
      case "maximumDemand":
        return [
          { value: "8.020", unit: "kW" },
          { value: "22.11.26", label: "Maximum demand at" },
        ];
      case "tokenHistory":
        return index > 2 ? undefined : [{ value: "25.6", unit: "kWh" }, { value: "6725 9421 5966 2658 1768" }];
      case "firmwareVersion":
        return [{ value: "1.2.0" }];
      case "relayState":
        return [{ value: "On" }];
      default:
        return undefined;
    }
  }

  act(act: string): ActOutcome {
    this.calls.push(`act ${act}`);
    return this.outcome;
  }

  set(setting: string, value: number): ActOutcome {
    this.calls.push(`set ${setting} ${value}`);
    return this.outcome;
  }

  /** The good token once, the token of tests always, no other. */
  enterToken(digits: string): KeypadTokenAnswer {
    this.calls.push(`token ${digits}`);
    if (digits === testToken) return { result: "accepted", tests: [1, 2] };
    if (digits !== goodToken) return { result: this.current.lockedFor > 0 ? "locked-out" : "crc-error" };
    if (this.#used) return { result: "used-error" };
    this.#used = true;
    this.current = { ...this.current, credit: { value: "51.20", unit: "kWh" } };
    return { result: "accepted", amount: { value: "25.6", unit: "kWh" }, credit: { value: "51.20", unit: "kWh" } };
  }
}
