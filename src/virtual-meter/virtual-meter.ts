import { LogicalDevice } from "../cosem-objects/logical-device.ts";
import type { CosemObject, LinkKind } from "../cosem-objects/object.ts";
import type { AttemptLimiter, ServerAuthentication } from "../dlms/association/server-options.ts";
import type { Meter } from "../meter-model/index.ts";
import { type AssociationDeclaration, AssociationTable } from "../server/associations.ts";
import { DlmsServer, type DlmsServerOptions, type OwnObjects } from "../server/dlms-server.ts";
import { DeviceObjects } from "./device-objects.ts";
import type { MeterIdentity } from "./identity.ts";
import {
  associationObjects,
  type ForeignAssociation,
  foreignAssociationObject,
  shortNameAssociationObjects,
} from "./mapping/association.ts";
import { automationObjects } from "./mapping/automation/automation-objects.ts";
import { billingObjects } from "./mapping/billing.ts";
import { clockObjects } from "./mapping/clock.ts";
import { compactDataObjects } from "./mapping/compact-data.ts";
import { demandObjects } from "./mapping/demand.ts";
import { disconnectObjects } from "./mapping/disconnect.ts";
import { energyObjects } from "./mapping/energy.ts";
import { eventObjects } from "./mapping/events.ts";
import { imageTransferObjects } from "./mapping/firmware/image-transfer.ts";
import { FunctionSwitches } from "./mapping/function-control.ts";
import { identityObjects } from "./mapping/identity.ts";
import { invocationCounterObjects } from "./mapping/invocation-counters.ts";
import { limiterObjects } from "./mapping/limiter.ts";
import { listObjects } from "./mapping/lists.ts";
import { maintenanceObjects } from "./mapping/maintenance.ts";
import { paymentObjects } from "./mapping/payment/payment-objects.ts";
import { portProtectionObjects } from "./mapping/port-protection.ts";
import { powerQualityObjects } from "./mapping/power-quality.ts";
import { type ProfileEncodings, profileObjects } from "./mapping/profiles.ts";
import { securityObjects } from "./mapping/security.ts";
import { setupObjects } from "./mapping/setups/setup-objects.ts";
import { statusObjects } from "./mapping/status.ts";
import { stepTariffObjects } from "./mapping/step-tariff.ts";
import { supplyObjects } from "./mapping/supply.ts";
import { tamperObjects } from "./mapping/tamper.ts";
import { tariffObjects } from "./mapping/tariff.ts";
import { utilityTableObjects } from "./mapping/utility-table.ts";
import { logged } from "./programming-log.ts";
import { Pushes } from "./push/pushes.ts";
import { associationNames, type MeterRole, meterAccess, meterShortNames } from "./roles.ts";
import type { AssociationKeys } from "./security/association-keys.ts";
import type { SecuritySetup } from "./security/security-setup.ts";

/** An association of the meter: the client, what it may do, how it proves itself, and the keys that protect it. */
export interface MeterAssociation extends AssociationDeclaration {
  readonly role: MeterRole;
  /** The security setup and what it protects with; undefined in clear. */
  readonly setup?: SecuritySetup;
  readonly security?: AssociationKeys;
}

/** Every object that the meter shows, in the order of the object list. */
export function meterObjects(
  meter: Meter,
  identity: MeterIdentity,
  profileEncodings: ProfileEncodings = {},
  pushes: Pushes = mutePushes(meter),
): readonly CosemObject[] {
  const objects = new DeviceObjects();
  const switches = new FunctionSwitches(meter);
  const controlled = [
    ...identityObjects(identity, meter),
    ...setupObjects(meter),
    ...clockObjects(meter),
    ...maintenanceObjects(meter),
    ...statusObjects(meter),
    ...energyObjects(meter),
    ...demandObjects(meter),
    ...supplyObjects(meter),
    ...powerQualityObjects(meter.powerQuality),
    ...tamperObjects(meter, meter.tampers),
    ...disconnectObjects(meter),
    ...limiterObjects(meter, meter.limiters, meter.overload),
    ...eventObjects(meter),
    ...tariffObjects(meter),
    ...stepTariffObjects(meter),
    ...paymentObjects(meter),
    ...billingObjects(meter),
    ...profileObjects(meter, profileEncodings),
    ...imageTransferObjects(meter),
    ...automationObjects(meter, objects),
    ...portProtectionObjects(meter),
    ...pushes.objects(objects),
    ...listObjects(meter, objects),
    ...compactDataObjects(meter, objects),
    ...utilityTableObjects(identity),
  ];
  objects.add([...controlled.map((object) => switches.control(object)), switches.object]);
  return objects.all;
}

export interface VirtualMeterOptions extends Omit<DlmsServerOptions, "logicalDevices" | "associations" | "ownObjects"> {
  readonly meter: Meter;
  readonly identity: MeterIdentity;
  readonly associations: readonly MeterAssociation[];
  /** How the rows of profiles are sent; plain by default. */
  readonly profileEncodings?: ProfileEncodings;
  /** What the meter pushes by itself; nothing goes out without. */
  readonly pushes?: Pushes;
}

/** A server that shows a meter of the domain as COSEM objects. The meter lives by itself, through a runner. */
export function virtualMeterServer(options: VirtualMeterOptions): DlmsServer {
  const { meter, identity, associations, profileEncodings = {}, pushes, observer = {}, ...server } = options;
  const setups = associations.flatMap(({ setup }) => (setup === undefined ? [] : [setup]));
  const ownObjects: OwnObjects = ({ role }, view, referencing) => {
    const setup = associations.find((one) => one.role === role)?.setup?.logicalName;
    return referencing === "short-name"
      ? shortNameAssociationObjects(view, meterShortNames, setup)
      : associationObjects(associationNames[role as MeterRole], view, setup);
  };
  const device: LogicalDevice = new LogicalDevice({
    sap: identity.managementSap,
    name: identity.logicalDeviceName,
    objects: [
      ...meterObjects(meter, identity, profileEncodings, pushes),
      ...securityObjects(setups),
      ...invocationCounterObjects(associations),
      ...associations.map((association) =>
        foreignAssociationObject({
          logicalName: associationNames[association.role],
          clientSap: association.clientSap,
          serverSap: identity.managementSap,
          ciphered: association.security !== undefined,
          mechanism: mechanismOf(association.authentication),
          securitySetup: association.setup?.logicalName,
          view: () => device.view(association.role, (view) => ownObjects(association, view, "logical-name")),
        }),
      ),
    ].map((object) => logged(object, meter)),
    access: meterAccess,
    shortNames: meterShortNames,
  });
  return new DlmsServer({
    portGuard: (link) => portGuard(meter, link),
    onInsecure: ({ code }) => meter.intrusions.note(code === "replayed" ? "replay" : "decryption"),
    ...server,
    observer: {
      ...observer,
      afterAnswer: () => {
        for (const setup of setups) if (setup.pending) setup.commit();
        observer.afterAnswer?.();
      },
    },
    logicalDevices: [device],
    associations: new AssociationTable(associations),
    ownObjects,
  });
}

function mechanismOf(authentication: ServerAuthentication): ForeignAssociation["mechanism"] {
  return authentication.mechanism === "hls" ? authentication.credentials.mechanism : authentication.mechanism;
}

/** Setups whose pushes go nowhere. */
function mutePushes(meter: Meter): Pushes {
  return new Pushes({
    meter,
    serverSap: 1,
    outlet: { send: () => Promise.resolve() },
    timers: { now: () => 0, schedule: () => () => undefined },
    random: () => 0,
  });
}

/** HDLC is what the optical port speaks. */
function portGuard({ ports, tampers }: Meter, link: LinkKind): AttemptLimiter {
  const port = link === "hdlc" ? ports.optical : ports.network;
  return {
    mayTry: () => port.status === "unlocked",
    failed: () => {
      if (port.failed()) tampers.attacked();
    },
    succeeded: () => port.reset(),
  };
}
