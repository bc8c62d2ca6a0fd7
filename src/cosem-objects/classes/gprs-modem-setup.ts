import { longUnsigned, octetString, structure, unsigned } from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";

const qualityOfServiceElement = structure({
  precedence: unsigned,
  delay: unsigned,
  reliability: unsigned,
  peakThroughput: unsigned,
  meanThroughput: unsigned,
});

/** The least quality of service that is taken, and that which is asked for (3GPP TS 27.007). */
export const qualityOfService = structure({ least: qualityOfServiceElement, requested: qualityOfServiceElement });
export type QualityOfService = Infer<typeof qualityOfService>;

/** GPRS modem setup, class 45 version 0 (Blue Book 4.7.7). */
export const GprsModemSetup = defineClass({
  classId: 45,
  version: 0,
  name: "GPRS modem setup",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    apn: attribute(2, octetString, "rw", "access point name of the network"),
    pinCode: attribute(3, longUnsigned, "w", "PIN of the SIM"),
    qualityOfService: attribute(4, qualityOfService, "rw", "quality of service, least and requested"),
  },
  methods: {},
});
