import type { KeypadStatus } from "./keypad-status.ts";
import type { KeypadLeds, KeypadMark, Led } from "./keypad-view.ts";

const off: Led = {};
const flashing = { period: 1000, lit: 500 };
const urgent = { period: 500, lit: 250 };

/** Pulses a kWh, and milliseconds that each is seen. */
const meterConstant = 1000;
const pulseTime = 80;
const millisecondsPerHour = 3_600_000;

/** All lights on, as the test of the display has them. */
export const everyLed: KeypadLeds = {
  supply: { color: "green" },
  link: { color: "green" },
  credit: { color: "yellow" },
  alarm: { color: "red" },
  pulse: { color: "red" },
};

/** The lights for a status; without one the link is lost, and of the rest nothing is known. */
export function ledsOf(status: KeypadStatus | undefined): KeypadLeds {
  if (status === undefined) return { supply: off, link: off, credit: off, alarm: off, pulse: off };
  return {
    supply: supplyLed(status),
    link: { color: "green", blink: flashing },
    credit: creditLed(status),
    alarm: status.alarms.length > 0 ? { color: "red" } : off,
    pulse: pulseLed(status.power),
  };
}

/** Steady while the load has supply, flashing while it is disconnected, off without power. */
function supplyLed({ supplied, relay }: KeypadStatus): Led {
  if (!supplied) return off;
  return relay === "closed" ? { color: "green" } : { color: "green", blink: flashing };
}

const creditLeds: readonly Led[] = [{ color: "green" }, { color: "yellow" }, { color: "red" }, { color: "red", blink: urgent }];

function creditLed({ mode, lowLevel }: KeypadStatus): Led {
  return mode === "postpaid" ? off : (creditLeds[lowLevel] ?? off);
}

function pulseLed(power: number): Led {
  const period = Math.round((millisecondsPerHour * 1000) / (Math.abs(power) * meterConstant));
  if (!Number.isFinite(period)) return off;
  return { color: "red", blink: { period: Math.max(period, 2 * pulseTime), lit: pulseTime } };
}

/** The signs for a status. */
export function marksOf({ mode, emergency, friendly, relay, lockedFor, alarms }: KeypadStatus, muted: boolean): readonly KeypadMark[] {
  const marks: readonly (readonly [KeypadMark, boolean])[] = [
    ["prepaid", mode === "prepaid"],
    ["emergency", emergency === "in-use"],
    ["friendly", friendly],
    ["open", relay !== "closed"],
    ["locked", lockedFor > 0],
    ["muted", muted],
    ["alarm", alarms.length > 0],
  ];
  return marks.flatMap(([mark, lit]) => (lit ? [mark] : []));
}
