import { connect, type MeterAddress } from "../../client/connect.ts";
import { readProfile } from "../../client/profile-reader.ts";
import { instantToDateTime } from "../../dlms/axdr/date-time.ts";
import { InvariantError } from "../../errors.ts";
import { type Benchmark, measurement } from "./measurement.ts";
import { samplePeriod, sampleStart } from "./sample-profile.ts";
import { withBenchServer } from "./with-bench-server.ts";

const rowCount = 5000;
const runs = 9;
const warmUp = 3;

/** A profile of 5000 rows read by range, from the request to every column as typed values. */
export const profileBenchmark: Benchmark = {
  name: "profile",
  description: `${rowCount} rows by range over loopback, two processes, to typed columns`,
  run: () =>
    withBenchServer(async ({ wrapper, hdlc }) => [
      measurement("profile.wrapper", "ms", "lower", await times({ link: "wrapper", host: "127.0.0.1", port: wrapper })),
      measurement("profile.hdlc", "ms", "lower", await times({ link: "hdlc", host: "127.0.0.1", port: hdlc })),
    ]),
};

async function times(address: MeterAddress): Promise<readonly number[]> {
  const client = await connect(address);
  const selection = {
    kind: "range",
    from: instantToDateTime(sampleStart, 0),
    to: instantToDateTime(sampleStart + (rowCount - 1) * samplePeriod, 0),
  } as const;
  const noScalers = { scalersOf: () => Promise.resolve([]) };
  const measured: number[] = [];
  for (let run = 0; run < runs + warmUp; run++) {
    const start = performance.now();
    const table = await readProfile(client, noScalers, "1.0.99.1.0.255", selection);
    for (let column = 0; column < table.columns.length; column++) table.values.column(column);
    measured.push(performance.now() - start);
    if (table.rowCount !== rowCount) throw new InvariantError(`${table.rowCount} rows instead of ${rowCount}`);
  }
  await client.close();
  return measured.slice(warmUp);
}
