import { type AssociationOptions, associate } from "../../client/connect.ts";
import type { DlmsClient } from "../../client/dlms-client.ts";
import type { TableEncoding } from "../../dlms/axdr/table-writer.ts";
import type { DlmsServer } from "../../server/dlms-server.ts";
import { VirtualTimers } from "../../session/timers.ts";
import type { Benchmark, Measurement } from "./measurement.ts";
import { type JobResult, standardJob } from "./wire-job.ts";
import { CountingLine, type WireCount, wireSeconds } from "./wire-line.ts";
import { wireDay, wireMeter, wireReader, wireServer } from "./wire-meter.ts";
import { knowMeter, readOneByOne, readRows, readTogether, readValues } from "./wire-ways.ts";

/** One way of doing the job: its name, what went over the line, what came of it. */
export interface WireWay {
  readonly name: string;
  readonly count: WireCount;
  readonly result: JobResult;
}

const baud = 9600;
/** Milliseconds that a change of direction may take. */
const turnarounds = [20, 100, 200] as const;
/** The one that the ratio is of. */
const usualTurnaround = 100;

/** What every station is able to do, and some meters no more (IEC 62056-46 6.4.4.4.3.2). */
const smallFrames: AssociationOptions = { maxInformationFieldLength: 128, windowSize: 1 };
/** A PDU that a day of load profile does not fit. */
const smallPdu = 512;

const encodings: readonly TableEncoding[] = ["null-compressed", "delta", "compact-array", "null-compressed-compact-array"];

/** Associates, works, and releases. */
type Session = <R>(work: (client: DlmsClient) => Promise<R>) => Promise<R>;

/**
 * Does the job in every way, the naive one first; counts are the same at every run. What is said of a known meter holds
 * with the view and the scalers of the first contact.
 */
export async function countWays(): Promise<readonly WireWay[]> {
  const meter = wireMeter();
  const job = standardJob(wireDay.firstRow, wireDay.lastRow);
  const ways: WireWay[] = [];
  const way = async <R extends JobResult>(
    name: string,
    encoding: TableEncoding,
    options: AssociationOptions,
    run: (session: Session) => Promise<R>,
  ): Promise<R> => {
    const line = new CountingLine();
    const result = await run(sessionOver(line, wireServer(meter, encoding), options));
    ways.push({ name, count: line.count, result });
    return result;
  };
  await way("naive", "plain", { ...smallFrames, gbtWindow: 0 }, (session) => session((client) => readOneByOne(client, job)));
  const { view } = await way("first", "plain", {}, (session) => session((client) => readTogether(client, job)));
  const known = (session: Session): Promise<JobResult> => session((client) => readTogether(client, job, view));
  await way("known", "plain", {}, known);
  await way("known.two-commands", "plain", {}, async (session) => {
    const read = await session(async (client) => {
      const { identity } = await knowMeter(client, job, view);
      return [...identity, ...(await readValues(client, job, view))];
    });
    const profile = await session(async (client) => {
      await knowMeter(client, job, view);
      return readRows(client, job, view);
    });
    return { readings: read, profile };
  });
  await way("known.small-frames", "plain", smallFrames, known);
  await way("known.small-pdu.blocks", "plain", { maxReceivePduSize: smallPdu, gbtWindow: 0 }, known);
  await way("known.small-pdu.general", "plain", { maxReceivePduSize: smallPdu }, known);
  for (const encoding of encodings) await way(`known.${encoding}`, encoding, {}, known);
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

function sessionOver(line: CountingLine, server: DlmsServer, options: AssociationOptions): Session {
  return async (work) => {
    const { client: transport, meter } = line.connect();
    server.serve("hdlc", meter);
    const client = await associate(transport, "hdlc", { ...wireReader, ...options, timers: new VirtualTimers() });
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  };
}

/** Counts hold for every run, so there is but one. */
function counted(name: string, unit: string, value: number): Measurement {
  const exact = Math.round(value * 1000) / 1000;
  return { name, value: exact, unit, better: "lower", runs: [exact] };
}
