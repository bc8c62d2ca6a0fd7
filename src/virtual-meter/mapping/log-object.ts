import { type CaptureObject, noCaptureObject } from "../../cosem-objects/capture-object.ts";
import { ProfileGeneric } from "../../cosem-objects/classes/profile-generic.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { bind, type CosemObject } from "../../cosem-objects/object.ts";
import { profileBuffer } from "../../cosem-objects/profile-source.ts";
import { writeData } from "../../dlms/axdr/data.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import type { CaptureRows, Meter } from "../../meter-model/index.ts";
import { toMeterInstant } from "./clock.ts";
import { value } from "./columns.ts";
import { writeStamp } from "./stamp.ts";

/** A column of a log behind the time: what it is a capture of, and its cells. */
export interface LogColumn {
  readonly object: CaptureObject;
  readonly cell: (entries: CaptureRows, row: number) => DlmsData;
}

/** A column of a log that shows the `index`-th of what its rows keep. */
export function shown(index: number, object: CaptureObject, toData: (value: number) => DlmsData): LogColumn {
  return { object, cell: (entries, row) => toData(entries.valueAt(row, index)) };
}

/** What a log is made of. */
export interface LogDeclaration {
  readonly logicalName: LogicalName;
  readonly rows: () => CaptureRows;
  readonly capacity: number;
  readonly columns: readonly LogColumn[];
  readonly clear: () => void;
}

/** A log as an object: when, what, and what was then. */
export function logObject(meter: Meter, { logicalName, rows, capacity, columns, clear }: LogDeclaration): CosemObject {
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
              else writeData(writer, column.cell(entries, row));
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
