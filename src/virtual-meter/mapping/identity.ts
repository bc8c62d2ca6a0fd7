import { SapAssignment } from "../../cosem-objects/classes/sap-assignment.ts";
import { bind, type CosemObject } from "../../cosem-objects/object.ts";
import type { MeterIdentity } from "../identity.ts";
import { ascii, text } from "./data-object.ts";
import { quantities, register } from "./quantity.ts";

/** Who the meter is: names, numbers, versions, ratings. */
export function identityObjects(identity: MeterIdentity): readonly CosemObject[] {
  return [
    text("0.0.42.0.0.255", identity.logicalDeviceName),
    bind(SapAssignment, {
      logicalName: "0.0.41.0.0.255",
      attributes: { sapAssignmentList: [{ sap: identity.managementSap, logicalDeviceName: ascii(identity.logicalDeviceName) }] },
    }),
    text("0.0.96.1.0.255", identity.serialNumber),
    text("0.0.96.1.1.255", identity.decoderReferenceNumber),
    text("0.0.96.1.2.255", identity.model),
    text("0.0.96.1.3.255", identity.manufacturerName),
    text("1.0.0.2.0.255", identity.firmware.metrology),
    text("1.1.0.2.0.255", identity.firmware.application),
    register("1.0.0.3.0.255", quantities.activeConstant, () => identity.pulseConstant * 1000),
    register("1.0.0.3.1.255", quantities.reactiveConstant, () => identity.pulseConstant * 1000),
    register("1.0.0.6.0.255", quantities.ratedVoltage, () => identity.rating.voltage),
    register("1.0.0.6.1.255", quantities.ratedCurrent, () => identity.rating.basicCurrent),
    register("1.0.0.6.2.255", quantities.ratedFrequency, () => identity.rating.frequency),
    register("1.0.0.6.3.255", quantities.ratedCurrent, () => identity.rating.maximumCurrent),
  ];
}
