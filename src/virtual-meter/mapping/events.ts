import { Data } from "../../cosem-objects/classes/data.ts";
import { parseLogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../cosem-objects/object.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import { type EventColumn, eventColumns, eventLogCapacities, eventLogNames, type Meter } from "../../meter-model/index.ts";
import { value } from "./columns.ts";
import { data } from "./data-object.ts";
import { type LogColumn, logObject, shown } from "./log-object.ts";
import { dateTimeOctets } from "./past-time.ts";
import { amountData } from "./payment/amount.ts";

/** Instance of the alarm registers, their filters and their descriptors: value group E of 0.0.97.98. */
const alarmInstances = { registers: [0, 1, 2], filters: [10, 11, 12], descriptors: [20, 21, 22] } as const;

/** Event logs with their codes and counters, the log of power failures, alarms and errors. */
export function eventObjects(meter: Meter): readonly CosemObject[] {
  const { events } = meter;
  return [
    ...eventLogNames.flatMap((log, index) => {
      const code = parseLogicalName(`0.0.96.11.${index}.255`);
      return [
        logObject(meter, {
          logicalName: parseLogicalName(`0.0.99.98.${index}.255`),
          rows: () => events.rows(log),
          capacity: eventLogCapacities[log],
          columns: [
            shown(0, value(1, code, 2), (entry) => ({ type: "unsigned", value: entry })),
            ...eventColumns[log].map((column, position) => columnOf(column, index, position + 1)),
          ],
          clear: () => events.clear(log, meter.clockTime),
        }),
        data(code, () => ({ type: "unsigned", value: events.lastCode(log) })),
        data(parseLogicalName(`0.0.96.15.${index}.255`), () => ({ type: "double-long-unsigned", value: events.count(log) })),
      ];
    }),
    logObject(meter, {
      logicalName: "1.0.99.97.0.255",
      rows: () => events.failures,
      capacity: 100,
      columns: [shown(0, value(3, "0.0.96.7.19.255", 2), (seconds) => ({ type: "double-long-unsigned", value: seconds }))],
      clear: () => events.clearFailures(),
    }),
    ...alarmInstances.registers.flatMap((_, register) => [
      flags(
        `0.0.97.98.${alarmInstances.registers[register]}.255`,
        () => events.alarms.registers[register],
        (bits) => events.keepAlarms(register, bits, meter.clockTime),
      ),
      flags(
        `0.0.97.98.${alarmInstances.filters[register]}.255`,
        () => events.alarms.filters[register],
        (bits) => events.setFilter(register, bits),
      ),
      flags(
        `0.0.97.98.${alarmInstances.descriptors[register]}.255`,
        () => events.alarms.descriptors[register],
        (bits) => events.keepDescriptor(register, bits),
      ),
    ]),
    flags(
      "0.0.97.97.0.255",
      () => events.alarms.errors,
      (bits) => events.keepErrors(bits, meter.clockTime),
    ),
    data("0.0.96.2.0.255", () => ({ type: "double-long-unsigned", value: events.changes.count })),
    data("0.0.96.2.1.255", () => ({ type: "octet-string", value: dateTimeOctets(meter, events.changes.lastAt) })),
  ];
}

/** What a log, the `index`-th, keeps besides the code. */
function columnOf(column: EventColumn, index: number, position: number): LogColumn {
  const whole = (value: number): DlmsData => ({ type: "double-long-unsigned", value });
  switch (column) {
    case "controlState":
      return shown(position, value(70, "0.0.96.3.10.255", 3), (state) => ({ type: "enum", value: state }));
    case "cause":
      return shown(position, value(1, "0.0.96.65.3.255", 2), (cause) => ({ type: "enum", value: cause }));
    case "imported":
      return shown(position, value(3, "1.0.1.8.0.255", 2), whole);
    case "count":
      return shown(position, value(1, parseLogicalName(`0.0.96.15.${index}.255`), 2), whole);
    case "changes":
      return shown(position, value(1, "0.0.96.2.0.255", 2), whole);
    case "credit":
      return shown(position, value(3, "0.0.96.60.0.255", 2), amountData);
  }
}

/** Thirty-two bits that a client may write. */
function flags(logicalName: string, get: () => number | undefined, set: (bits: number) => void): CosemObject {
  return bind(Data, {
    logicalName: parseLogicalName(logicalName),
    attributes: {
      value: {
        get: (): DlmsData => ({ type: "double-long-unsigned", value: get() ?? 0 }),
        set: (written) => {
          if (written.type !== "double-long-unsigned") return refuse("type-unmatched");
          set(written.value);
          return undefined;
        },
      },
    },
  });
}
