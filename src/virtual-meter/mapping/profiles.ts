import { type CaptureObject, noCaptureObject, sameCaptureObject } from "../../cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../../cosem-objects/classes/profile-generic.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { profileNames as logicalNames } from "../../cosem-objects/names.ts";
import { bind, type CosemObject, refuse } from "../../cosem-objects/object.ts";
import { profileBuffer, type RowSource } from "../../cosem-objects/profile-source.ts";
import { dataTag } from "../../dlms/axdr/data-type.ts";
import type { TableEncoding } from "../../dlms/axdr/table-writer.ts";
import type { CaptureColumn, CaptureRows, Meter, ProfileName } from "../../meter-model/index.ts";
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
    const leading = [clock, value(1, status, 2)];
    const columns = () => meter.profile(name).columns.map((column) => columnMappings[column] as ColumnMapping);
    const captureObjects = () => [...leading, ...columns().map(({ object }) => object)];
    const capturePeriod = () => meter.profile(name).period;
    return [
      bind(ProfileGeneric, {
        logicalName: buffer,
        attributes: {
          buffer: profileBuffer({
            captureObjects,
            snapshot: () => rowSource(meter, meter.profile(name).rows, columns()),
            toInstant: (time) => toMeterInstant(meter, time),
            compression: { encoding: encodings[name] ?? "plain", capturePeriod },
          }),
          captureObjects: {
            get: captureObjects,
            set: (wanted) => {
              const stamped = leading.every((object, index) => wanted[index] !== undefined && sameCaptureObject(object, wanted[index]));
              const names = wanted.slice(leading.length).map(columnNamed);
              const known = names.filter((column) => column !== undefined);
              return stamped && known.length === names.length ? settle(meter.setProfileColumns(name, known)) : refuse("other-reason");
            },
          },
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

/** The column that is a capture of an attribute; undefined for what this meter does not capture. */
function columnNamed(wanted: CaptureObject): CaptureColumn | undefined {
  return Object.keys(columnMappings).find((column) => sameCaptureObject((columnMappings[column] as ColumnMapping).object, wanted));
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
