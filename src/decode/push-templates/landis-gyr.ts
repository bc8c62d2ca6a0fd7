import { Unit } from "../../cosem-objects/unit.ts";
import { centiamperes, clockItem, octets, registers, varHours, vars, wattHours, watts } from "./items.ts";
import type { PushItem, PushTemplate } from "./push-template.ts";

const make = "Landis+Gyr";
const source = "captures: github.com/UtilitechAS/amsreader-firmware, frames/lng2.raw; github.com/arendst/Tasmota, issue 23027";

const volts = { scaler: 0, unit: Unit.volt } as const;

const measured: readonly PushItem[] = [
  ...registers("long-unsigned", volts, "1.0.32.7.0.255", "1.0.52.7.0.255", "1.0.72.7.0.255"),
  ...registers("long-unsigned", centiamperes, "1.0.31.7.0.255", "1.0.51.7.0.255", "1.0.71.7.0.255"),
  ...registers("double-long-unsigned", watts, "1.0.1.7.0.255", "1.0.2.7.0.255"),
  ...registers("double-long-unsigned", wattHours, "1.0.1.8.0.255", "1.0.2.8.0.255"),
];

const serialNumber = octets("0.0.96.1.0.255", { content: "text" });
const angle: PushItem = { type: "long-unsigned" };

/** Landis+Gyr E450, where the push has neither names nor definitions of what is pushed. */
export const landisGyrTemplates: readonly PushTemplate[] = [
  {
    id: "landis-gyr-e450-austria",
    make,
    description: "E450 in Austria: voltages, currents, powers, energies",
    source,
    layout: "positional",
    items: [...measured, serialNumber],
  },
  {
    id: "landis-gyr-e450-austria-angles",
    make,
    description: "E450 in Austria: the same with three values on the phases that no list explains",
    source,
    layout: "positional",
    items: [...measured, angle, angle, angle, serialNumber],
  },
  {
    id: "wiener-netze",
    make: "Landis+Gyr, Iskraemeco",
    description: "E450 and AM550 in Vienna (Wiener Netze), infrared interface: energies and powers every second",
    source: "github.com/tofuSCHNITZEL/wiener_netze_smartmeter; capture: github.com/arendst/Tasmota, issue 8790",
    layout: "positional",
    items: [
      clockItem,
      ...registers("double-long-unsigned", wattHours, "1.0.1.8.0.255", "1.0.2.8.0.255"),
      ...registers("double-long-unsigned", varHours, "1.0.3.8.0.255", "1.0.4.8.0.255"),
      ...registers("double-long-unsigned", watts, "1.0.1.7.0.255", "1.0.2.7.0.255"),
      ...registers("double-long-unsigned", vars, "1.0.3.7.0.255", "1.0.4.7.0.255"),
    ],
  },
];
