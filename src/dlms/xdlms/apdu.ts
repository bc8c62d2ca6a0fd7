import { ByteReader } from "../../bytes/byte-reader.ts";
import { ByteWriter } from "../../bytes/byte-writer.ts";
import { DecodeError } from "../../errors.ts";
import type { Infer, Schema, TypeDescription } from "../axdr/schema.ts";
import { choice } from "../axdr/untagged.ts";
import { accessRequest, accessResponse } from "./access.ts";
import { actionRequest, actionResponse } from "./action.ts";
import { confirmedServiceError, exceptionResponse } from "./exception.ts";
import { gatewayPrefix } from "./gateway.ts";
import { generalBlockTransfer } from "./general-block-transfer.ts";
import { getRequest, getResponse } from "./get.ts";
import { initiateRequest, initiateResponse } from "./initiate.ts";
import { dataNotification, dataNotificationConfirm, eventNotification } from "./notification.ts";
import { setRequest, setResponse } from "./set.ts";
import { informationReport, readRequest, readResponse, writeRequest, writeResponse } from "./short-name.ts";
import { apduTags } from "./tags.ts";

/*
 * The plain xDLMS APDUs by table: outer tag, then the alternative. ACSE APDUs are BER and live in `acse`.
 */

const requestsAndResponses = {
  "get-request": choice("Get-Request", {
    "get-request-normal": [1, getRequest.normal],
    "get-request-next": [2, getRequest.next],
    "get-request-with-list": [3, getRequest.withList],
  }),
  "get-response": choice("Get-Response", {
    "get-response-normal": [1, getResponse.normal],
    "get-response-with-datablock": [2, getResponse.withDatablock],
    "get-response-with-list": [3, getResponse.withList],
  }),
  "set-request": choice("Set-Request", {
    "set-request-normal": [1, setRequest.normal],
    "set-request-with-first-datablock": [2, setRequest.withFirstDatablock],
    "set-request-with-datablock": [3, setRequest.withDatablock],
    "set-request-with-list": [4, setRequest.withList],
    "set-request-with-list-and-first-datablock": [5, setRequest.withListAndFirstDatablock],
  }),
  "set-response": choice("Set-Response", {
    "set-response-normal": [1, setResponse.normal],
    "set-response-datablock": [2, setResponse.datablock],
    "set-response-last-datablock": [3, setResponse.lastDatablock],
    "set-response-last-datablock-with-list": [4, setResponse.lastDatablockWithList],
    "set-response-with-list": [5, setResponse.withList],
  }),
  "action-request": choice("Action-Request", {
    "action-request-normal": [1, actionRequest.normal],
    "action-request-next-pblock": [2, actionRequest.nextPblock],
    "action-request-with-list": [3, actionRequest.withList],
    "action-request-with-first-pblock": [4, actionRequest.withFirstPblock],
    "action-request-with-list-and-first-pblock": [5, actionRequest.withListAndFirstPblock],
    "action-request-with-pblock": [6, actionRequest.withPblock],
  }),
  "action-response": choice("Action-Response", {
    "action-response-normal": [1, actionResponse.normal],
    "action-response-with-pblock": [2, actionResponse.withPblock],
    "action-response-with-list": [3, actionResponse.withList],
    "action-response-next-pblock": [4, actionResponse.nextPblock],
  }),
} as const;

const single = {
  "initiate-request": only("initiate-request", initiateRequest),
  "initiate-response": only("initiate-response", initiateResponse),
  "confirmed-service-error": only("confirmed-service-error", confirmedServiceError),
  "read-request": only("read-request", readRequest),
  "read-response": only("read-response", readResponse),
  "write-request": only("write-request", writeRequest),
  "write-response": only("write-response", writeResponse),
  "unconfirmed-write-request": only("unconfirmed-write-request", writeRequest),
  "information-report-request": only("information-report-request", informationReport),
  "data-notification": only("data-notification", dataNotification),
  "data-notification-confirm": only("data-notification-confirm", dataNotificationConfirm),
  "event-notification-request": only("event-notification-request", eventNotification),
  "exception-response": only("exception-response", exceptionResponse),
  "access-request": only("access-request", accessRequest),
  "access-response": only("access-response", accessResponse),
  "general-block-transfer": only("general-block-transfer", generalBlockTransfer),
  "gateway-request": only("gateway-request", gatewayPrefix),
  "gateway-response": only("gateway-response", gatewayPrefix),
} as const;

const apdus = { ...requestsAndResponses, ...single };

/** Any plain xDLMS APDU, told apart by `type`. Octet strings are views of the source. */
export type Apdu = Infer<(typeof apdus)[keyof typeof apdus]>;

/** The APDUs of one kind: `ApduOf<"get-request-normal">`. */
export type ApduOf<T extends Apdu["type"]> = Apdu & { readonly type: T };

interface Entry {
  readonly tag: number;
  readonly schema: Schema<unknown>;
  readonly description: TypeDescription;
}

const byTag = new Map<number, Schema<unknown>>();
const byType = new Map<string, Entry>();
for (const [kind, schema] of Object.entries(apdus)) {
  const tag = apduTags[kind as keyof typeof apdus].plain;
  byTag.set(tag, schema);
  for (const alternative of schema.type.alternatives ?? []) byType.set(alternative.name, { tag, schema, description: alternative });
}

/**
 * The APDU at the reader's position; whatever stands behind it is left.
 * @throws DecodeError `bad-tag` for an APDU that is not in the table, ciphered ones included
 */
export function readApdu(reader: ByteReader): Apdu {
  const start = reader.offset;
  const tag = reader.u8("APDU");
  const schema = byTag.get(tag);
  if (schema === undefined) {
    throw new DecodeError(
      "bad-tag",
      "APDU",
      start,
      `APDU: unknown or unexpected tag ${tag.toString(16).padStart(2, "0")}, at offset ${start}`,
    );
  }
  return schema.read(reader) as Apdu;
}

/** One APDU and nothing behind it. @throws DecodeError as {@link readApdu} */
export function decodeApdu(bytes: Uint8Array): Apdu {
  const reader = new ByteReader(bytes);
  const apdu = readApdu(reader);
  reader.expectEnd(apdu.type);
  return apdu;
}

/** Appends an APDU. */
export function writeApdu(writer: ByteWriter, apdu: Apdu): void {
  const entry = byType.get(apdu.type) as Entry;
  writer.u8(entry.tag);
  entry.schema.write(writer, apdu);
}

/** The fields of an APDU as they are declared. */
export function describeApdu(type: Apdu["type"]): TypeDescription {
  return (byType.get(type) as Entry).description;
}

/** Shared by all calls: encoding never waits, so none can be under way when the next begins. */
const scratch = new ByteWriter(4096);

/** An APDU as octets of its own. */
export function encodeApdu(apdu: Apdu): Uint8Array {
  scratch.truncate(0);
  writeApdu(scratch, apdu);
  return scratch.finish();
}

/** An APDU without alternatives, as a choice of one without a tag. */
function only<K extends string, T extends object>(type: K, schema: Schema<T>): Schema<{ readonly type: K } & T> {
  return {
    type: { name: type, alternatives: [{ ...schema.type, name: type }] },
    read: (reader) => ({ ...schema.read(reader), type }),
    write: (writer, value) => schema.write(writer, value),
  };
}
