import { formatDateTime } from "../../dlms/axdr/date-time.ts";
import { type Meter, rateCount } from "../../meter-model/index.ts";
import type { TariffDeviceOptions } from "../../optical/tariff-device.ts";
import { AttemptBook } from "../../server/attempt-limiter.ts";
import type { MeterIdentity } from "../identity.ts";
import { meterDateTime, pastDateTime } from "../mapping/clock.ts";

/** What a meter without HDLC knowledge of its reader gives at the optical port: the lines that technicians look for first. */
export function readoutLines(meter: Meter, identity: MeterIdentity): readonly string[] {
  const now = stampOf(formatDateTime(meterDateTime(meter)));
  const { maximum, maximumAt } = meter.demand("activeImport");
  const { measurement, credit } = meter;
  const energy = (address: string, value: number, unit = "kWh") => `${address}(${fixed(value / 1000, 6, 3)}*${unit})`;
  return [
    `F.F(${meter.errors.toString(16).toUpperCase().padStart(8, "0")})`,
    `0.0.0(${identity.serialNumber})`,
    `0.2.0(${identity.firmware.application})`,
    `0.9.1(${now.time})`,
    `0.9.2(${now.date})`,
    energy("1.8.0", meter.energy("activeImport")),
    ...Array.from({ length: rateCount }, (_, index) => energy(`1.8.${index + 1}`, meter.ratedEnergy("activeImport", index + 1))),
    energy("2.8.0", meter.energy("activeExport")),
    energy("3.8.0", meter.energy("reactiveImport"), "kvarh"),
    energy("4.8.0", meter.energy("reactiveExport"), "kvarh"),
    energy("9.8.0", meter.energy("apparentImport"), "kVAh"),
    `1.6.0(${fixed(maximum / 1000, 2, 3)}*kW)(${maximumAt === undefined ? "0" : stampOf(formatDateTime(pastDateTime(meter, maximumAt))).both})`,
    `1.7.0(${fixed(measurement.activeImport / 1e6, 2, 3)}*kW)`,
    `32.7.0(${fixed(measurement.voltage / 1000, 3, 1)}*V)`,
    `31.7.0(${fixed(measurement.current / 1000, 3, 2)}*A)`,
    ...(credit.mode === "prepaid" && credit.unit === "energy" ? [energy("96.60.0", credit.available)] : []),
  ];
}

/** Addresses of the readout that say who the meter is: serial number and firmware. */
const identityAddresses: readonly string[] = ["0.0.0", "0.2.0"];
/** The client whose password opens programming mode. */
const readerSap = 2;

/** Its place in IEC 62056-21: maker, 9600 Bd at most, HDLC in mode E; whoever knows the reader's password may read single values. */
export function tariffDevice(
  meter: () => Meter,
  identity: MeterIdentity,
  password: string | undefined,
): Pick<TariffDeviceOptions, "identification" | "address" | "readout" | "programming"> {
  const readout = (): readonly string[] => readoutLines(meter(), identity);
  return {
    identification: `/${identity.logicalDeviceName.slice(0, 3)}5\\2${identity.serialNumber.slice(-16)}`,
    address: identity.serialNumber,
    readout,
    programming: {
      limiter: new AttemptBook().limiterOf(readerSap, "optical"),
      isIdentity: (address) => identityAddresses.includes(address),
      login: (given) => (password !== undefined && given === password ? 1 : undefined),
      read: (address) => {
        const line = readout().find((candidate) => candidate.startsWith(`${address}(`));
        return line?.slice(address.length + 1, -1).split(")(");
      },
      // Parameters are written under keys, and not here.
      write: () => false,
    },
  };
}

/** "yymmdd", "hhmmss" and both without seconds, of ISO 8601. */
function stampOf(iso: string): { readonly date: string; readonly time: string; readonly both: string } {
  const date = iso.slice(2, 10).replaceAll("-", "");
  const time = iso.slice(11, 19).replaceAll(":", "");
  return { date, time, both: `${date}${time.slice(0, 4)}` };
}

function fixed(value: number, digits: number, decimals: number): string {
  return value.toFixed(decimals).padStart(digits + 1 + decimals, "0");
}
