/** A virtual meter: the domain shown as COSEM objects by a server. */
export { type CsvLoadOptions, csvLoad } from "./csv-load.ts";
export { logicalDeviceName, type MeterIdentity } from "./identity.ts";
export type { ProfileEncodings } from "./mapping/profiles.ts";
export { Pushes } from "./push/pushes.ts";
export { type MeterRole, meterAccess } from "./roles.ts";
export { MeterRunner, type RunnerOptions, type RunnerTimers } from "./runner.ts";
export type { AssociationKeys } from "./security/association-keys.ts";
export type { SecuritySetup } from "./security/security-setup.ts";
export type { MeterStore } from "./store.ts";
export { parseStart, zoneRule } from "./time-zone.ts";
export { type MeterAssociation, meterObjects, type VirtualMeterOptions, virtualMeterServer } from "./virtual-meter.ts";
