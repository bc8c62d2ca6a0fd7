import { readBerLength } from "../../dlms/acse/ber.ts";
import { DecodeError } from "../../errors.ts";
import type { Located } from "../located.ts";
import type { Annotator } from "./annotator.ts";
import { FieldMarker } from "./field-marker.ts";
import { meaningOf } from "./meaning.ts";

/** A field of an ACSE APDU: its name in the standard, and the member of the decoded value that says what it holds. */
type AcseField = readonly [name: string, member?: string];

const userInformationTag = 0xbe;

/** Fields by tag (Green Book 9.4.2); the decoded values leave some of them out. */
const fieldsOf: Readonly<Record<string, Readonly<Record<number, AcseField>>>> = {
  aarq: {
    128: ["protocol-version", "protocolVersion1"],
    161: ["application-context-name", "applicationContext"],
    162: ["called-AP-title"],
    163: ["called-AE-qualifier"],
    164: ["called-AP-invocation-id"],
    165: ["called-AE-invocation-id"],
    166: ["calling-AP-title", "callingApTitle"],
    167: ["calling-AE-qualifier", "callingAeQualifier"],
    168: ["calling-AP-invocation-id"],
    169: ["calling-AE-invocation-id", "callingAeInvocationId"],
    138: ["sender-acse-requirements", "authenticationRequired"],
    139: ["mechanism-name", "mechanism"],
    172: ["calling-authentication-value"],
    189: ["implementation-information"],
    [userInformationTag]: ["user-information"],
  },
  aare: {
    128: ["protocol-version", "protocolVersion1"],
    161: ["application-context-name", "applicationContext"],
    162: ["result", "result"],
    163: ["result-source-diagnostic", "diagnostic"],
    164: ["responding-AP-title", "respondingApTitle"],
    165: ["responding-AE-qualifier", "respondingAeQualifier"],
    166: ["responding-AP-invocation-id"],
    167: ["responding-AE-invocation-id"],
    136: ["responder-acse-requirements", "authenticationRequired"],
    137: ["mechanism-name", "mechanism"],
    170: ["responding-authentication-value"],
    189: ["implementation-information"],
    [userInformationTag]: ["user-information"],
  },
  rlrq: { 128: ["reason", "reason"], [userInformationTag]: ["user-information"] },
  rlre: { 128: ["reason", "reason"], [userInformationTag]: ["user-information"] },
  abrt: { 128: ["abort-source", "source"], [userInformationTag]: ["user-information"] },
};

/** Tags whose contents are passwords, or challenges and answers to them. */
const secretTags: ReadonlySet<number> = new Set([0xac, 0xaa]);

/**
 * Marks the fields of an ACSE APDU.
 * @param value the decoded APDU
 * @param inside octets at the end that are explained for themselves: the xDLMS APDU in the user information
 */
export function markAcse(annotator: Annotator, source: Located, type: string, value: object, depth: number, inside = 0): void {
  const marker = new FieldMarker(source, annotator, { start: source.length - inside, end: source.length });
  const { reader } = marker;
  try {
    reader.skip(1);
    const length = readBerLength(reader, type);
    marker.mark(depth, { field: "APDU", meaning: `${type}, ${length} octets` });
    while (reader.remaining > 0) {
      const tag = reader.u8(type);
      const [field, member] = fieldsOf[type]?.[tag] ?? [`field ${tag.toString(16)}`];
      reader.skip(readBerLength(reader, type), type);
      const meaning = member === undefined ? undefined : meaningOf((value as Readonly<Record<string, unknown>>)[member]);
      marker.mark(depth + 1, { field, meaning, secret: secretTags.has(tag) });
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    // The lengths of an RLRE are often wrong, so its end need not be where they say.
    marker.markRest(depth + 1, { field: "user-information" });
  }
}
