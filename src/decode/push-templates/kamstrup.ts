import { Unit } from "../../cosem-objects/unit.ts";
import { centiamperes, quantities, vars, watts } from "./items.ts";
import type { PushTemplate } from "./push-template.ts";

/** Whole volts in Norway and Sweden; meters in Denmark send hundredths of them in the same list. */
const volts = { scaler: 0, unit: Unit.volt, finer: { from: 1000, scaler: -2 } } as const;

/** Kamstrup Omnipower: the names are there, scalers and units are not. */
export const kamstrupTemplates: readonly PushTemplate[] = [
  {
    id: "kamstrup-v0001",
    make: "Kamstrup",
    description: "Omnipower, lists 1 and 2 of Kamstrup_V0001: every 10 s, every hour",
    source:
      "Kamstrup, HAN-NVE information sheet (documentation.kamstrup.com/docs/HAN_NVE); captures: github.com/toreamun/amshan, github.com/UtilitechAS/amsreader-firmware",
    layout: "named",
    listId: "Kamstrup_V",
    items: [
      ...quantities(watts, "1.1.1.7.0.255", "1.1.2.7.0.255"),
      ...quantities(watts, "1.1.21.7.0.255", "1.1.41.7.0.255", "1.1.61.7.0.255"),
      ...quantities(watts, "1.1.22.7.0.255", "1.1.42.7.0.255", "1.1.62.7.0.255"),
      ...quantities(vars, "1.1.3.7.0.255", "1.1.4.7.0.255"),
      ...quantities(centiamperes, "1.1.31.7.0.255", "1.1.51.7.0.255", "1.1.71.7.0.255"),
      ...quantities(volts, "1.1.32.7.0.255", "1.1.52.7.0.255", "1.1.72.7.0.255"),
      ...quantities({ scaler: 1, unit: Unit.wattHour }, "1.1.1.8.0.255", "1.1.2.8.0.255"),
      ...quantities({ scaler: 1, unit: Unit.varHour }, "1.1.3.8.0.255", "1.1.4.8.0.255"),
    ],
  },
];
