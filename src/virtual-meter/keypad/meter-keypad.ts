import type { ActOutcome, KeypadMeter, KeypadTokenAnswer } from "../../keypad/keypad-meter.ts";
import type { KeypadStatus } from "../../keypad/keypad-status.ts";
import type { CommandOutcome, CreditStatus, Meter } from "../../meter-model/index.ts";
import type { MeterIdentity } from "../identity.ts";
import { meterDateTime } from "../mapping/clock.ts";
import { creditAmount, energyOf, stampTexts } from "./format.ts";
import { shownValues } from "./shown-values.ts";

export interface MeterKeypadOptions {
  /** The meter, brought to this moment. */
  readonly meter: () => Meter;
  readonly identity: MeterIdentity;
  /** Called after whatever must not be lost once it has been answered. */
  readonly afterChange: () => void;
}

/** The virtual meter as its keypad units know it. */
export function meterKeypad({ meter: catchUp, identity, afterChange }: MeterKeypadOptions): KeypadMeter {
  const kept = <T>(outcome: T): T => {
    afterChange();
    return outcome;
  };
  return {
    status: () => statusOf(catchUp(), identity),
    show: (item, index) => shownValues[item](catchUp(), index, identity),
    act(act) {
      const meter = catchUp();
      switch (act) {
        case "selectEmergencyCredit": {
          const outcome = meter.credit.selectEmergency();
          return kept(outcome === "accepted" ? "done" : outcome);
        }
        case "closeRelay":
          return kept(closeRelay(meter));
      }
    },
    set(setting, value) {
      const { credit } = catchUp();
      if (setting === "alarmDelay") return kept(actOutcome(credit.setBuzzer({ repeat: value })));
      const whole = credit.unit === "energy" ? 1000 : 10 ** -credit.currency.scale;
      return kept(actOutcome(credit.setTerms({ low1: value * whole })));
    },
    enterToken(digits): KeypadTokenAnswer {
      const meter = catchUp();
      const { result, amount, tests } = kept(meter.tokens.enter(digits, "manual"));
      return {
        result,
        ...(amount !== undefined && { amount: creditAmount(meter, amount), credit: creditAmount(meter, meter.credit.available) }),
        ...(tests !== undefined && { tests }),
      };
    },
  };
}

/** A cut that was to warn is over once the customer has seen it; any other has to be ready for it. */
function closeRelay({ credit, relay }: Meter): ActOutcome {
  if (credit.warning) {
    credit.acknowledgeWarning();
    return "done";
  }
  if (relay.closed) return "not-needed";
  return relay.manualReconnect() === "accepted" ? "done" : "refused";
}

function actOutcome(outcome: CommandOutcome): ActOutcome {
  if (outcome === "accepted") return "done";
  return outcome === "out-of-range" ? "out-of-range" : "refused";
}

const emergencyStates = {
  enabled: "unavailable",
  selectable: "selectable",
  selected: "in-use",
  "in-use": "in-use",
  exhausted: "used-up",
} as const satisfies Readonly<Record<CreditStatus, KeypadStatus["emergency"]>>;

function statusOf(meter: Meter, identity: MeterIdentity): KeypadStatus {
  const { credit, relay, tampers, ports } = meter;
  const prepaid = credit.mode === "prepaid";
  const emergency = emergencyStates[credit.statusOf("emergency")];
  // A switch that is ready waits for a key alone where nothing else asks for it to be open.
  const mayClose = credit.warning || (relay.controlState === "ready-for-reconnection" && relay.raised.length === 0);
  const tampered = tampers.present | tampers.latched;
  return {
    meter: identity.decoderReferenceNumber,
    ...stampTexts(meterDateTime(meter)),
    mode: credit.mode,
    supplied: meter.supplied,
    relay: relay.closed ? "closed" : mayClose ? "ready" : "open",
    ...(prepaid && { credit: creditAmount(meter, credit.available) }),
    lowLevel: prepaid && credit.available === 0 ? 3 : credit.lowLevel,
    emergency: prepaid ? emergency : "unavailable",
    ...(prepaid && emergency === "in-use" && { emergencyLeft: creditAmount(meter, credit.emergencyLeft) }),
    ...(prepaid && credit.owed > 0 && { owed: creditAmount(meter, credit.owed) }),
    friendly: credit.inFriendlyTime,
    tariff: meter.rate,
    total: energyOf(meter.energy("activeImport")),
    power: Math.round(meter.measurement.activeNet / 1000),
    alarms: tampered === 0 ? [] : [`Tamper ${tampered}`],
    lockedFor: Math.ceil(ports.keypad.remaining / 1000),
    alarmDelay: credit.buzzer.repeat,
    quiet: !credit.audible,
  };
}
