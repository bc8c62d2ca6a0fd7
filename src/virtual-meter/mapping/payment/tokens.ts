import { bitString } from "../../../bytes/bit-string.ts";
import { ByteWriter } from "../../../bytes/byte-writer.ts";
import { StsAttributes } from "../../../cosem-objects/classes/sts-attributes.ts";
import { TokenGateway, tokenText } from "../../../cosem-objects/classes/token-gateway.ts";
import { bind, type CosemObject, type ObjectContext, refuse } from "../../../cosem-objects/object.ts";
import { tokenResultBits } from "../../../cosem-objects/token-results.ts";
import { decodeData } from "../../../dlms/axdr/data.ts";
import { unspecifiedDateTime } from "../../../dlms/axdr/date-time.ts";
import type { DlmsData } from "../../../dlms/axdr/dlms-data.ts";
import { type CaptureRows, type Meter, noDigits, type TokenDelivery, type TokenResult, tokenResults } from "../../../meter-model/index.ts";
import { pastDateTime } from "../clock.ts";
import { value } from "../columns.ts";
import { ascii, data } from "../data-object.ts";
import { type LogColumn, logObject, shown } from "../log-object.ts";
import { dateTimeOctets } from "../past-time.ts";
import { amountData, amountRegister } from "./amount.ts";

/** token_status by the result of the token: which of the four stages it failed at (Blue Book notes 1.32). */
const statusCodes = {
  accepted: "execution-ok",
  "first-kct": "execution-ok",
  "second-kct": "execution-ok",
  "third-kct": "execution-ok",
  "fourth-kct": "execution-ok",
  "old-error": "validation-failure",
  "used-error": "validation-failure",
  "key-expired-error": "validation-failure",
  "ddtk-error": "validation-failure",
  "overflow-error": "validation-failure",
  "key-type-error": "validation-failure",
  "format-error": "format-failure",
  "range-error": "validation-failure",
  "function-error": "validation-failure",
  "crc-error": "authentication-failure",
  "mfr-code-error": "authentication-failure",
  "locked-out": "execution-failure",
  "not-ready": "execution-failure",
} as const satisfies Readonly<Record<TokenResult, string>>;

/** Token carrier types of IEC 62055-41 that the meter takes: numeric, and virtual over a network. */
const tokenCarrierTypes = [2, 7];

/** Where tokens are entered, where they went, and what the meter is in its STS system. */
export function tokenObjects(meter: Meter): readonly CosemObject[] {
  const { tokens } = meter;
  return [
    gateway(meter),
    stsAttributes(meter),
    amountRegister(meter, "0.0.96.60.9.255", () => tokens.lastCredit?.amount ?? 0),
    data("0.0.96.60.10.255", () => ({ type: "octet-string", value: dateTimeOctets(meter, tokens.last?.at) })),
    data("0.0.96.60.11.255", () => ({ type: "double-long-unsigned", value: tokens.lastCredit?.tokenIdentifier ?? 0 })),
    data("0.0.96.60.12.255", () => ({ type: "double-long-unsigned", value: tokens.accepted })),
    data("0.0.96.60.13.255", () => ({ type: "double-long-unsigned", value: tokens.rejected })),
    logObject(meter, {
      logicalName: "0.0.99.15.0.255",
      rows: () => tokens.credits,
      capacity: tokens.credits.capacity,
      columns: [
        digits,
        shown(2, value(115, gatewayName, 5), enumeration),
        shown(3, value(3, "0.0.96.60.9.255", 2), amountData),
        shown(4, value(3, "0.0.96.60.0.255", 2), amountData),
        shown(5, value(1, "0.0.96.60.11.255", 2), whole),
        shown(6, value(3, "1.0.1.8.0.255", 2), whole),
      ],
      clear: () => tokens.clear("credits"),
    }),
    logObject(meter, {
      logicalName: "0.0.99.17.0.255",
      rows: () => tokens.transfers,
      capacity: tokens.transfers.capacity,
      columns: [
        digits,
        shown(2, value(115, gatewayName, 5), enumeration),
        shown(3, value(115, gatewayName, 6), (result) => statusData(tokenResults[result] ?? "format-error")),
      ],
      clear: () => tokens.clear("transfers"),
    }),
  ];
}

const gatewayName = "0.0.19.40.0.255";

function gateway(meter: Meter): CosemObject {
  const { tokens } = meter;
  return bind(TokenGateway, {
    logicalName: gatewayName,
    attributes: {
      token: () => ascii(tokens.last?.digits ?? ""),
      tokenTime: () => (tokens.last === undefined ? unspecifiedDateTime : pastDateTime(meter, tokens.last.at)),
      tokenDescription: () => (tokens.last?.service === undefined ? [] : [ascii(tokens.last.service)]),
      tokenDeliveryMethod: () => tokens.last?.delivery ?? "remote",
      tokenStatus: () => status(tokens.last?.result),
    },
    methods: {
      // Whatever becomes of the token, it was entered; only a meter that takes none now says so.
      enter: (octets, context) =>
        tokens.enter(tokenText(octets), deliveryOf(context)).result === "not-ready" ? refuse("temporary-failure") : undefined,
    },
  });
}

/** HDLC is what the optical port speaks. */
function deliveryOf({ link }: ObjectContext): TokenDelivery {
  return link === "hdlc" ? "local" : "remote";
}

function status(result: TokenResult | undefined) {
  const bit = (tokenResultBits as readonly (TokenResult | undefined)[]).indexOf(result);
  const dataValue = bitString(tokenResultBits.length, bit < 0 ? [] : [bit]);
  return { statusCode: result === undefined ? "format-ok" : statusCodes[result], dataValue } as const;
}

function statusData(result: TokenResult): DlmsData {
  const writer = new ByteWriter(8);
  TokenGateway.attributes.tokenStatus.schema.write(writer, status(result));
  return decodeData(writer.finish());
}

/** The token of a row, which keeps it as two numbers of ten digits. */
const digits: LogColumn = {
  object: value(115, gatewayName, 2),
  cell: (entries: CaptureRows, row: number) => {
    const halves = [entries.valueAt(row, 0), entries.valueAt(row, 1)];
    const text = halves.includes(noDigits) ? "" : halves.map((half) => String(half).padStart(10, "0")).join("");
    return { type: "octet-string", value: ascii(text) };
  },
};

const whole = (count: number): DlmsData => ({ type: "double-long-unsigned", value: count });
const enumeration = (delivery: number): DlmsData => ({ type: "enum", value: delivery });

function stsAttributes({ tokens }: Meter): CosemObject {
  const pan = tokens.config?.pan;
  const key = () => tokens.key;
  return bind(StsAttributes, {
    logicalName: "0.0.19.60.0.255",
    attributes: {
      meterPan: {
        issuerIdentificationNumber: Number(pan?.issuer ?? 0),
        decoderReferenceNumber: BigInt(pan?.decoderReferenceNumber ?? 0),
        panCheckDigit: Number(pan?.digits.at(-1) ?? 0),
      },
      commodity: "electricity",
      tokenCarrierTypes,
      encryptionAlgorithm: Number(tokens.config?.algorithm.code ?? 0),
      supplyGroupCode: () => key()?.supplyGroupCode ?? 0,
      tariffIndex: () => key()?.tariffIndex ?? 0,
      keyRevisionNumber: () => key()?.keyRevisionNumber ?? 0,
      keyType: () => key()?.keyType ?? 0,
      keyExpiryNumber: () => key()?.keyExpiryNumber ?? 0,
      keyChangeTokensSupported: tokens.config?.algorithm.code === "11" ? 4 : 3,
      // Not certified.
      stsCertificateNumber: "",
    },
  });
}
