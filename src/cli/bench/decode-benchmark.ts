import { decodeColumns } from "../../dlms/axdr/columns.ts";
import { decodeApdu, encodeApdu } from "../../dlms/xdlms/apdu.ts";
import { InvariantError } from "../../errors.ts";
import { type Benchmark, measurement } from "./measurement.ts";
import { sampleBuffer, sampleColumns } from "./sample-profile.ts";

const rowCount = 1800;
const passes = 200;
const runs = 9;

/** In-process decode of a GET response with a profile, from the APDU to every column as typed values. */
export const decodeBenchmark: Benchmark = {
  name: "decode",
  description: `${rowCount} rows x ${sampleColumns.length} columns, 34 octets a row, to typed columns`,
  run() {
    const invoke = { invokeId: 1, confirmed: true, highPriority: true, reserved: 0 };
    const apdu = encodeApdu({ type: "get-response-normal", invoke, result: { data: sampleBuffer(rowCount) } });
    for (let pass = 0; pass < passes; pass++) decodeOnce(apdu);
    const rates: number[] = [];
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      for (let pass = 0; pass < passes; pass++) decodeOnce(apdu);
      rates.push((passes * rowCount) / ((performance.now() - start) / 1000));
    }
    return Promise.resolve([measurement("decode.rows", "rows/s", "higher", rates)]);
  },
};

function decodeOnce(bytes: Uint8Array): void {
  const apdu = decodeApdu(bytes);
  if (apdu.type !== "get-response-normal" || apdu.result.data === undefined) throw new InvariantError("not the APDU that was encoded");
  const table = decodeColumns(apdu.result.data, { clockColumns: [0] });
  for (let column = 0; column < table.columnCount; column++) table.column(column);
  if (table.rowCount !== rowCount) throw new InvariantError("rows are missing");
}
