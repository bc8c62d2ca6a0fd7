import { Account } from "./classes/account.ts";
import { ActivityCalendar } from "./classes/activity-calendar.ts";
import { AssociationLn } from "./classes/association-ln.ts";
import { AssociationSn } from "./classes/association-sn.ts";
import { AutoAnswer } from "./classes/auto-answer.ts";
import { AutoConnect } from "./classes/auto-connect.ts";
import { Charge } from "./classes/charge.ts";
import { Clock } from "./classes/clock.ts";
import { CommunicationPortProtection } from "./classes/communication-port-protection.ts";
import { CompactDataV0, CompactDataV1 } from "./classes/compact-data.ts";
import { Credit } from "./classes/credit.ts";
import { Data } from "./classes/data.ts";
import { DemandRegister } from "./classes/demand-register.ts";
import { DisconnectControl } from "./classes/disconnect-control.ts";
import { ExtendedRegister } from "./classes/extended-register.ts";
import { FunctionControl } from "./classes/function-control.ts";
import { GprsModemSetup } from "./classes/gprs-modem-setup.ts";
import { GsmDiagnostic } from "./classes/gsm-diagnostic.ts";
import { IecHdlcSetup } from "./classes/iec-hdlc-setup.ts";
import { IecLocalPortSetup } from "./classes/iec-local-port-setup.ts";
import { ImageTransfer } from "./classes/image-transfer.ts";
import { Ipv4Setup } from "./classes/ipv4-setup.ts";
import { Limiter } from "./classes/limiter.ts";
import { MacAddressSetup } from "./classes/mac-address-setup.ts";
import { ModemConfiguration } from "./classes/modem-configuration.ts";
import { NtpSetup } from "./classes/ntp-setup.ts";
import { ParameterMonitorV0, ParameterMonitorV1 } from "./classes/parameter-monitor.ts";
import { ProfileGeneric } from "./classes/profile-generic.ts";
import { PushSetupV0, PushSetupV1, PushSetupV2 } from "./classes/push-setup.ts";
import { Register } from "./classes/register.ts";
import { RegisterActivation } from "./classes/register-activation.ts";
import { RegisterMonitor } from "./classes/register-monitor.ts";
import { SapAssignment } from "./classes/sap-assignment.ts";
import { Schedule } from "./classes/schedule.ts";
import { ScriptTable } from "./classes/script-table.ts";
import { SecuritySetupV0, SecuritySetupV1 } from "./classes/security-setup.ts";
import { SingleActionSchedule } from "./classes/single-action-schedule.ts";
import { SpecialDaysTable } from "./classes/special-days-table.ts";
import { StatusMapping } from "./classes/status-mapping.ts";
import { StsAttributes } from "./classes/sts-attributes.ts";
import { TcpUdpSetup } from "./classes/tcp-udp-setup.ts";
import { TokenGateway } from "./classes/token-gateway.ts";
import { UtilityTables } from "./classes/utility-tables.ts";
import type { CosemClass } from "./define.ts";

/** Every interface class this stack knows, in order of class id. */
export const cosemClasses: readonly CosemClass[] = [
  Data,
  Register,
  ExtendedRegister,
  DemandRegister,
  RegisterActivation,
  ProfileGeneric,
  Clock,
  ScriptTable,
  Schedule,
  SpecialDaysTable,
  AssociationSn,
  AssociationLn,
  SapAssignment,
  ImageTransfer,
  IecLocalPortSetup,
  ActivityCalendar,
  RegisterMonitor,
  SingleActionSchedule,
  IecHdlcSetup,
  UtilityTables,
  ModemConfiguration,
  AutoAnswer,
  AutoConnect,
  PushSetupV0,
  PushSetupV1,
  PushSetupV2,
  TcpUdpSetup,
  Ipv4Setup,
  MacAddressSetup,
  GprsModemSetup,
  GsmDiagnostic,
  CompactDataV0,
  CompactDataV1,
  StatusMapping,
  SecuritySetupV0,
  SecuritySetupV1,
  ParameterMonitorV0,
  ParameterMonitorV1,
  DisconnectControl,
  Limiter,
  NtpSetup,
  Account,
  Credit,
  Charge,
  TokenGateway,
  StsAttributes,
  FunctionControl,
  CommunicationPortProtection,
];

/**
 * The class with this id. Where the version is not known, or not one of ours, the nearest lower version serves, then
 * the lowest: attributes keep their meaning from version to version, new ones are added behind.
 */
export function findClass(classId: number, version?: number): CosemClass | undefined {
  const versions = cosemClasses.filter((candidate) => candidate.classId === classId).sort((a, b) => b.version - a.version);
  return versions.find((candidate) => version === undefined || candidate.version <= version) ?? versions.at(-1);
}
