import type { CaptureObject } from "../../cosem-objects/capture-object.ts";
import { noCaptureObject } from "../../cosem-objects/capture-object.ts";
import { Data } from "../../cosem-objects/classes/data.ts";
import { ProfileGeneric } from "../../cosem-objects/classes/profile-generic.ts";
import { type LogicalName, parseLogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../cosem-objects/object.ts";
import { profileBuffer } from "../../cosem-objects/profile-source.ts";
import { writeData } from "../../dlms/axdr/data.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import {
  type CaptureRows,
  type EventColumn,
  eventColumns,
  eventLogCapacities,
  eventLogNames,
  type Meter,
} from "../../meter-model/index.ts";
import { toMeterInstant } from "./clock.ts";
import { value } from "./columns.ts";
import { data } from "./data-object.ts";
import { dateTimeOctets } from "./past-time.ts";
import { writeStamp } from "./stamp.ts";

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
            { object: value(1, code, 2), cell: (entry) => ({ type: "unsigned", value: entry }) },
            ...eventColumns[log].map((column) => columnOf(column, index)),
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
      columns: [{ object: value(3, "0.0.96.7.19.255", 2), cell: (seconds) => ({ type: "double-long-unsigned", value: seconds }) }],
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

interface LogColumn {
  readonly object: CaptureObject;
  readonly cell: (value: number) => DlmsData;
}

/** What a log, the `index`-th, keeps besides the code. */
function columnOf(column: EventColumn, index: number): LogColumn {
  const whole = (value: number): DlmsData => ({ type: "double-long-unsigned", value });
  switch (column) {
    case "controlState":
      return { object: value(70, "0.0.96.3.10.255", 3), cell: (state) => ({ type: "enum", value: state }) };
    case "cause":
      return { object: value(1, "0.0.96.65.3.255", 2), cell: (cause) => ({ type: "enum", value: cause }) };
    case "imported":
      return { object: value(3, "1.0.1.8.0.255", 2), cell: whole };
    case "count":
      return { object: value(1, parseLogicalName(`0.0.96.15.${index}.255`), 2), cell: whole };
    case "changes":
      return { object: value(1, "0.0.96.2.0.255", 2), cell: whole };
  }
}

interface LogDeclaration {
  readonly logicalName: LogicalName;
  readonly rows: () => CaptureRows;
  readonly capacity: number;
  readonly columns: readonly LogColumn[];
  readonly clear: () => void;
}

/** A log: when, what, and what was then. */
function logObject(meter: Meter, { logicalName, rows, capacity, columns, clear }: LogDeclaration): CosemObject {
  const captureObjects = [value(8, "0.0.1.0.0.255", 2), ...columns.map(({ object }) => object)];
  return bind(ProfileGeneric, {
    logicalName,
    attributes: {
      buffer: profileBuffer({
        captureObjects: () => captureObjects,
        snapshot: () => {
          const entries = rows();
          return {
            rowCount: entries.length,
            unordered: true,
            instant: (row) => entries.stampAt(row),
            writeCell: (row, index, writer) => {
              const column = columns[index - 1];
              if (column === undefined) writeStamp(writer, entries, row);
              else writeData(writer, column.cell(entries.valueAt(row, index - 1)));
            },
          };
        },
        toInstant: (time) => toMeterInstant(meter, time),
      }),
      captureObjects,
      capturePeriod: 0,
      sortMethod: "fifo",
      sortObject: noCaptureObject,
      entriesInUse: () => rows().length,
      profileEntries: capacity,
    },
    methods: {
      reset: () => {
        clear();
        return undefined;
      },
    },
  });
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
