import { type AssociationOptions, associate } from "../../client/connect.ts";
import type { DlmsClient } from "../../client/dlms-client.ts";
import type { DeviceView } from "../../client/object-reader.ts";
import type { TableEncoding } from "../../dlms/axdr/table-writer.ts";
import type { Meter } from "../../meter-model/index.ts";
import { VirtualTimers } from "../../session/timers.ts";
import type { Benchmark, Measurement } from "./measurement.ts";
import { type JobResult, standardJob } from "./wire-job.ts";
import { CountingLine, type WireCount, wireSeconds } from "./wire-line.ts";
import { wireDay, wireMeter, wireReader, wireServer } from "./wire-meter.ts";
import { readOneByOne, readTogether } from "./wire-ways.ts";

/** One way of doing the job: its name, what went over the line, what came of it. */
export interface WireWay {
  readonly name: string;
  readonly count: WireCount;
  readonly result: JobResult;
}

const baud = 9600;
/** Milliseconds that a change of direction takes: a fast meter, a usual one, one behind a modem. */
const turnarounds = [20, 100, 200] as const;
/** The one that the ratio is of. */
const usualTurnaround = 100;

/** What a client proposes that knows no more than every station can do (IEC 62056-46 6.4.4.4.3.2). */
const smallFrames: AssociationOptions = { maxInformationFieldLength: 128, windowSize: 1, gbtWindow: 0 };
/** A PDU that a day of load profile does not fit. */
const smallPdu = 512;

const encodings: readonly TableEncoding[] = ["null-compressed", "delta", "compact-array", "null-compressed-compact-array"];

/** Does the job in every way, the naive one first; counts are the same at every run. */
export async function countWays(): Promise<readonly WireWay[]> {
  const meter = wireMeter();
  const job = standardJob(wireDay.firstRow, wireDay.lastRow);
  const ways: WireWay[] = [];
  const way = async <R extends JobResult>(name: string, encoding: TableEncoding, options: AssociationOptions, run: Run<R>): Promise<R> => {
    const counted = await count(meter, encoding, options, run);
    ways.push({ name, ...counted });
    return counted.result;
  };
  await way("naive", "plain", smallFrames, (client) => readOneByOne(client, job));
  const { view } = await way("first", "plain", {}, (client) => readTogether(client, job));
  const knowing: Run<JobResult> = (client) => readTogether(client, job, view);
  await way("known", "plain", {}, knowing);
  await way("known.small-pdu.blocks", "plain", { maxReceivePduSize: smallPdu, gbtWindow: 0 }, knowing);
  await way("known.small-pdu.general", "plain", { maxReceivePduSize: smallPdu }, knowing);
  for (const encoding of encodings) await way(`known.${encoding}`, encoding, {}, knowing);
  return ways;
}

/** Octets, frames and round trips of the technician's standard job over HDLC, and what they would take on a line of 9600 Bd. */
export const wireBenchmark: Benchmark = {
  name: "wire",
  description: `the standard job over HDLC, counted: seconds at ${baud} Bd and ${turnarounds.join(", ")} ms a turnaround`,
  async run() {
    const ways = await countWays();
    const naive = ways[0]?.count as WireCount;
    return ways.flatMap(({ name, count }) => [
      counted(`wire.${name}.octets`, "octets", count.octets),
      counted(`wire.${name}.frames`, "frames", count.frames),
      counted(`wire.${name}.round-trips`, "round trips", count.roundTrips),
      ...turnarounds.map((turnaround) => counted(`wire.${name}.${turnaround}ms`, "s", wireSeconds(count, baud, turnaround))),
      counted(`wire.${name}.ratio`, "of naive", wireSeconds(count, baud, usualTurnaround) / wireSeconds(naive, baud, usualTurnaround)),
    ]);
  },
};

type Run<R> = (client: DlmsClient) => Promise<R>;

async function count<R>(
  meter: Meter,
  encoding: TableEncoding,
  options: AssociationOptions,
  run: Run<R>,
): Promise<{ readonly count: WireCount; readonly result: R }> {
  const line = new CountingLine();
  wireServer(meter, encoding).serve("hdlc", line.meter);
  const client = await associate(line.client, "hdlc", { ...wireReader, ...options, timers: new VirtualTimers() });
  const result = await run(client);
  await client.close();
  return { count: line.count, result };
}

/** Counts hold for every run, so there is but one. */
function counted(name: string, unit: string, value: number): Measurement {
  const exact = Math.round(value * 1000) / 1000;
  return { name, value: exact, unit, better: "lower", runs: [exact] };
}
