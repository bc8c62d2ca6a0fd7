import { arrayOf, doubleLongUnsigned, long64Unsigned, structure, unsigned, visibleString } from "../../dlms/axdr/data-schemas.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";

const meterPan = structure({
  issuerIdentificationNumber: doubleLongUnsigned,
  decoderReferenceNumber: long64Unsigned,
  panCheckDigit: unsigned,
});

/** IEC 62055-41 attributes, class 116 version 0 (Blue Book 4.6.6): the meter in its STS system, without any key. */
export const StsAttributes = defineClass({
  classId: 116,
  version: 0,
  name: "IEC 62055-41 attributes",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    meterPan: attribute(2, meterPan, "r", "number of the meter"),
    commodity: attribute(3, visibleString, "r", "what is metered"),
    tokenCarrierTypes: attribute(4, arrayOf(unsigned), "r", "how tokens reach the meter"),
    encryptionAlgorithm: attribute(5, unsigned, "r", "7 for STA, 11 for MISTY1"),
    supplyGroupCode: attribute(6, doubleLongUnsigned, "r", "supply group", { dynamic: true }),
    tariffIndex: attribute(7, unsigned, "r", "tariff index", { dynamic: true }),
    keyRevisionNumber: attribute(8, unsigned, "r", "revision of the vending key", { dynamic: true }),
    keyType: attribute(9, unsigned, "r", "type of the key", { dynamic: true }),
    keyExpiryNumber: attribute(10, unsigned, "r", "when the key expires", { dynamic: true }),
    keyChangeTokensSupported: attribute(11, unsigned, "r", "tokens of a key change that the meter takes"),
    stsCertificateNumber: attribute(12, visibleString, "r", "certificate of the meter"),
  },
  methods: {},
});
