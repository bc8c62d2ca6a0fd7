import { Clock } from "../../cosem-objects/classes/clock.ts";
import { bind, type CosemObject, refuse } from "../../cosem-objects/object.ts";
import { type CosemDateTime, clockStatus, dateTimeToInstant, instantToDateTime } from "../../dlms/axdr/date-time.ts";
import { type Instant, LocalTime, type Meter, minute, type SwitchRule, second } from "../../meter-model/index.ts";
import { data } from "./data-object.ts";
import { secondsLimit } from "./limit.ts";
import { settle } from "./outcome.ts";

/** The clock of the meter, as COSEM shows it. */
export function clockObjects(meter: Meter): readonly CosemObject[] {
  const adjustTo = (period: number) => () => settle(meter.setClock(Math.round(meter.clockTime / period) * period));
  return [
    bind(Clock, {
      logicalName: "0.0.1.0.0.255",
      attributes: {
        time: {
          get: () => meterDateTime(meter),
          set: (time) => {
            const instant = toMeterInstant(meter, time);
            return instant === undefined ? refuse("other-reason") : settle(meter.setClock(instant));
          },
        },
        timeZone: {
          get: () => -meter.zone.standardOffsetMinutes,
          set: (minutes) => settle(meter.setTimeZone({ ...meter.zone, standardOffsetMinutes: -minutes })),
        },
        status: () => statusOf(meter),
        daylightSavingsBegin: () => switchDateTime(meter.zone.dst.begin),
        daylightSavingsEnd: () => switchDateTime(meter.zone.dst.end),
        daylightSavingsDeviation: () => meter.zone.dst.deviationMinutes,
        daylightSavingsEnabled: {
          get: () => meter.zone.dst.enabled,
          set: (enabled) => settle(meter.setTimeZone({ ...meter.zone, dst: { ...meter.zone.dst, enabled } })),
        },
        clockBase: "internal-crystal",
      },
      methods: {
        adjustToQuarter: adjustTo(15 * minute),
        adjustToMeasuringPeriod: () => adjustTo(meter.demandPeriod * second)(),
        adjustToMinute: adjustTo(minute),
        shiftTime: (seconds) => settle(meter.shiftClock(seconds * second)),
      },
    }),
    secondsLimit(meter, "1.0.0.9.11.255", "clockShiftLimit"),
    data("0.0.1.1.0.255", () => ({ type: "double-long-unsigned", value: Math.floor(meter.clockTime / second) })),
  ];
}

/** The meter's clock now. */
export function meterDateTime(meter: Meter): CosemDateTime {
  return instantToDateTime(meter.clockTime, -meter.localTime.offsetMinutes, statusOf(meter));
}

/** An instant of the meter's past, by its local time then; "never" where there is none. */
export function pastDateTime(meter: Meter, instant: Instant): CosemDateTime {
  const fields = new LocalTime(meter.zone).fields(instant);
  return instantToDateTime(instant, -fields.offsetMinutes, fields.dstActive ? clockStatus.daylightSavingActive : 0);
}

/**
 * The instant a client means. Without a deviation it speaks of the meter's local time; of a time that autumn repeats
 * the first is taken, one that spring skips is none.
 */
export function toMeterInstant(meter: Meter, time: CosemDateTime): Instant | undefined {
  if (time.deviation !== undefined) return dateTimeToInstant(time);
  const local = dateTimeToInstant(time);
  return local === undefined ? undefined : new LocalTime(meter.zone).instantsOf(local)[0];
}

function statusOf(meter: Meter): number {
  return (meter.clockValid ? 0 : clockStatus.invalidValue) | (meter.localTime.dstActive ? clockStatus.daylightSavingActive : 0);
}

const lastDay = 0xfe;
const secondLastDay = 0xfd;

/** A yearly switch with the wildcards of COSEM date-time. */
function switchDateTime(rule: SwitchRule): CosemDateTime {
  return {
    year: undefined,
    month: rule.month,
    dayOfMonth: rule.day === "last" ? lastDay : rule.day === "second-last" ? secondLastDay : rule.day,
    dayOfWeek: rule.dayOfWeek,
    hour: rule.hour,
    minute: rule.minute,
    second: rule.second,
    hundredths: 0,
    deviation: undefined,
    clockStatus: 0,
  };
}
