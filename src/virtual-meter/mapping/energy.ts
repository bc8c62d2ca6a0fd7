import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import type { CosemObject } from "../../cosem-objects/object.ts";
import type { EnergyName, Measurement, Meter } from "../../meter-model/index.ts";
import { type Quantity, quantities, register } from "./quantity.ts";

const energies: Readonly<Partial<Record<LogicalName, readonly [EnergyName, Quantity]>>> = {
  "1.0.1.8.0.255": ["activeImport", quantities.activeEnergy],
  "1.0.2.8.0.255": ["activeExport", quantities.activeEnergy],
  "1.0.3.8.0.255": ["reactiveImport", quantities.reactiveEnergy],
  "1.0.4.8.0.255": ["reactiveExport", quantities.reactiveEnergy],
  "1.0.5.8.0.255": ["reactiveQ1", quantities.reactiveEnergy],
  "1.0.6.8.0.255": ["reactiveQ2", quantities.reactiveEnergy],
  "1.0.7.8.0.255": ["reactiveQ3", quantities.reactiveEnergy],
  "1.0.8.8.0.255": ["reactiveQ4", quantities.reactiveEnergy],
  "1.0.9.8.0.255": ["apparentImport", quantities.apparentEnergy],
  "1.0.10.8.0.255": ["apparentExport", quantities.apparentEnergy],
  "1.0.15.8.0.255": ["absoluteActive", quantities.activeEnergy],
  "1.0.16.8.0.255": ["netActive", quantities.netActiveEnergy],
};

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
  "0.0.96.66.3.255": [({ current, neutralCurrent }) => current - neutralCurrent, quantities.differenceCurrent],
};

/** Energy registers and instantaneous values. */
export function energyObjects(meter: Meter): readonly CosemObject[] {
  return [
    ...entries(energies).map(([logicalName, [name, quantity]]) => register(logicalName, quantity, () => meter.energy(name))),
    ...entries(instantaneous).map(([logicalName, [select, quantity]]) => register(logicalName, quantity, () => select(meter.measurement))),
  ];
}

function entries<T>(table: Readonly<Partial<Record<LogicalName, T>>>): readonly (readonly [LogicalName, T])[] {
  return Object.entries(table) as [LogicalName, T][];
}
