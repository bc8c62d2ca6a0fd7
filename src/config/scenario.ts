import { z } from "zod";
import type { ContactName } from "../meter-model/guard/tamper-catalogue.ts";
import type { LoadDraw, Scenario, ScenarioAct, ScenarioEvent, ScenarioTime, SupplyChange } from "../virtual-meter/scenario/scenario.ts";
import { parseDuration } from "./duration.ts";
import { describe, field, integer, list, oneOf, section, text, textField, textLike, yesOrNo } from "./fields.ts";
import { show } from "./show.ts";

const day = 86_400_000;
/** Bounds every instant of a scenario to what a clock can show. */
const longest = 36_525 * day;
/** Every change looks at every event. */
const mostEvents = 1000;

/** "2h30m" to milliseconds: durations one after the other. */
function parseOffset(written: string): number | undefined {
  const parts = /^(?:[\d.]{1,13}[a-z]{1,2}){1,5}$/.test(written) ? (written.match(/[\d.]+[a-z]+/g) ?? []) : [];
  const sum = parts.reduce((total, part) => total + (parseDuration(part) ?? Number.NaN), 0);
  return parts.length > 0 && sum <= longest ? sum : undefined;
}

/** The pattern of `parseOffset`, for editors. */
const offsetPattern = "(\\d+(\\.\\d+)?(ms|s|m|h|d))+";

/** A time after the start of the scenario. */
const offset = () => textField("expected a time such as 2h30m, up to 36525d", parseOffset, { pattern: `^${offsetPattern}$` });

/** How long something lasts. */
const span = () =>
  textField("expected a duration such as 45m or 1h30m, up to 36525d", (written) => parseOffset(written) || undefined, {
    pattern: `^${offsetPattern}$`,
  });

/** How far a clock is ahead; less than nothing is behind. */
const error = () =>
  textField(
    "expected an error of the clock such as 5m or -2h, up to 36525d",
    (written) => {
      const size = parseOffset(written.replace(/^-/, ""));
      return size === undefined ? undefined : (written.startsWith("-") ? -size : size) + 0;
    },
    { pattern: `^-?${offsetPattern}$` },
  );

/** A time of day by the local clock, to milliseconds. */
const timeOfDay = () =>
  textField(
    "expected a time of day such as 18:30",
    (written) => {
      const [, hours, minutes, seconds = "0"] = /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(written) ?? [];
      return hours === undefined ? undefined : ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    },
    { pattern: "^([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d)?$" },
  );

/** A number within limits, to whole thousandths where `factor` is 1000. */
function number(least: number, most: number, factor = 1) {
  const expected = `expected a number from ${least} to ${most}`;
  const within = (value: unknown): value is number => typeof value === "number" && value >= least && value <= most;
  const parse = (value: unknown) => (within(value) ? (factor === 1 ? value : Math.round(value * factor)) : undefined);
  return field(expected, parse, { jsonSchema: { type: "number", minimum: least, maximum: most, description: describe(expected) } });
}

/** What is either so or left out. */
const flag = () => field("expected true", (value) => (value === true ? (true as const) : undefined), { jsonSchema: { const: true } });

const contacts = ["meterCover", "terminalCover", "magneticField"] as const satisfies readonly ContactName[];

/** One kind of tampering, or a list of them. */
const tamper = field(
  `expected one of ${contacts.join(", ")}, or a list of them`,
  (value): readonly ContactName[] | undefined => {
    const names = (Array.isArray(value) ? value : [value]).map((name) => contacts.find((contact) => contact === name));
    return names.length > 0 && names.every((name) => name !== undefined) ? names : undefined;
  },
  { jsonSchema: { anyOf: [{ enum: contacts }, { type: "array", items: { enum: contacts }, minItems: 1 }] } },
);

const mostPower = 200_000;

const draw = () =>
  section({
    watts: number(0, mostPower, 1000).optional(),
    amperes: number(0, 1000, 1000).optional(),
    powerFactor: number(0.01, 1).prefault(1),
    leading: yesOrNo().prefault(false),
  }).transform(({ watts, amperes, powerFactor, leading }, context): LoadDraw => {
    const amount = watts ?? amperes;
    if (amount === undefined || (watts !== undefined && amperes !== undefined)) {
      const got = amount === undefined ? show(undefined) : "both";
      context.addIssue({ code: "custom", message: `expected either watts or amperes, got ${got}` });
      return z.NEVER;
    }
    return { quantity: watts === undefined ? "current" : "power", amount, powerFactor, leading };
  });

/** How the terminals change, in the order of the documentation. */
const supplyShape = {
  outage: flag().optional(),
  voltage: number(1, 500, 1000).optional(),
  frequency: number(40, 70, 1000).optional(),
  load: draw().optional(),
  extra: draw().optional(),
  generation: number(0, mostPower, 1000).optional(),
  solar: number(0, mostPower, 1000).optional(),
  reversed: flag().optional(),
  neutral: integer(0, 1000).optional(),
  bypass: integer(0, 100).optional(),
};

/** What is so for as long as an event lasts. */
const conditionShape = { ...supplyShape, tamper: tamper.optional(), relay: oneOf(["stuck"]).optional() };

/** What is done at once. */
const actShape = { battery: oneOf(["replaced"]).optional(), clockError: error().optional(), press: oneOf(["reconnect"]).optional() };

const eventShape = { at: offset().optional(), daily: timeOfDay().optional(), for: span().optional(), ...conditionShape, ...actShape };

const event = section(eventShape).transform((written, context): ScenarioEvent => {
  const { at, daily, for: duration, tamper: opened = [], relay, battery, clockError, press, ...supply } = written;
  const object = (message: string, ...path: string[]) => void context.addIssue({ code: "custom", path, message });
  const conditions = writtenOf(conditionShape, written);
  const acts = writtenOf(actShape, written);

  if ((at === undefined) === (daily === undefined)) object(`expected either at or daily, got ${at === undefined ? show(at) : "both"}`);
  if (conditions.length + acts.length === 0)
    object(`expected something that happens: ${[...Object.keys(conditionShape), ...Object.keys(actShape)].join(", ")}`);
  const [act] = acts;
  if (act !== undefined && conditions.length > 0) object(`expected in an event without ${conditions.join(", ")}: it is done at once`, act);
  else if (act !== undefined && duration !== undefined) object(`expected nothing, since ${act} is done at once`, "for");
  if (conditions.length > 0 && daily !== undefined && !(duration !== undefined && duration <= day))
    object("expected a duration of 24h at most for what happens every day", "for");
  if (supply.solar !== undefined && duration === undefined) object("expected the duration of the daylight for solar, got nothing", "for");

  return {
    when: whenOf(at, daily),
    duration: conditions.length === 0 ? 0 : (duration ?? Number.POSITIVE_INFINITY),
    supply: supply satisfies SupplyChange,
    contacts: opened,
    relayStuck: relay === "stuck",
    acts: [
      ...(battery === undefined ? [] : [{ type: "replace-battery" } as const]),
      ...(clockError === undefined ? [] : [{ type: "set-clock", error: clockError } as const]),
      ...(press === undefined ? [] : [{ type: "press-reconnect" } as const]),
    ] satisfies readonly ScenarioAct[],
  };
});

/** Keys of a shape that were written. */
function writtenOf(shape: Readonly<Record<string, unknown>>, written: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(shape).filter((key) => written[key] !== undefined);
}

function whenOf(at: number | undefined, daily: number | undefined): ScenarioTime {
  return daily === undefined ? { kind: "once", after: at ?? 0 } : { kind: "daily", timeOfDay: daily };
}

/** A scenario of `dlms meter`: what happens to the meter, and when. */
export const scenarioSchema = section({
  name: textLike("expected a name of small letters, digits and hyphens", /^[a-z0-9][a-z0-9-]{0,39}$/),
  description: text("a text").optional(),
  start: oneOf(["beginning", "serving"]).prefault("beginning"),
  meter: section({ driftPpm: number(-1000, 1000).optional(), batteryReserve: span().optional() }).prefault({}),
  events: list(event).max(mostEvents, `expected ${mostEvents} events at most`),
}).transform(({ name, start, meter, events }): Scenario => ({ name, start, ...meter, events }));
