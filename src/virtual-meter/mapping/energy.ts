import { type LogicalName, parseLogicalName } from "../../cosem-objects/logical-name.ts";
import type { CosemObject } from "../../cosem-objects/object.ts";
import {
  type EnergyName,
  type Measurement,
  type Meter,
  type Rate,
  type RatedEnergy,
  rateCount,
  ratedEnergies,
} from "../../meter-model/index.ts";
import { type Quantity, quantities, register } from "./quantity.ts";

/** The energy registers by value group C, in all rates together. */
export const energyNames: Readonly<Record<EnergyName, { readonly logicalName: LogicalName; readonly quantity: Quantity }>> = {
  activeImport: { logicalName: "1.0.1.8.0.255", quantity: quantities.activeEnergy },
  activeExport: { logicalName: "1.0.2.8.0.255", quantity: quantities.activeEnergy },
  reactiveImport: { logicalName: "1.0.3.8.0.255", quantity: quantities.reactiveEnergy },
  reactiveExport: { logicalName: "1.0.4.8.0.255", quantity: quantities.reactiveEnergy },
  reactiveQ1: { logicalName: "1.0.5.8.0.255", quantity: quantities.reactiveEnergy },
  reactiveQ2: { logicalName: "1.0.6.8.0.255", quantity: quantities.reactiveEnergy },
  reactiveQ3: { logicalName: "1.0.7.8.0.255", quantity: quantities.reactiveEnergy },
  reactiveQ4: { logicalName: "1.0.8.8.0.255", quantity: quantities.reactiveEnergy },
  apparentImport: { logicalName: "1.0.9.8.0.255", quantity: quantities.apparentEnergy },
  apparentExport: { logicalName: "1.0.10.8.0.255", quantity: quantities.apparentEnergy },
  absoluteActive: { logicalName: "1.0.15.8.0.255", quantity: quantities.activeEnergy },
  netActive: { logicalName: "1.0.16.8.0.255", quantity: quantities.netActiveEnergy },
};

/** The registers of the energies that are counted by rate: the total's name with the rate in value group E. */
export const ratedNames = Object.fromEntries(
  ratedEnergies.map((name) => {
    const { logicalName, quantity } = energyNames[name];
    return [name, { quantity, logicalName: (rate: Rate) => parseLogicalName(logicalName.replace(".0.255", `.${rate}.255`)) }];
  }),
) as Readonly<Record<RatedEnergy, { readonly quantity: Quantity; readonly logicalName: (rate: Rate) => LogicalName }>>;

const instantaneous: Readonly<Partial<Record<LogicalName, readonly [(measured: Measurement) => number, Quantity]>>> = {
  "1.0.32.7.0.255": [({ voltage }) => voltage, quantities.voltage],
  "1.0.31.7.0.255": [({ current }) => current, quantities.current],
  "1.0.91.7.0.255": [({ neutralCurrent }) => neutralCurrent, quantities.current],
  "1.0.11.7.0.255": [({ current }) => current, quantities.current],
  "1.0.12.7.0.255": [({ voltage }) => voltage, quantities.voltage],
  "1.0.1.7.0.255": [({ activeImport }) => activeImport, quantities.activePower],
  "1.0.2.7.0.255": [({ activeExport }) => activeExport, quantities.activePower],
  "1.0.16.7.0.255": [({ activeNet }) => activeNet, quantities.netActivePower],
  "1.0.3.7.0.255": [({ reactiveImport }) => reactiveImport, quantities.reactivePower],
  "1.0.4.7.0.255": [({ reactiveExport }) => reactiveExport, quantities.reactivePower],
  "1.0.9.7.0.255": [({ apparentImport }) => apparentImport, quantities.apparentPower],
  "1.0.10.7.0.255": [({ apparentExport }) => apparentExport, quantities.apparentPower],
  "1.0.13.7.0.255": [({ powerFactor }) => powerFactor, quantities.powerFactor],
  "1.0.33.7.0.255": [({ powerFactor }) => powerFactor, quantities.powerFactor],
  "1.0.14.7.0.255": [({ frequency }) => frequency, quantities.frequency],
  "1.0.81.7.4.255": [phaseAngle, quantities.angle],
  "0.0.96.66.3.255": [({ current, neutralCurrent }) => current - neutralCurrent, quantities.differenceCurrent],
};

/** Tenths of a degree by which the current lags behind the voltage. */
function phaseAngle({ activeNet, reactiveNet }: Measurement): number {
  return Math.round((Math.atan2(reactiveNet, activeNet) * 1800) / Math.PI);
}

/** Energy registers and instantaneous values. */
export function energyObjects(meter: Meter): readonly CosemObject[] {
  return [
    ...Object.entries(energyNames).map(([name, { logicalName, quantity }]) =>
      register(logicalName, quantity, () => meter.energy(name as EnergyName)),
    ),
    ...ratedEnergies.flatMap((name) =>
      Array.from({ length: rateCount }, (_, index) => {
        const { logicalName, quantity } = ratedNames[name];
        return register(logicalName(index + 1), quantity, () => meter.ratedEnergy(name, index + 1));
      }),
    ),
    register("0.0.96.66.4.255", quantities.activeEnergy, () => meter.neutralEnergy),
    register("1.0.32.24.0.255", quantities.voltage, () => meter.averageVoltage.last),
    ...entries(instantaneous).map(([logicalName, [select, quantity]]) => register(logicalName, quantity, () => select(meter.measurement))),
  ];
}

function entries<T>(table: Readonly<Partial<Record<LogicalName, T>>>): readonly (readonly [LogicalName, T])[] {
  return Object.entries(table) as [LogicalName, T][];
}
