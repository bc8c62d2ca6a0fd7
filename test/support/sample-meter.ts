import { defaultMeterConfig, initialState, type LoadModel, Meter, type MeterConfig, minute } from "../../src/meter-model/index.ts";
import type { DlmsServer, DlmsServerOptions } from "../../src/server/dlms-server.ts";
import type { MeterIdentity } from "../../src/virtual-meter/identity.ts";
import { virtualMeterServer } from "../../src/virtual-meter/virtual-meter.ts";

export const readerPassword = new TextEncoder().encode("00000000");

/** Options of a client that is the reader. */
export const asReader = { clientSap: 2, authentication: { mechanism: "lls", password: readerPassword } } as const;

export const identity: MeterIdentity = {
  logicalDeviceName: "DGW0000012345678",
  managementSap: 1,
  serialNumber: "12345678",
  decoderReferenceNumber: "01234567897",
  model: "sample",
  manufacturerName: "sample maker",
  firmware: { metrology: "M1", application: "A1", communication: "C1" },
  productCode: "S-1",
  productionDate: "2026-01-02",
  parameterRecord: "P1",
  tariffProgram: "T1",
  pulseConstant: 1000,
  rating: { voltage: 230_000, basicCurrent: 5000, maximumCurrent: 80_000, frequency: 50_000 },
};

/** A load of so many watts, for ever. */
export function constantLoad(watts = 1000): LoadModel {
  const point = {
    voltage: 230_000,
    current: Math.round((watts / 230) * 1000),
    neutralCurrent: Math.round((watts / 230) * 1000),
    activePower: watts * 1000,
    reactivePower: 100_000,
    frequency: 50_000,
  };
  return { at: (instant) => ({ point, until: instant + minute }) };
}

/** 2026-01-05T00:00Z, a Monday. */
export const sampleStart = Date.UTC(2026, 0, 5);

/** A meter that has run for `duration` ms. */
export function sampleMeter(duration: number, load: LoadModel = constantLoad(), config: MeterConfig = defaultMeterConfig): Meter {
  const meter = new Meter(config, initialState(config, sampleStart), load);
  meter.advance(sampleStart + duration);
  return meter;
}

type Associations = Parameters<typeof virtualMeterServer>[0]["associations"];

const publicAndReader: Associations = [
  { role: "public", clientSap: 16, authentication: { mechanism: "none" } },
  { role: "reader", clientSap: 2, authentication: { mechanism: "lls", password: readerPassword } },
];

/** A technician who comes with the reader's password: for work that a reader may not do. */
export const technician: Associations[number] = {
  role: "technician",
  clientSap: 3,
  authentication: { mechanism: "lls", password: readerPassword },
};

/** The meter behind a server with the roles public and reader, and whatever is added. */
export function sampleServer(
  meter: Meter,
  options: Partial<Omit<DlmsServerOptions, "associations">> = {},
  more: Associations = [],
): DlmsServer {
  return virtualMeterServer({
    meter,
    identity,
    associations: [...publicAndReader, ...more],
    onFailure: (error) => {
      throw error;
    },
    ...options,
  });
}
