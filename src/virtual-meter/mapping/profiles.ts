import { noCaptureObject } from "../../cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../../cosem-objects/classes/profile-generic.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { profileNames as logicalNames } from "../../cosem-objects/names.ts";
import { bind, type CosemObject } from "../../cosem-objects/object.ts";
import { profileBuffer, type RowSource } from "../../cosem-objects/profile-source.ts";
import { dataTag } from "../../dlms/axdr/data-type.ts";
import type { TableEncoding } from "../../dlms/axdr/table-writer.ts";
import type { CaptureRows, Meter, ProfileName } from "../../meter-model/index.ts";
import { toMeterInstant } from "./clock.ts";
import { type ColumnMapping, columnMappings, value } from "./columns.ts";
import { data } from "./data-object.ts";
import { settle } from "./outcome.ts";
import { writeStamp } from "./stamp.ts";

const profiles: Readonly<Record<ProfileName, { readonly buffer: LogicalName; readonly status: LogicalName }>> = {
  load: { buffer: logicalNames.load, status: "0.0.96.10.1.255" },
  hourly: { buffer: logicalNames.hourly, status: "0.0.96.10.4.255" },
  daily: { buffer: logicalNames.daily, status: "0.0.96.10.2.255" },
  monthly: { buffer: logicalNames.monthly, status: "0.0.96.10.3.255" },
};

const clock = value(8, "0.0.1.0.0.255", 2);

/** Every row begins with its time and its status. */
const leadingColumns = 2;

/** How each profile goes over the wire; plain where nothing is said. */
export type ProfileEncodings = Readonly<Partial<Record<ProfileName, TableEncoding>>>;

/** The profiles with their status objects. */
export function profileObjects(meter: Meter, encodings: ProfileEncodings = {}): readonly CosemObject[] {
  return (Object.keys(profiles) as ProfileName[]).flatMap((name) => {
    const { buffer, status } = profiles[name];
    const { definition } = meter.profile(name);
    const columns = definition.columns.map((column) => columnMappings[column] as ColumnMapping);
    const captureObjects = [clock, value(1, status, 2), ...columns.map(({ object }) => object)];
    const capturePeriod = () => meter.profile(name).period;
    return [
      bind(ProfileGeneric, {
        logicalName: buffer,
        attributes: {
          buffer: profileBuffer({
            captureObjects: () => captureObjects,
            snapshot: () => rowSource(meter, meter.profile(name).rows, columns),
            toInstant: (time) => toMeterInstant(meter, time),
            compression: { encoding: encodings[name] ?? "plain", capturePeriod },
          }),
          captureObjects,
          capturePeriod: { get: capturePeriod, set: (seconds) => settle(meter.setCapturePeriod(name, seconds)) },
          sortMethod: "fifo",
          sortObject: noCaptureObject,
          entriesInUse: () => meter.profile(name).rows.length,
          profileEntries: definition.capacity,
        },
        methods: {
          reset: () => settle(meter.resetProfile(name)),
          capture: () => settle(meter.captureProfile(name)),
        },
      }),
      data(status, () => ({ type: "unsigned", value: lastStatus(meter.profile(name).rows) })),
    ];
  });
}

/**
 * The rows as they stand. A buffer is encoded in one go when it is asked for, so nothing is captured in between and no
 * copy is needed.
 */
function rowSource(meter: Meter, rows: CaptureRows, columns: readonly ColumnMapping[]): RowSource {
  return {
    rowCount: rows.length,
    instant: (row) => rows.stampAt(row),
    writeCell: (row, column, writer) => {
      switch (column) {
        case 0:
          writeStamp(writer, rows, row);
          return;
        case 1:
          writer.u8(dataTag.unsigned);
          writer.u8(rows.statusAt(row));
          return;
        default: {
          const index = column - leadingColumns;
          columns[index]?.write(writer, rows.valueAt(row, index), meter);
        }
      }
    },
  };
}

function lastStatus(rows: CaptureRows): number {
  return rows.length === 0 ? 0 : rows.statusAt(rows.length - 1);
}
