import { MeterHost } from "../../src/cli/meter-host.ts";
import { packageFile } from "../../src/cli/package-files.ts";
import { loadYaml } from "../../src/config/load.ts";
import { virtualMeterSchema } from "../../src/config/virtual-meter.ts";

/** The keys of the demonstration, by the names that books of the tests have for them. */
export const managementKeys = { METER_EK: "000102030405060708090A0B0C0D0E0F", METER_AK: "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF" } as const;

/** The meter of the demonstration with two days behind it, by the clock of this computer. */
export function managedMeter(): MeterHost {
  return new MeterHost({
    config: {
      ...loadYaml(packageFile("config/virtual-meter.yaml"), virtualMeterSchema),
      timezone: "UTC",
      history: { months: 0, days: 2, milliseconds: 0 },
    },
    directory: packageFile("config"),
    onFailure: (error) => {
      throw error;
    },
  });
}

/** Its entry in an address book, for the management client. */
export function managementEntry(id: string, port: number): string {
  return `  - { id: ${id}, target: "tcp://127.0.0.1:${port}?client=1&auth=gmac", ek: env:METER_EK, ak: env:METER_AK }\n`;
}
