import { expect } from "chai";
import { parse } from "csv-parse/sync";
import { displayValue, readingToJson } from "../../../src/cli/readings.ts";
import { readEvents } from "../../../src/cli/report/event-rows.ts";
import { reportPage } from "../../../src/cli/report/page.ts";
import { readReport } from "../../../src/cli/report/read-report.ts";
import { reportCsv } from "../../../src/cli/report/report-csv.ts";
import type { DlmsClient } from "../../../src/client/dlms-client.ts";
import { type DeviceView, ObjectReader, readDeviceView } from "../../../src/client/object-reader.ts";
import { readProfile } from "../../../src/client/profile-reader.ts";
import { parseLogicalName } from "../../../src/cosem-objects/logical-name.ts";
import { defaultMeterConfig } from "../../../src/meter-model/index.ts";
import type { DlmsServer } from "../../../src/server/dlms-server.ts";
import { inMemory } from "../../support/in-memory.ts";
import { asReader, constantLoad, sampleMeter, sampleServer, sampleStart } from "../../support/sample-meter.ts";
import { centralEurope } from "../stored-profile.ts";
import { elements, parseDocument, rowsOf, textOf } from "./document.ts";
import { reportSaying } from "./sample-report.ts";

const day = 86_400_000;
/** Longer than the bars reach, and a bit into a day. */
const passed = 40 * day + 3_600_000;
const now = sampleStart + passed;

describe("the report of a meter", function () {
  this.timeout(20_000);
  const { connect, settle } = inMemory();
  let server: DlmsServer;
  let client: DlmsClient;
  let view: DeviceView;
  before(async () => {
    const meter = sampleMeter(passed, constantLoad(1000), { ...defaultMeterConfig, zone: centralEurope });
    for (let times = 0; times < 6; times++) meter.setClock(meter.clockTime);
    server = sampleServer(meter);
    client = await connect(server, "wrapper", asReader);
    view = await settle(readDeviceView(client));
  });
  after(() => settle(client.close()));

  const reportOf = (of = client, seen = view, clock = now) => settle(readReport(of, seen, { days: 2, now: () => clock }));

  it("has the figures of a direct read", async () => {
    const { sections, profiles, device } = await reportOf();
    const shown = sections.flatMap(({ readings }) => readings);
    const direct = await settle(
      new ObjectReader(client, view).read(
        shown.map(({ logicalName, attribute }) => ({ logicalName: parseLogicalName(logicalName), attribute })),
      ),
    );
    expect(shown).to.deep.equal(direct.map(readingToJson));
    expect(shown.find(({ logicalName }) => logicalName === "1.0.1.8.0.255")).to.deep.include({ value: 961_000, unit: "Wh" });
    expect(device).to.equal("DGW0000012345678");
    const [load] = profiles;
    const table = await settle(readProfile(client, new ObjectReader(client, view), "1.0.99.1.0.255", { kind: "last", count: 192 }));
    expect(load?.rows).to.deep.equal(Array.from({ length: 192 }, (_, row) => table.row(row)));
  });

  it("shows every reading on its page, and draws what the profiles hold", async () => {
    const report = await reportOf();
    const page = parseDocument(reportPage(report));
    const readings = report.sections.flatMap(({ readings }) => readings);
    expect(rowsOf(page)).to.include.deep.members(
      readings.map((reading) => [reading.name, displayValue(reading), reading.unit ?? "", reading.obis]),
    );
    expect(elements(page, "h2").map(textOf)).to.include.members(["Clock", "Identity", "Energy", "Seals and tampering", "Log standard"]);
    const bars = elements(page, "rect").map(textOf);
    expect(bars).to.have.length(31);
    expect(bars.at(-1)).to.equal("02-13: 24 kWh");
    const heights = elements(page, "path").flatMap(({ attributes }) =>
      [...(attributes["d"] ?? "").matchAll(/ ([\d.]+)/g)].map(([, y]) => y),
    );
    expect(heights).to.have.length(192);
    expect(new Set(heights).size).to.equal(1);
  });

  it("tells how far the clock is off", async () => {
    expect((await reportOf(client, view, now)).clock).to.deep.equal({ meterTime: "2026-02-14T02:00:00+01:00", driftSeconds: 0 });
    expect((await reportOf(client, view, now + 90_000)).clock).to.deep.include({ driftSeconds: -90 });
    expect((await reportOf(client, view, now - 30_000)).clock).to.deep.include({ driftSeconds: 30 });
  });

  it("has the newest events of each log, the newest first", async () => {
    const { logs } = await reportOf();
    expect(logs.map(({ log, events }) => [log, events.length]).filter(([, count]) => count !== 0)).to.deep.equal([
      ["standard", 10],
      ["programming", 6],
    ]);
    const reader = new ObjectReader(client, view);
    const all = await settle(readEvents(client, reader, "0.0.99.98.0.255", { kind: "all" }, "DGW0000012345678"));
    expect(all).to.have.length(12);
    expect(logs[0]?.events).to.deep.equal(all.slice(2).reverse());
    expect(logs[0]?.events[0]).to.deep.equal({
      log: "standard",
      at: "2026-02-14T02:00:00+01:00",
      code: 5,
      event: "clock_adjusted_to",
      details: {},
    });
    const page = parseDocument(reportPage(await reportOf()));
    expect(rowsOf(page).filter(([, , event]) => event === "clock adjusted to")).to.have.length(5);
  });

  it("names once what a client may not read, and is no failure", async () => {
    const everybody = await connect(server, "wrapper");
    const report = await reportOf(everybody, await settle(readDeviceView(everybody)));
    expect(report.client).to.equal(16);
    expect(report.clock).to.deep.include({ driftSeconds: 0 });
    expect(report.sections.map(({ title }) => title)).to.deep.equal(["identity"]);
    expect(report.notRead).to.include.members(["energy", "credit", "load profile", "daily profile", "event logs"]);
    expect(new Set(report.notRead).size).to.equal(report.notRead.length);
    const page = parseDocument(reportPage(report));
    expect(textOf(page).match(/load profile/g)).to.have.length(1);
    await settle(everybody.close());
  });

  it("has the same figures in its CSV", async () => {
    const report = await reportOf();
    const rows = parse(reportCsv(report), { columns: true }) as readonly Readonly<Record<string, string>>[];
    const readings = report.sections.flatMap(({ title, readings }) =>
      readings.map(({ obis, value, unit }) => ({ section: title, obis, value: value === null ? "" : String(value), unit: unit ?? "" })),
    );
    const figures = rows.map(({ section, obis, value, unit }) => ({ section, obis, value, unit }));
    expect(figures).to.include.deep.members(readings);
    const [load] = report.profiles;
    const cells = rows.filter(({ section }) => section === "load profile");
    expect(cells).to.have.length(192 * ((load?.columns.length ?? 0) - 1));
    const energy = cells.filter(({ obis }) => obis === "1.0.1.8.0.255").map(({ time, value }) => [time, Number(value)]);
    expect(energy).to.deep.equal(load?.rows.map((row) => [row[0], row[2]]));
    const events = rows.filter(({ section }) => section?.startsWith("log ")).map(({ name, time, value }) => [name, time, value]);
    expect(events).to.deep.equal(
      report.logs.flatMap(({ events }) => events.map(({ event, at, code }) => [event ?? "", at ?? "", code === null ? "" : String(code)])),
    );
  });

  it("gives a spreadsheet no formula of the meter's", () => {
    for (const text of ["=HYPERLINK(1)", "+1", "-1", "@x", '=1,"2"\n']) {
      const rows = parse(reportCsv(reportSaying(text)), { columns: true }) as readonly Readonly<Record<string, string>>[];
      for (const cell of rows.flatMap((row) => Object.values(row))) expect(cell).not.to.match(/^[=+@]|^-\D|^-1$/);
      expect(rows.some(({ value }) => value === `'${text}`)).to.equal(true);
    }
  });
});
