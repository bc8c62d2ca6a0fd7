import { ClientAssociation } from "../../client/association.ts";
import { DlmsClient } from "../../client/dlms-client.ts";
import { type DeviceView, ObjectReader, readDeviceView } from "../../client/object-reader.ts";
import { readProfiles, type WantedProfile } from "../../client/profile-reader.ts";
import { profileNames } from "../../cosem-objects/names.ts";
import { DlmsClientConnection } from "../../dlms/association/client-connection.ts";
import type { ClientAssociationOptions } from "../../dlms/association/client-options.ts";
import { instantToDateTime } from "../../dlms/axdr/date-time.ts";
import { HdlcConnection } from "../../hdlc/connection.ts";
import type { DlmsServer } from "../../server/dlms-server.ts";
import { VirtualTimers } from "../../session/timers.ts";
import { summary } from "../summary.ts";
import type { Benchmark, Measurement } from "./measurement.ts";
import { CountingLine, type WireCount, wireSeconds } from "./wire-line.ts";
import { wireDay, wireMeter, wireReader, wireServer } from "./wire-meter.ts";

/** One way of doing the visit: what went over the line in all, and for the profiles alone, and what came home. */
export interface LineVisit {
  readonly name: string;
  readonly count: WireCount;
  readonly transfer: WireCount;
  /** Values of the summary, then the rows of the profiles. */
  readonly result: readonly unknown[];
  readonly view: DeviceView;
}

const baud = 9600;
const turnarounds = [20, 100, 200] as const;
const usualTurnaround = 100;
const octetsPerSecond = baud / 10;

/** The rows that a visit takes home: 62 days, 48 hours, and one day of load profile. */
const profiles = [
  { logicalName: profileNames.daily, selection: { kind: "all" } },
  { logicalName: profileNames.hourly, selection: { kind: "all" } },
  {
    logicalName: profileNames.load,
    selection: { kind: "range", from: instantToDateTime(wireDay.firstRow, 0), to: instantToDateTime(wireDay.lastRow, 0) },
  },
] as const satisfies readonly WantedProfile[];

/** What a client proposes, and what HDLC is asked for. */
interface Manner {
  readonly conformance?: NonNullable<ClientAssociationOptions["proposedConformance"]>;
  readonly informationField: number;
  readonly window: number;
}

/** A GET for each attribute, in the smallest frames that there are; the object list is known. */
const oneByOne: Manner = { conformance: new Set(["get", "selective-access"]), informationField: 128, window: 1 };
const lists: Manner = { informationField: 2030, window: 7 };

/** Does the visit in each way; counts are the same at every run. */
export async function countVisits(): Promise<readonly LineVisit[]> {
  const server = wireServer(wireMeter(), "plain");
  const first = await visit("first", server, lists);
  const { objects } = first.view;
  return [
    await visit("one-by-one", server, oneByOne, { objects, scalers: new Map() }),
    await visit("known", server, lists, first.view),
    first,
    await visit("known.window-1", server, { ...lists, window: 1 }, first.view),
    await visit("known.small-frames", server, { ...lists, informationField: 128, window: 1 }, first.view),
  ];
}

async function visit(name: string, server: DlmsServer, manner: Manner, known?: DeviceView): Promise<LineVisit> {
  const line = new CountingLine();
  const client = await associated(line, server, manner);
  const view = known ?? (await readDeviceView(client));
  const reader = new ObjectReader(client, view);
  const values = await reader.read(summary.flatMap(({ items }) => items));
  const result: unknown[] = values.map(({ logicalName, attribute, value, scalerUnit }) => [logicalName, attribute, value, scalerUnit]);
  const before = line.count;
  const tables = await readProfiles(client, reader, profiles);
  const transfer = difference(line.count, before);
  result.push(...tables.map((table) => Array.from({ length: table.rowCount }, (_, row) => table.row(row))));
  await client.close();
  return { name, count: line.count, transfer, result, view };
}

async function associated(line: CountingLine, server: DlmsServer, { conformance, informationField, window }: Manner): Promise<DlmsClient> {
  const { client: transport, meter } = line.connect();
  server.serve("hdlc", meter);
  const association = new ClientAssociation({
    transport,
    link: new HdlcConnection({
      clientSap: wireReader.clientSap,
      serverAddress: { logical: 1 },
      maxInformationFieldLengthTransmit: informationField,
      maxInformationFieldLengthReceive: informationField,
      windowSizeTransmit: window,
      windowSizeReceive: window,
    }),
    application: new DlmsClientConnection({ ...wireReader, serverSap: 1, ...(conformance && { proposedConformance: conformance }) }),
    timers: new VirtualTimers(),
  });
  await association.open();
  return new DlmsClient(association);
}

function difference(after: WireCount, before: WireCount): WireCount {
  return {
    octets: after.octets - before.octets,
    frames: after.frames - before.frames,
    turnarounds: after.turnarounds - before.turnarounds,
    roundTrips: after.roundTrips - before.roundTrips,
  };
}

/** The share of a line's capacity that was used while the profiles came. */
export function utilisation({ transfer }: LineVisit, turnaround: number): number {
  return transfer.octets / octetsPerSecond / wireSeconds(transfer, baud, turnaround);
}

/** A technician's visit at 9600 Bd: the summary, 62 days, 48 hours and one day of load profile. */
export const lineBenchmark: Benchmark = {
  name: "line",
  description: `summary and profiles over HDLC, counted: seconds at ${baud} Bd, use of the line, ${turnarounds.join(", ")} ms a turnaround`,
  async run() {
    const visits = await countVisits();
    const naive = visits[0] as LineVisit;
    return visits.flatMap((one) => [
      exact(`line.${one.name}.octets`, "octets", one.count.octets),
      exact(`line.${one.name}.round-trips`, "round trips", one.count.roundTrips),
      ...turnarounds.flatMap((turnaround) => [
        exact(`line.${one.name}.${turnaround}ms`, "s", wireSeconds(one.count, baud, turnaround)),
        exact(
          `line.${one.name}.${turnaround}ms.ratio`,
          "of one-by-one",
          wireSeconds(one.count, baud, turnaround) / wireSeconds(naive.count, baud, turnaround),
        ),
      ]),
      { ...exact(`line.${one.name}.use`, "of the line", utilisation(one, usualTurnaround)), better: "higher" as const },
    ]);
  },
};

/** Counts hold for every run, so there is but one. */
function exact(name: string, unit: string, value: number): Measurement {
  const rounded = Math.round(value * 1000) / 1000;
  return { name, value: rounded, unit, better: "lower", runs: [rounded] };
}
