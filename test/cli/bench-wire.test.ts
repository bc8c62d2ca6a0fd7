import { expect } from "chai";
import { fromHex } from "../../src/bytes/hex.ts";
import { countWays, type WireWay, wireBenchmark } from "../../src/cli/bench/wire-benchmark.ts";
import { type JobResult, standardJob } from "../../src/cli/bench/wire-job.ts";
import { CountingLine, wireSeconds } from "../../src/cli/bench/wire-line.ts";
import { wireDay, wireMeter } from "../../src/cli/bench/wire-meter.ts";
import { readOneByOne, readTogether } from "../../src/cli/bench/wire-ways.ts";
import { ClientAssociation } from "../../src/client/association.ts";
import { DlmsClient } from "../../src/client/dlms-client.ts";
import { DlmsClientConnection } from "../../src/dlms/association/client-connection.ts";
import { encodeData } from "../../src/dlms/axdr/data.ts";
import { HdlcConnection } from "../../src/hdlc/connection.ts";
import { largestHdlcParameters } from "../../src/hdlc/parameters.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { asReader, sampleServer } from "../support/sample-meter.ts";

/** Everything that was brought home, in a form that can be compared. */
function harvest({ readings, profile }: JobResult): unknown {
  return {
    readings: readings.map(({ logicalName, value, scalerUnit }) => [logicalName, value && [...encodeData(value)], scalerUnit]),
    capturePeriod: profile.capturePeriod,
    columns: profile.columns,
    rows: Array.from({ length: profile.rowCount }, (_, row) => profile.row(row)),
  };
}

describe("The line that counts", () => {
  /** DISC. */
  const frame = fromHex("7E A0 07 03 05 53 50 83 7E");

  it("counts octets, frames, changes of direction, and how often the client waited", () => {
    const line = new CountingLine();
    const { client, meter } = line.connect();
    client.write(frame);
    client.write(frame);
    meter.write(frame);
    client.write(fromHex("7E A0 07 03 05 53 50 83 7E A0 07 03 05 53 50 83 7E"));
    meter.write(frame);
    meter.write(frame);
    expect(line.count).to.deep.equal({ octets: 5 * 9 + 17, frames: 7, turnarounds: 3, roundTrips: 2 });
    line.connect().client.write(frame);
    expect(line.count).to.deep.equal({ octets: 6 * 9 + 17, frames: 8, turnarounds: 4, roundTrips: 2 });
  });

  it("costs ten bits an octet and the turnarounds", () => {
    const count = { octets: 960, frames: 1, turnarounds: 10, roundTrips: 5 };
    expect(wireSeconds(count, 9600, 0)).to.equal(1);
    expect(wireSeconds(count, 9600, 100)).to.equal(2);
    expect(wireSeconds(count, 9600, 200)).to.equal(3);
  });
});

describe("The technician's standard job over HDLC", function () {
  this.timeout(20_000);
  let ways: readonly WireWay[] = [];
  const way = (name: string): WireWay => {
    const found = ways.find((candidate) => candidate.name === name);
    expect(found, name).not.to.equal(undefined);
    return found as WireWay;
  };
  const ratio = (name: string): number => wireSeconds(way(name).count, 9600, 100) / wireSeconds(way("naive").count, 9600, 100);

  before(async () => {
    ways = await countWays();
  });

  it("is identity, clock, twenty registers with scalers, and a day of load profile", () => {
    const { readings, profile } = way("naive").result;
    expect(readings).to.have.lengthOf(4 + 1 + 20);
    expect(readings.filter(({ scalerUnit }) => scalerUnit !== undefined)).to.have.lengthOf(20);
    expect(readings.filter(({ value }) => value === undefined)).to.deep.equal([]);
    expect(profile.rowCount).to.equal(96);
    expect([profile.cell(0, 0), profile.cell(95, 0)]).to.deep.equal(["2026-04-07T00:15:00+00:00", "2026-04-08T00:00:00+00:00"]);
  });

  it("brings the same home whichever way it is done", () => {
    const expected = harvest(way("naive").result);
    expect(ways.length).to.be.greaterThan(8);
    for (const { name, result } of ways) expect(harvest(result), name).to.deep.equal(expected);
  });

  it("takes the naive way a round trip for each attribute, for each segment, and for opening and closing", () => {
    const attributes = 4 + 1 + 2 * 20 + 3;
    const opening = 2;
    const closing = 2;
    // Nothing but the rows and the columns is longer than a frame.
    const { roundTrips, turnarounds } = way("naive").count;
    expect(roundTrips).to.be.at.least(attributes + opening + closing + 3900 / 128 - 1);
    expect(turnarounds).to.equal(2 * roundTrips - 1);
  });

  it("takes no more than 60 % of the naive way's time with a known meter, whatever the meter makes of the rows", () => {
    const known = ways.filter(({ name }) => name.startsWith("known") && name !== "known.small-frames");
    for (const { name } of known) expect(ratio(name), name).to.be.at.most(0.6);
    // Every frame of 128 octets has to be asked for, however it is filled.
    expect(ratio("known.small-frames")).to.be.at.most(0.65);
    expect(ratio("known")).to.be.at.most(0.3);
  });

  it("takes little more than it at first contact, when the list of all objects, which is longer than the job, is read besides", () => {
    expect(ratio("first")).to.be.at.most(1.25);
  });

  it("takes a known meter eight round trips, and a new one the view besides", () => {
    // SNRM, AARQ, identity, values, columns and period, rows, RLRQ, DISC.
    expect(way("known").count.roundTrips).to.be.at.most(8);
    expect(way("first").count.roundTrips - way("known").count.roundTrips).to.be.within(1, 2);
  });

  it("takes fewer octets the more a meter leaves out of the rows", () => {
    const octets = (...names: readonly string[]) => names.map((name) => way(name).count.octets);
    const descends = (counts: readonly number[]) => expect(counts).to.deep.equal([...counts].sort((a, b) => b - a));
    descends(octets("known", "known.compact-array", "known.null-compressed", "known.delta"));
    descends(octets("known", "known.compact-array", "known.null-compressed-compact-array", "known.delta"));
  });

  it("gains by general block transfer where the rows do not fit one PDU", () => {
    expect(ratio("known.small-pdu.general")).to.be.lessThan(ratio("known.small-pdu.blocks"));
  });

  it("works with a meter that has neither lists nor large frames, one attribute and one small frame at a time", async () => {
    const { client: transport, meter } = new CountingLine().connect();
    const timers = new VirtualTimers();
    const smallest = {
      maxInformationFieldLengthTransmit: 128,
      maxInformationFieldLengthReceive: 128,
      windowSizeTransmit: 1,
      windowSizeReceive: 1,
    };
    sampleServer(wireMeter(), { timers, hdlc: smallest, maxReceivePduSize: 128 }).serve("hdlc", meter);
    const saps = { clientSap: asReader.clientSap, serverSap: 1 };
    const association = new ClientAssociation({
      transport,
      link: new HdlcConnection({ ...largestHdlcParameters, clientSap: saps.clientSap, serverAddress: { logical: 1 } }),
      application: new DlmsClientConnection({
        ...saps,
        authentication: asReader.authentication,
        proposedConformance: new Set(["get", "selective-access"]),
      }),
      timers,
    });
    await association.open();
    const client = new DlmsClient(association);
    const job = standardJob(wireDay.firstRow, wireDay.lastRow);
    const together = await readTogether(client, job);
    const one = await readOneByOne(client, job);
    await client.close();
    expect(client.context.conformance.has("multiple-references")).to.equal(false);
    expect(harvest(together)).to.deep.equal(harvest(one));
    expect(together.profile.rowCount).to.equal(96);
  });

  it("comes out the same at every run, as rows of figures", async () => {
    const rows = await wireBenchmark.run();
    expect(rows.map((row) => Object.keys(row))).to.deep.equal(rows.map(() => ["name", "value", "unit", "better", "runs"]));
    expect(new Set(rows.map(({ name }) => name)).size).to.equal(rows.length);
    const figures = new Map(rows.map(({ name, value }) => [name, value]));
    for (const { name, count } of ways) {
      expect(figures.get(`wire.${name}.octets`)).to.equal(count.octets);
      expect(figures.get(`wire.${name}.frames`)).to.equal(count.frames);
      expect(figures.get(`wire.${name}.round-trips`)).to.equal(count.roundTrips);
      expect(figures.get(`wire.${name}.100ms`)).to.be.closeTo(wireSeconds(count, 9600, 100), 0.0005);
    }
    expect(figures.get("wire.naive.ratio")).to.equal(1);
  });
});
