import type { TableEncoding } from "../../dlms/axdr/table-writer.ts";
import { defaultMeterConfig, initialState, Meter, syntheticLoad } from "../../meter-model/index.ts";
import type { DlmsServer } from "../../server/dlms-server.ts";
import { VirtualTimers } from "../../session/timers.ts";
import { virtualMeterServer } from "../../virtual-meter/virtual-meter.ts";

const day = 86_400_000;
/** As long as the load profile reaches back. */
const days = 93;
/** 2026-01-05T00:00Z. */
const began = Date.UTC(2026, 0, 5);

const ended = began + days * day;

/** ms UTC of the stamps of the first and the last row of the newest day: a row is stamped with the end of its period. */
export const wireDay = {
  firstRow: ended - day + defaultMeterConfig.profiles.load.period * 1000,
  lastRow: ended,
} as const;

const password = new TextEncoder().encode("00000000");

/** The reader of the meter, as a client is told of it. */
export const wireReader = { clientSap: 2, authentication: { mechanism: "lls", password } } as const;

/** A household of 93 days; the same at every run. */
export function wireMeter(): Meter {
  const meter = new Meter(
    defaultMeterConfig,
    initialState(defaultMeterConfig, began),
    syntheticLoad({ seed: 1, zone: defaultMeterConfig.zone }),
  );
  meter.advance(ended);
  return meter;
}

/** The virtual meter that shows it, with the load profile in the encoding given. */
export function wireServer(meter: Meter, encoding: TableEncoding): DlmsServer {
  return virtualMeterServer({
    meter,
    identity: {
      logicalDeviceName: "DGW0000012345678",
      managementSap: 1,
      serialNumber: "12345678",
      decoderReferenceNumber: "01234567897",
      model: "bench",
      manufacturerName: "dlms-gateway",
      firmware: { metrology: "M1", application: "A1", communication: "C1" },
      productCode: "S-1",
      productionDate: "2026-01-02",
      parameterRecord: "1",
      tariffProgram: "1",
      pulseConstant: 1000,
      rating: { voltage: 230_000, basicCurrent: 5000, maximumCurrent: 80_000, frequency: 50_000 },
    },
    associations: [{ role: "reader", clientSap: wireReader.clientSap, authentication: wireReader.authentication }],
    profileEncodings: { load: encoding },
    // Nothing waits on a line without faults, so time may stand still.
    timers: new VirtualTimers(),
  });
}
