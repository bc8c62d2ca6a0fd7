import { ActivityCalendar } from "./classes/activity-calendar.ts";
import { AssociationLn } from "./classes/association-ln.ts";
import { AssociationSn } from "./classes/association-sn.ts";
import { Clock } from "./classes/clock.ts";
import { Data } from "./classes/data.ts";
import { DemandRegister } from "./classes/demand-register.ts";
import { DisconnectControl } from "./classes/disconnect-control.ts";
import { ExtendedRegister } from "./classes/extended-register.ts";
import { IecHdlcSetup } from "./classes/iec-hdlc-setup.ts";
import { IecLocalPortSetup } from "./classes/iec-local-port-setup.ts";
import { Ipv4Setup } from "./classes/ipv4-setup.ts";
import { MacAddressSetup } from "./classes/mac-address-setup.ts";
import { ProfileGeneric } from "./classes/profile-generic.ts";
import { Register } from "./classes/register.ts";
import { SapAssignment } from "./classes/sap-assignment.ts";
import { ScriptTable } from "./classes/script-table.ts";
import { SecuritySetupV0, SecuritySetupV1 } from "./classes/security-setup.ts";
import { SpecialDaysTable } from "./classes/special-days-table.ts";
import { TcpUdpSetup } from "./classes/tcp-udp-setup.ts";
import type { CosemClass } from "./define.ts";

/** Every interface class this stack knows, in order of class id. */
export const cosemClasses: readonly CosemClass[] = [
  Data,
  Register,
  ExtendedRegister,
  DemandRegister,
  ProfileGeneric,
  Clock,
  ScriptTable,
  SpecialDaysTable,
  AssociationSn,
  AssociationLn,
  SapAssignment,
  IecLocalPortSetup,
  ActivityCalendar,
  IecHdlcSetup,
  TcpUdpSetup,
  Ipv4Setup,
  MacAddressSetup,
  SecuritySetupV0,
  SecuritySetupV1,
  DisconnectControl,
];

/**
 * The class with this id. Where the version is not known, or not one of ours, the nearest lower version serves, then
 * the lowest: attributes keep their meaning from version to version, new ones are added behind.
 */
export function findClass(classId: number, version?: number): CosemClass | undefined {
  const versions = cosemClasses.filter((candidate) => candidate.classId === classId).sort((a, b) => b.version - a.version);
  return versions.find((candidate) => version === undefined || candidate.version <= version) ?? versions.at(-1);
}
