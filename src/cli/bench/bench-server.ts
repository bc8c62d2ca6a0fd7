import { createServer } from "node:net";
import { noCaptureObject } from "../../cosem-objects/capture-object.ts";
import { Clock } from "../../cosem-objects/classes/clock.ts";
import { ProfileGeneric } from "../../cosem-objects/classes/profile-generic.ts";
import { Register } from "../../cosem-objects/classes/register.ts";
import { LogicalDevice } from "../../cosem-objects/logical-device.ts";
import { bind } from "../../cosem-objects/object.ts";
import { profileBuffer } from "../../cosem-objects/profile-source.ts";
import { Unit } from "../../cosem-objects/unit.ts";
import { dateTimeToInstant, instantToDateTime, unspecifiedDateTime } from "../../dlms/axdr/date-time.ts";
import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import { AssociationTable } from "../../server/associations.ts";
import { DlmsServer } from "../../server/dlms-server.ts";
import { benchSecurity, securedClient } from "./bench-security.ts";
import { sampleColumns, samplePeriod, sampleRows, sampleStart } from "./sample-profile.ts";

/** Ports of the servers under measurement. */
export interface BenchPorts {
  readonly wrapper: number;
  readonly hdlc: number;
  readonly echo: number;
}

/** Rows the profile holds. */
export const benchRows = 5760;
/** Octets of an answer to a GET of a register over the wrapper: what the bare echo answers with. */
export const getAnswerLength = 8 + 4 + 5;

const count: DlmsData = { type: "double-long-unsigned", value: 1_234_567 };

const register = bind(Register, {
  logicalName: "1.0.1.8.0.255",
  attributes: { value: () => count, scalerUnit: { scaler: 0, unit: Unit.wattHour } },
});

/** A server with one register and one profile, and beside it a bare echo; tells its parent the ports and lives until told. */
export async function serveBench(): Promise<void> {
  const profile = sampleRows(benchRows);
  const objects = [
    register,
    bind(Clock, {
      logicalName: "0.0.1.0.0.255",
      attributes: {
        time: () => instantToDateTime(sampleStart, 0),
        timeZone: 0,
        status: 0,
        daylightSavingsBegin: unspecifiedDateTime,
        daylightSavingsEnd: unspecifiedDateTime,
        daylightSavingsDeviation: 0,
        daylightSavingsEnabled: false,
        clockBase: "internal-crystal",
      },
    }),
    bind(ProfileGeneric, {
      logicalName: "1.0.99.1.0.255",
      attributes: {
        buffer: profileBuffer({
          captureObjects: () => sampleColumns,
          snapshot: () => profile,
          toInstant: (time) => dateTimeToInstant(time),
        }),
        captureObjects: sampleColumns,
        capturePeriod: samplePeriod / 1000,
        sortMethod: "fifo",
        sortObject: noCaptureObject,
        entriesInUse: benchRows,
        profileEntries: benchRows,
      },
    }),
  ];
  const device = new LogicalDevice({
    sap: 1,
    name: "BENCH00000000001",
    objects,
    access: () => ({ read: true, write: false, invoke: false }),
  });
  const server = new DlmsServer({
    logicalDevices: [device],
    associations: new AssociationTable([
      { clientSap: 16, role: "public", authentication: { mechanism: "none" } },
      { clientSap: securedClient, role: "secured", authentication: { mechanism: "none" }, security: benchSecurity("meter") },
    ]),
    ownObjects: () => [],
  });
  const wrapper = await server.listen("wrapper", "127.0.0.1", 0);
  const hdlc = await server.listen("hdlc", "127.0.0.1", 0);
  const ports: BenchPorts = { wrapper: wrapper.port, hdlc: hdlc.port, echo: await listenEcho() };
  process.send?.(ports);
  await new Promise<void>((resolve) => process.once("disconnect", resolve));
  process.exit(0);
}

/** Answers every chunk with as many octets as a GET's answer has: the ceiling of the platform. */
function listenEcho(): Promise<number> {
  const answer = new Uint8Array(getAnswerLength);
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("data", () => socket.write(answer));
    socket.on("error", () => {});
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
