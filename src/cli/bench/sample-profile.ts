import { ByteWriter } from "../../bytes/byte-writer.ts";
import type { CaptureObject } from "../../cosem-objects/capture-object.ts";
import type { RowSource } from "../../cosem-objects/profile-source.ts";
import { dataTag } from "../../dlms/axdr/data-type.ts";
import { dateTime, instantToDateTime } from "../../dlms/axdr/date-time.ts";
import { writeLength } from "../../dlms/axdr/length.ts";

/** The profile the peers of docs/performance.md were measured with: 34 octets a row, a clock, three 32-bit counts, one of 16. */
export const sampleColumns: readonly CaptureObject[] = [
  { classId: 8, logicalName: "0.0.1.0.0.255", attribute: 2, dataIndex: 0 },
  { classId: 3, logicalName: "1.0.1.8.0.255", attribute: 2, dataIndex: 0 },
  { classId: 3, logicalName: "1.0.2.8.0.255", attribute: 2, dataIndex: 0 },
  { classId: 3, logicalName: "1.0.3.8.0.255", attribute: 2, dataIndex: 0 },
  { classId: 3, logicalName: "1.0.32.7.0.255", attribute: 2, dataIndex: 0 },
];

/** ms UTC of the first row: 2026-01-01T00:00Z. */
export const sampleStart = 1_767_225_600_000;
export const samplePeriod = 900_000;

/** Rows of plausible values, computed from their number. */
export function sampleRows(rowCount: number): RowSource {
  return {
    rowCount,
    instant: (row) => sampleStart + row * samplePeriod,
    writeCell: (row, column, writer) => {
      switch (column) {
        case 0:
          dateTime.write(writer, instantToDateTime(sampleStart + row * samplePeriod, 0));
          return;
        case 4:
          writer.u8(dataTag["long-unsigned"]);
          writer.u16(2300 + (row % 97));
          return;
        default:
          writer.u8(dataTag["double-long-unsigned"]);
          writer.u32(1_000_000 * column + row * 37);
      }
    },
  };
}

/** The rows as a buffer: array of structures. */
export function sampleBuffer(rowCount: number): Uint8Array {
  const rows = sampleRows(rowCount);
  const writer = new ByteWriter(rowCount * 34 + 16);
  writer.u8(dataTag.array);
  writeLength(writer, rowCount);
  for (let row = 0; row < rowCount; row++) {
    writer.u8(dataTag.structure);
    writer.u8(sampleColumns.length);
    for (let column = 0; column < sampleColumns.length; column++) rows.writeCell(row, column, writer);
  }
  return writer.finish();
}
