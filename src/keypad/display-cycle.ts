import { type Frame, page, pageTime } from "./frame.ts";
import type { KeypadStatus } from "./keypad-status.ts";

/**
 * The pages a unit shows while nobody uses it: credit, mode and tariff, total, power, time, and what is wrong; with what a customer
 * has to know now, and the code that helps, behind the credit.
 */
export function cyclePages(status: KeypadStatus): readonly Frame[] {
  return [
    ...creditPages(status),
    modePage(status),
    page({ label: "Import", ...status.total }),
    powerPage(status),
    timePage(status),
    ...alarmPages(status),
  ];
}

function creditPages({ credit, lowLevel, emergency, emergencyLeft, owed, relay, lockedFor }: KeypadStatus): readonly Frame[] {
  return [
    ...(credit ? [page({ label: lowLevel === 0 ? "Credit" : lowLevel === 3 ? "No credit" : "Low credit", ...credit })] : []),
    ...(emergency === "selectable" ? [text("EC", "Emergency credit: 040")] : []),
    ...(emergency === "used-up" ? [text("EC   End", "Emergency credit used up")] : []),
    ...(emergencyLeft ? [page({ label: "Emergency left", ...emergencyLeft })] : []),
    ...(owed ? [page({ label: "Owed", ...owed })] : []),
    ...(relay === "ready" ? [text("rEAdY", "Switch on: 070")] : []),
    ...(lockedFor > 0 ? [text(`LOC ${String(Math.min(99, Math.ceil(lockedFor / 60))).padStart(2, "0")}`, "Tokens locked, minutes")] : []),
  ];
}

function modePage({ mode, credit, total, tariff }: KeypadStatus): Frame {
  const unit = (credit ?? total).unit;
  return text(mode === "prepaid" ? "PrE" : "PoSt", `${mode === "prepaid" ? "Prepaid" : "Postpaid"} ${unit}, rate ${tariff}`);
}

function powerPage({ power }: KeypadStatus): Frame {
  return page({ label: "Power", value: (power / 1000).toFixed(3), unit: "kW" });
}

function timePage({ date, time }: KeypadStatus): Frame {
  return text(time, date);
}

function alarmPages({ alarms }: KeypadStatus): readonly Frame[] {
  return alarms.map((alarm) => text("ALArM", alarm));
}

function text(main: string, below: string): Frame {
  return { main, text: below, lasts: pageTime };
}
