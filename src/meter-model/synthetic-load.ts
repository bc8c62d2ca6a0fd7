import { calendarDate, dayOfWeek, daysSinceEpoch } from "./calendar-date.ts";
import type { LoadModel, LoadSegment, OperatingPoint } from "./load-model.ts";
import { LocalTime, type TimeZoneRule } from "./local-time.ts";
import { day, type Instant, minute } from "./units.ts";

export interface SyntheticLoadOptions {
  /** Another seed, another household. */
  readonly seed: number;
  /** The household lives by this time. */
  readonly zone: TimeZoneRule;
  /** W of a photovoltaic system at noon in a clear summer; 0 without. */
  readonly solarPeak?: number;
}

const minutesPerDay = 1440;
const nominalVoltage = 230;
/** Ohms from the transformer to the meter: ten amperes cost three volts. */
const sourceImpedance = 0.3;

/** An appliance switched on by people: `runs` a day expected, starting around a time of day. */
interface Appliance {
  readonly name: string;
  readonly watts: number;
  readonly minutes: number;
  readonly around: readonly { readonly minuteOfDay: number; readonly spread: number; readonly likelihood: number }[];
  /** Factor on the likelihood at weekends. */
  readonly weekend: number;
  /** Reactive over active power. */
  readonly tangent: number;
}

const at = (hours: number, spread: number, likelihood: number) => ({ minuteOfDay: hours * 60, spread, likelihood });

const appliances: readonly Appliance[] = [
  { name: "kettle", watts: 2000, minutes: 3, around: [at(6.8, 30, 0.95), at(16, 90, 0.5), at(20, 60, 0.6)], weekend: 1, tangent: 0 },
  { name: "toaster", watts: 900, minutes: 4, around: [at(7, 30, 0.6)], weekend: 1.3, tangent: 0 },
  { name: "hob", watts: 1700, minutes: 28, around: [at(12.3, 30, 0.25), at(18.8, 45, 0.85)], weekend: 1.2, tangent: 0 },
  { name: "oven", watts: 2200, minutes: 40, around: [at(18, 60, 0.25)], weekend: 1.8, tangent: 0 },
  { name: "microwave", watts: 1100, minutes: 4, around: [at(12.5, 45, 0.4), at(19, 60, 0.4)], weekend: 1, tangent: 0.25 },
  { name: "washing heater", watts: 1900, minutes: 16, around: [at(10, 90, 0.3)], weekend: 1.7, tangent: 0 },
  { name: "washing motor", watts: 250, minutes: 70, around: [at(10.3, 90, 0.3)], weekend: 1.7, tangent: 0.7 },
  { name: "dishwasher", watts: 1200, minutes: 55, around: [at(20.5, 45, 0.6)], weekend: 1.1, tangent: 0.1 },
  { name: "television", watts: 110, minutes: 170, around: [at(19.5, 40, 0.9)], weekend: 1, tangent: 0.4 },
  { name: "computer", watts: 130, minutes: 240, around: [at(9, 60, 0.4), at(17, 90, 0.4)], weekend: 0.8, tangent: 0.4 },
  { name: "water heater", watts: 1500, minutes: 50, around: [at(5.6, 20, 1), at(22.5, 30, 0.7)], weekend: 1, tangent: 0 },
];

/** What a day draws, minute by minute of local time. */
interface DayPlan {
  readonly day: number;
  /** W */
  readonly active: Float64Array;
  /** var */
  readonly reactive: Float64Array;
  /** W */
  readonly solar: Float64Array;
}

/**
 * A household as a function of time and seed alone: base load, refrigerator, lighting and heating by season, appliances
 * with morning and evening peaks, other habits at weekends, voltage that droops with the load, and optionally the sun.
 */
export function syntheticLoad({ seed, zone, solarPeak = 0 }: SyntheticLoadOptions): LoadModel {
  const localTime = new LocalTime(zone);
  // The plan of a day is a pure function of the day; one is kept because time is usually asked for in order.
  let plan: DayPlan | undefined;
  return {
    at(instant: Instant): LoadSegment {
      const minuteIndex = Math.floor(instant / minute);
      const local = minuteIndex * minute + localTime.offsetAt(minuteIndex * minute);
      const localDay = Math.floor(local / day);
      if (plan?.day !== localDay) plan = planDay(seed, localDay, solarPeak);
      return {
        point: operatingPoint(seed, plan, Math.floor((local - localDay * day) / minute), minuteIndex),
        until: (minuteIndex + 1) * minute,
      };
    },
  };
}

function operatingPoint(seed: number, plan: DayPlan, minuteOfDay: number, minuteIndex: number): OperatingPoint {
  const active = plan.active[minuteOfDay]! * (0.97 + 0.06 * draw(seed, minuteIndex, 1)) - plan.solar[minuteOfDay]!;
  const reactive = plan.reactive[minuteOfDay]! * (0.95 + 0.1 * draw(seed, minuteIndex, 2));
  // The street draws most in the evening: a slow swing of the feeder on which this house's own droop comes on top.
  const feeder = 2.5 * Math.cos((2 * Math.PI * (minuteOfDay - 200)) / minutesPerDay) + 1.6 * (draw(seed, minuteIndex, 3) - 0.5);
  const voltage = nominalVoltage + feeder - (sourceImpedance * active) / nominalVoltage;
  const current = Math.round((1000 * Math.sqrt(active * active + reactive * reactive)) / voltage);
  return {
    voltage: Math.round(voltage * 1000),
    current,
    neutralCurrent: current,
    activePower: Math.round(active * 1000),
    reactivePower: Math.round(reactive * 1000),
    frequency: Math.round(50_000 + 25 * Math.sin(minuteIndex / 37) + 30 * (draw(seed, minuteIndex, 4) - 0.5)),
  };
}

function planDay(seed: number, localDay: number, solarPeak: number): DayPlan {
  const active = new Float64Array(minutesPerDay);
  const reactive = new Float64Array(minutesPerDay);
  const solar = new Float64Array(minutesPerDay);
  const winter = winterness(localDay);
  const weekend = dayOfWeek(localDay) >= 6;
  const run = (from: number, length: number, watts: number, tangent: number) => {
    // What would run past midnight ends there: a day is planned without looking at its neighbours.
    for (let index = Math.max(0, Math.round(from)); index < Math.min(minutesPerDay, Math.round(from + length)); index++) {
      active[index]! += watts;
      reactive[index]! += watts * tangent;
    }
  };

  run(0, minutesPerDay, 70 + 60 * draw(seed, 0, 10), 0.3);
  const fridgePhase = Math.floor(50 * draw(seed, localDay, 11));
  for (let start = fridgePhase - 50; start < minutesPerDay; start += 50) run(start, 18, 95, 0.6);

  const sunrise = 60 * (6 + 2 * winter);
  const sunset = 60 * (20.5 - 4 * winter);
  const bedtime = 60 * (weekend ? 23.6 : 22.7) + 40 * (draw(seed, localDay, 12) - 0.5);
  if (sunrise > 390) run(390, sunrise - 390, 120, 0.1);
  if (bedtime > sunset) run(sunset, bedtime - sunset, 190, 0.1);

  const heating = 900 * Math.max(0, winter - 0.45) * (0.7 + 0.6 * draw(seed, localDay, 13));
  run(345, weekend ? 300 : 130, heating, 0.15);
  run(990, 360, heating, 0.15);

  appliances.forEach((appliance, kind) => {
    appliance.around.forEach((habit, occasion) => {
      const channel = 100 + 20 * kind + 3 * occasion;
      const likelihood = habit.likelihood * (weekend ? appliance.weekend : 1);
      if (draw(seed, localDay, channel) >= likelihood) return;
      // People get up later when they need not work.
      const late = weekend && habit.minuteOfDay < 720 ? 75 : 0;
      const start = habit.minuteOfDay + late + habit.spread * (2 * draw(seed, localDay, channel + 1) - 1);
      const length = appliance.minutes * (0.8 + 0.4 * draw(seed, localDay, channel + 2));
      run(start, Math.max(1, length), appliance.watts, appliance.tangent);
    });
  });

  if (solarPeak > 0) {
    const clearness = (1 - 0.65 * winter) * (0.25 + 0.75 * draw(seed, localDay, 14));
    for (let index = Math.ceil(sunrise); index < sunset; index++) {
      solar[index] = solarPeak * clearness * Math.sin((Math.PI * (index - sunrise)) / (sunset - sunrise)) ** 1.5;
    }
  }
  return { day: localDay, active, reactive, solar };
}

/** 1 in mid January, 0 in mid July. */
function winterness(localDay: number): number {
  const { year } = calendarDate(localDay);
  const dayOfYear = localDay - daysSinceEpoch({ year, month: 1, day: 1 });
  return 0.5 + 0.5 * Math.cos((2 * Math.PI * (dayOfYear - 15)) / 365.25);
}

/** A number in 0..1 that looks random and depends on its arguments alone (integer mixing after murmur3's finaliser). */
function draw(seed: number, index: number, channel: number): number {
  let h = Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(index | 0, 0x85ebca6b) ^ Math.imul(channel | 0, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  h ^= h >>> 16;
  return (h >>> 0) / 0x1_0000_0000;
}
