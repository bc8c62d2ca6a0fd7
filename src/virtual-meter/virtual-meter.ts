import { LogicalDevice } from "../cosem-objects/logical-device.ts";
import type { LogicalName } from "../cosem-objects/logical-name.ts";
import type { CosemObject } from "../cosem-objects/object.ts";
import type { ServerAuthentication } from "../dlms/association/server-options.ts";
import type { Meter } from "../meter-model/index.ts";
import { AssociationTable } from "../server/associations.ts";
import { DlmsServer, type DlmsServerOptions } from "../server/dlms-server.ts";
import type { MeterIdentity } from "./identity.ts";
import { associationObjects, shortNameAssociationObjects } from "./mapping/association.ts";
import { clockObjects } from "./mapping/clock.ts";
import { demandObjects } from "./mapping/demand.ts";
import { energyObjects } from "./mapping/energy.ts";
import { identityObjects } from "./mapping/identity.ts";
import { type ProfileEncodings, profileObjects } from "./mapping/profiles.ts";
import { supplyObjects } from "./mapping/supply.ts";
import { type MeterRole, meterAccess, meterShortNames } from "./roles.ts";

/** An association of the meter: the client, what it may do, how it proves itself. */
export interface MeterAssociation {
  readonly role: MeterRole;
  readonly clientSap: number;
  readonly authentication: ServerAuthentication;
}

/** The association object of each role (0.0.40.0.e.255). */
const associationNames: Readonly<Record<MeterRole, LogicalName>> = {
  public: "0.0.40.0.1.255",
  reader: "0.0.40.0.2.255",
  technician: "0.0.40.0.3.255",
  management: "0.0.40.0.4.255",
  vending: "0.0.40.0.5.255",
};

/** Every object that the meter shows, in the order of the object list. */
export function meterObjects(meter: Meter, identity: MeterIdentity, profileEncodings: ProfileEncodings = {}): readonly CosemObject[] {
  return [
    ...identityObjects(identity),
    ...clockObjects(meter),
    ...energyObjects(meter),
    ...demandObjects(meter),
    ...supplyObjects(meter),
    ...profileObjects(meter, profileEncodings),
  ];
}

export interface VirtualMeterOptions extends Omit<DlmsServerOptions, "logicalDevices" | "associations" | "ownObjects"> {
  readonly meter: Meter;
  readonly identity: MeterIdentity;
  readonly associations: readonly MeterAssociation[];
  /** How the rows of profiles are sent; plain by default. */
  readonly profileEncodings?: ProfileEncodings;
}

/** A server that shows a meter of the domain as COSEM objects. The meter lives by itself, through a runner. */
export function virtualMeterServer({ meter, identity, associations, profileEncodings = {}, ...server }: VirtualMeterOptions): DlmsServer {
  const device = new LogicalDevice({
    sap: identity.managementSap,
    name: identity.logicalDeviceName,
    objects: meterObjects(meter, identity, profileEncodings),
    access: meterAccess,
    shortNames: meterShortNames,
  });
  return new DlmsServer({
    ...server,
    logicalDevices: [device],
    associations: new AssociationTable(associations),
    ownObjects: ({ role }, view, referencing) =>
      referencing === "short-name"
        ? shortNameAssociationObjects(view, meterShortNames)
        : associationObjects(associationNames[role as MeterRole], view),
  });
}
