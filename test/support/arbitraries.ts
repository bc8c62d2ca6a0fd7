import fc from "fast-check";
import { type BitString, bitString } from "../../src/bytes/bit-string.ts";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import type { LogicalName } from "../../src/cosem-objects/logical-name.ts";
import type { Aare, Aarq, Abrt, Release } from "../../src/dlms/acse/apdus.ts";
import { associationResults, providerDiagnostics, userDiagnostics } from "../../src/dlms/acse/apdus.ts";
import { applicationContexts, authenticationMechanisms } from "../../src/dlms/acse/object-identifiers.ts";
import { encodeData } from "../../src/dlms/axdr/data.ts";
import type { CosemDateTime } from "../../src/dlms/axdr/date-time.ts";
import type { CompactArray, DlmsData, ElementDescription } from "../../src/dlms/axdr/dlms-data.ts";
import type { ScalarType, ScalarValues } from "../../src/dlms/axdr/scalar.ts";
import type { Schema } from "../../src/dlms/axdr/schema.ts";
import type { AccessResult, AccessSpecification } from "../../src/dlms/xdlms/access.ts";
import type { Apdu, ApduOf } from "../../src/dlms/xdlms/apdu.ts";
import { type Conformance, type ConformanceName, conformance as conformanceSchema } from "../../src/dlms/xdlms/conformance.ts";
import { actionResult, dataAccessResult } from "../../src/dlms/xdlms/results.ts";
import type { ReadResult, VariableAccess, WriteResult } from "../../src/dlms/xdlms/short-name.ts";

/*
 * Generators of whatever the codecs carry. Every value is one that decoding could give: a number with a name is never
 * generated as a number, a field that is "not specified" is undefined.
 */

const u8 = fc.integer({ min: 0, max: 0xff });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffffffff });
const i8 = fc.integer({ min: -0x80, max: 0x7f });
const i16 = fc.integer({ min: -0x8000, max: 0x7fff });
const i32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });

/** Octets, now and then more than a length of one octet counts. */
export const octets = fc.oneof(
  { weight: 9, arbitrary: fc.uint8Array({ maxLength: 20 }) },
  fc.uint8Array({ minLength: 120, maxLength: 300 }),
);

const bits: fc.Arbitrary<BitString> = fc.array(fc.boolean(), { maxLength: 40 }).map((flags) =>
  bitString(
    flags.length,
    flags.flatMap((set, index) => (set ? [index] : [])),
  ),
);

const latin1 = fc.string({ unit: u8.map((code) => String.fromCharCode(code)), maxLength: 20 });

/** A value of each simple type. */
export const scalars: { readonly [T in ScalarType]: fc.Arbitrary<ScalarValues[T]> } = {
  "null-data": fc.constant(null),
  "dont-care": fc.constant(null),
  boolean: fc.boolean(),
  "bit-string": bits,
  "double-long": i32,
  "double-long-unsigned": u32,
  "floating-point": fc.float(),
  "octet-string": octets,
  "visible-string": latin1,
  "utf8-string": fc.string({ unit: "binary", maxLength: 20 }),
  bcd: u8,
  integer: i8,
  long: i16,
  unsigned: u8,
  "long-unsigned": u16,
  long64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  "long64-unsigned": fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  enum: u8,
  float32: fc.float(),
  float64: fc.double(),
  "date-time": fc.uint8Array({ minLength: 12, maxLength: 12 }),
  date: fc.uint8Array({ minLength: 5, maxLength: 5 }),
  time: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  "delta-integer": i8,
  "delta-long": i16,
  "delta-double-long": i32,
  "delta-unsigned": u8,
  "delta-long-unsigned": u16,
  "delta-double-long-unsigned": u32,
};

const scalarTypes = Object.keys(scalars) as ScalarType[];
const typesWithWidth = scalarTypes.filter((type) => type !== "null-data" && type !== "dont-care");

function scalarOf(type: ScalarType): fc.Arbitrary<DlmsData> {
  return (scalars[type] as fc.Arbitrary<unknown>).map((value) => ({ type, value }) as DlmsData);
}

/** Types of elements that take at least one octet, which a compact-array needs to count its rows. */
const elementDescription: fc.Arbitrary<ElementDescription> = fc.letrec<{ element: ElementDescription }>((tie) => ({
  element: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...typesWithWidth).map((type): ElementDescription => ({ type })),
    fc.record({ type: fc.constant("array" as const), count: fc.integer({ min: 1, max: 3 }), element: tie("element") }),
    fc.record({ type: fc.constant("structure" as const), elements: fc.array(tie("element"), { minLength: 1, maxLength: 3 }) }),
  ),
})).element;

function dataOf(description: ElementDescription): fc.Arbitrary<DlmsData> {
  switch (description.type) {
    case "array":
      return fc
        .array(dataOf(description.element), { minLength: description.count, maxLength: description.count })
        .map((value) => ({ type: "array", value }));
    case "structure":
      return fc.tuple(...description.elements.map(dataOf)).map((value) => ({ type: "structure", value }));
    default:
      return scalarOf(description.type);
  }
}

const compactArray: fc.Arbitrary<CompactArray> = elementDescription.chain((element) =>
  fc.array(dataOf(element), { maxLength: 4 }).map((rows) => ({ element, rows })),
);

/** Any tagged value, a few levels deep. */
export const dlmsData: fc.Arbitrary<DlmsData> = fc.letrec<{ data: DlmsData }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(...scalarTypes).chain(scalarOf),
    fc.record({ type: fc.constantFrom("array" as const, "structure" as const), value: fc.array(tie("data"), { maxLength: 4 }) }),
    fc.record({ type: fc.constant("compact-array" as const), value: compactArray }),
  ),
})).data;

/** Octets of one tagged value. */
export const rawData = dlmsData.map(encodeData);

function specified(max: number): fc.Arbitrary<number | undefined> {
  return fc.option(fc.integer({ min: 0, max: max - 1 }), { nil: undefined });
}

/** Twelve octets in any combination, wildcards and nonsense included. */
export const dateTime: fc.Arbitrary<CosemDateTime> = fc.record({
  year: specified(0xffff),
  month: specified(0xff),
  dayOfMonth: specified(0xff),
  dayOfWeek: specified(0xff),
  hour: specified(0xff),
  minute: specified(0xff),
  second: specified(0xff),
  hundredths: specified(0xff),
  deviation: fc.option(fc.integer({ min: -0x7fff, max: 0x7fff }), { nil: undefined }),
  clockStatus: specified(0xff),
});

/** ms UTC on a hundredth of a second, 1970 to the end of unsigned seconds in 2106. */
export const instant = fc.integer({ min: 0, max: 0xffffffff * 100 + 99 }).map((hundredths) => hundredths * 10);

export const logicalName = fc.tuple(u8, u8, u8, u8, u8, u8).map((groups) => groups.join(".") as LogicalName);

const conformanceNames = [
  ...conformanceSchema.read(new ByteReader(Uint8Array.of(0x5f, 0x1f, 4, 0, 0xff, 0xff, 0xff))),
] as readonly ConformanceName[];

export const conformance: fc.Arbitrary<Conformance> = fc.subarray([...conformanceNames]).map((names) => new Set(names));

/** A name of an enumeration, or a number that has none. */
function enumerated<T>(schema: Schema<T>): fc.Arbitrary<T> {
  return named(schema.type.values as Readonly<Record<string, number>>) as fc.Arbitrary<unknown> as fc.Arbitrary<T>;
}

function named<Names extends Readonly<Record<string, number>>>(names: Names): fc.Arbitrary<(keyof Names & string) | number> {
  const taken = new Set(Object.values(names));
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...Object.keys(names)) },
    fc.integer({ min: 0, max: 0x7f }).filter((value) => !taken.has(value)),
  );
}

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });

const invoke = fc.record({
  invokeId: fc.integer({ min: 0, max: 15 }),
  confirmed: fc.boolean(),
  highPriority: fc.boolean(),
  reserved: fc.integer({ min: 0, max: 3 }),
});
const longInvoke = fc.record({
  longInvokeId: fc.integer({ min: 0, max: 0xffffff }),
  selfDescriptive: fc.boolean(),
  breakOnError: fc.boolean(),
  confirmed: fc.boolean(),
  highPriority: fc.boolean(),
  reserved: fc.integer({ min: 0, max: 15 }),
});
const instance = fc.uint8Array({ minLength: 6, maxLength: 6 });
const attribute = fc.record({ classId: u16, logicalName: instance, attributeId: i8 });
const method = fc.record({ classId: u16, logicalName: instance, methodId: i8 });
const selection = optional(fc.record({ selector: u8, parameters: rawData }));
const attributes = fc.array(fc.record({ attribute, selection }), { maxLength: 4 });
const methods = fc.array(method, { maxLength: 4 });
const values = fc.array(rawData, { maxLength: 4 });
const block = fc.record({ lastBlock: fc.boolean(), blockNumber: u32, raw: octets });
const accessResult = enumerated(dataAccessResult);
const getResult = fc.oneof(
  rawData.map((data) => ({ data })),
  accessResult.map((error) => ({ error })),
);
const outcome = fc.record({ result: enumerated(actionResult), returned: optional(getResult) });

type Fields<T extends Apdu["type"]> = Omit<ApduOf<T>, "type">;

/** One of the alternatives of a choice. */
function alternative<T extends string>(
  type: T,
  fields: Readonly<Record<string, fc.Arbitrary<unknown>>>,
): fc.Arbitrary<{ readonly type: T }> {
  return fc.record(fields).map((value) => ({ ...value, type }));
}

const selected = fc.record({ selector: u8, parameters: rawData });

const accessSpecifications = fc.array(
  fc.oneof(
    alternative("access-request-get", { attribute }),
    alternative("access-request-set", { attribute }),
    alternative("access-request-action", { method }),
    alternative("access-request-get-with-selection", { attribute, selection: selected }),
    alternative("access-request-set-with-selection", { attribute, selection: selected }),
  ),
  { maxLength: 4 },
) as fc.Arbitrary<unknown> as fc.Arbitrary<readonly AccessSpecification[]>;

const accessResults = fc.array(
  fc.oneof(
    alternative("access-response-get", { result: accessResult }),
    alternative("access-response-set", { result: accessResult }),
    alternative("access-response-action", { result: enumerated(actionResult) }),
  ),
  { maxLength: 4 },
) as fc.Arbitrary<unknown> as fc.Arbitrary<readonly AccessResult[]>;

const specifications = fc.array(
  fc.oneof(
    alternative("variable-name", { variableName: u16 }),
    alternative("parameterized-access", { variableName: u16, selector: u8, parameters: rawData }),
    alternative("block-number-access", { blockNumber: u16 }),
    alternative("read-data-block-access", { lastBlock: fc.boolean(), blockNumber: u16, raw: octets }),
    alternative("write-data-block-access", { lastBlock: fc.boolean(), blockNumber: u16 }),
  ),
  { maxLength: 4 },
) as fc.Arbitrary<unknown> as fc.Arbitrary<readonly VariableAccess[]>;

const readResults = fc.array(
  fc.oneof(
    alternative("data", { data: rawData }),
    alternative("data-access-error", { error: accessResult }),
    alternative("data-block-result", { lastBlock: fc.boolean(), blockNumber: u16, raw: octets }),
    alternative("block-number", { blockNumber: u16 }),
  ),
  { maxLength: 4 },
) as fc.Arbitrary<unknown> as fc.Arbitrary<readonly ReadResult[]>;

const writeResults = fc.array(
  fc.oneof(
    alternative("success", {}),
    alternative("data-access-error", { error: accessResult }),
    alternative("block-number", { blockNumber: u16 }),
  ),
  { maxLength: 4 },
) as fc.Arbitrary<unknown> as fc.Arbitrary<readonly WriteResult[]>;

const gateway = { networkId: u8, physicalDeviceAddress: octets, apdu: octets };

function apduOf<T extends Apdu["type"]>(
  type: T,
  fields: { readonly [K in keyof Fields<T>]: fc.Arbitrary<Fields<T>[K]> },
): fc.Arbitrary<Apdu> {
  return fc.record(fields).map((value) => ({ ...value, type }) as unknown as Apdu);
}

/** One generator for each APDU there is. */
export const apdus: { readonly [T in Apdu["type"]]: fc.Arbitrary<Apdu> } = {
  "initiate-request": apduOf("initiate-request", {
    dedicatedKey: optional(octets),
    responseAllowed: fc.boolean(),
    proposedQualityOfService: optional(i8),
    proposedDlmsVersionNumber: u8,
    proposedConformance: conformance,
    clientMaxReceivePduSize: u16,
  }),
  "initiate-response": apduOf("initiate-response", {
    negotiatedQualityOfService: optional(i8),
    negotiatedDlmsVersionNumber: u8,
    negotiatedConformance: conformance,
    serverMaxReceivePduSize: u16,
    vaaName: u16,
  }),
  "get-request-normal": apduOf("get-request-normal", { invoke, attribute, selection }),
  "get-request-next": apduOf("get-request-next", { invoke, blockNumber: u32 }),
  "get-request-with-list": apduOf("get-request-with-list", { invoke, attributes }),
  "get-response-normal": apduOf("get-response-normal", { invoke, result: getResult }),
  "get-response-with-datablock": apduOf("get-response-with-datablock", {
    invoke,
    lastBlock: fc.boolean(),
    blockNumber: u32,
    result: fc.oneof(
      octets.map((data) => ({ data })),
      accessResult.map((error) => ({ error })),
    ),
  }),
  "get-response-with-list": apduOf("get-response-with-list", { invoke, results: fc.array(getResult, { maxLength: 4 }) }),
  "set-request-normal": apduOf("set-request-normal", { invoke, attribute, selection, value: rawData }),
  "set-request-with-first-datablock": apduOf("set-request-with-first-datablock", { invoke, attribute, selection, block }),
  "set-request-with-datablock": apduOf("set-request-with-datablock", { invoke, block }),
  "set-request-with-list": apduOf("set-request-with-list", { invoke, attributes, values }),
  "set-request-with-list-and-first-datablock": apduOf("set-request-with-list-and-first-datablock", { invoke, attributes, block }),
  "set-response-normal": apduOf("set-response-normal", { invoke, result: accessResult }),
  "set-response-datablock": apduOf("set-response-datablock", { invoke, blockNumber: u32 }),
  "set-response-last-datablock": apduOf("set-response-last-datablock", { invoke, result: accessResult, blockNumber: u32 }),
  "set-response-last-datablock-with-list": apduOf("set-response-last-datablock-with-list", {
    invoke,
    results: fc.array(accessResult, { maxLength: 4 }),
    blockNumber: u32,
  }),
  "set-response-with-list": apduOf("set-response-with-list", { invoke, results: fc.array(accessResult, { maxLength: 4 }) }),
  "action-request-normal": apduOf("action-request-normal", { invoke, method, parameter: optional(rawData) }),
  "action-request-next-pblock": apduOf("action-request-next-pblock", { invoke, blockNumber: u32 }),
  "action-request-with-list": apduOf("action-request-with-list", { invoke, methods, parameters: values }),
  "action-request-with-first-pblock": apduOf("action-request-with-first-pblock", { invoke, method, block }),
  "action-request-with-list-and-first-pblock": apduOf("action-request-with-list-and-first-pblock", { invoke, methods, block }),
  "action-request-with-pblock": apduOf("action-request-with-pblock", { invoke, block }),
  "action-response-normal": outcome.chain(({ result, returned }) =>
    apduOf("action-response-normal", { invoke, result: fc.constant(result), returned: fc.constant(returned) }),
  ),
  "action-response-with-pblock": apduOf("action-response-with-pblock", { invoke, block }),
  "action-response-with-list": apduOf("action-response-with-list", { invoke, results: fc.array(outcome, { maxLength: 4 }) }),
  "action-response-next-pblock": apduOf("action-response-next-pblock", { invoke, blockNumber: u32 }),
  "read-request": apduOf("read-request", { specifications }),
  "read-response": apduOf("read-response", { results: readResults }),
  "write-request": apduOf("write-request", { specifications, data: values }),
  "write-response": apduOf("write-response", { results: writeResults }),
  "unconfirmed-write-request": apduOf("unconfirmed-write-request", { specifications, data: values }),
  "information-report-request": apduOf("information-report-request", { currentTime: optional(octets), specifications, data: values }),
  "access-request": apduOf("access-request", {
    invoke: longInvoke,
    dateTime: optional(dateTime),
    specifications: accessSpecifications,
    data: values,
  }),
  "access-response": apduOf("access-response", {
    invoke: longInvoke,
    dateTime: optional(dateTime),
    specifications: optional(accessSpecifications),
    data: values,
    results: accessResults,
  }),
  "general-block-transfer": apduOf("general-block-transfer", {
    lastBlock: fc.boolean(),
    streaming: fc.boolean(),
    window: fc.integer({ min: 0, max: 63 }),
    blockNumber: u16,
    blockNumberAck: u16,
    raw: octets,
  }),
  "gateway-request": apduOf("gateway-request", gateway),
  "gateway-response": apduOf("gateway-response", gateway),
  "data-notification-confirm": apduOf("data-notification-confirm", { invoke: longInvoke, dateTime: optional(dateTime) }),
  "data-notification": apduOf("data-notification", { invoke: longInvoke, dateTime: optional(dateTime), body: rawData }),
  "event-notification-request": apduOf("event-notification-request", {
    // Twelve octets that begin with 0C cannot be told from twelve with a length before them.
    time: optional(dateTime.filter(({ year }) => year === undefined || year >> 8 !== 12)),
    attribute,
    value: rawData,
  }),
  "exception-response": fc.oneof(
    apduOf("exception-response", {
      stateError: named({ "service-not-allowed": 1, "service-unknown": 2 }),
      serviceError: named({
        "operation-not-possible": 1,
        "service-not-supported": 2,
        "other-reason": 3,
        "pdu-too-long": 4,
        "deciphering-error": 5,
        "invocation-counter-error": 6,
      }).filter((name) => name !== "invocation-counter-error"),
    }),
    apduOf("exception-response", {
      stateError: fc.constant("service-not-allowed" as const),
      serviceError: fc.constant("invocation-counter-error" as const),
      invocationCounter: u32,
    }),
  ),
  "confirmed-service-error": apduOf("confirmed-service-error", {
    service: named({ initiate: 1, read: 5, write: 6 }),
    errorClass: fc.constantFrom("initiate" as const, "access" as const, "service" as const, 8),
    value: fc.integer({ min: 0x20, max: 0xff }),
  }),
};

/** Any plain xDLMS APDU. */
export const apdu: fc.Arbitrary<Apdu> = fc.oneof(...Object.values(apdus));

const context = fc.constantFrom(
  ...(Object.keys(applicationContexts) as (keyof typeof applicationContexts)[]),
  "oid:2.16.756.5.8.1.99" as const,
);
const mechanism = fc.constantFrom(
  ...(Object.keys(authenticationMechanisms) as (keyof typeof authenticationMechanisms)[]),
  "oid:2.16.756.5.8.2.200" as const,
);
const acseVersion = fc.constantFrom({}, { protocolVersion1: true });

export const aarq: fc.Arbitrary<Aarq> = fc
  .tuple(
    acseVersion,
    fc.record({
      applicationContext: context,
      callingApTitle: optional(octets),
      callingAeQualifier: optional(octets),
      callingAeInvocationId: optional(fc.nat()),
      authenticationRequired: fc.boolean(),
      mechanism: optional(mechanism),
      authenticationValue: optional(octets),
      userInformation: optional(octets),
    }),
  )
  .map(([version, fields]) => ({ ...version, ...fields }));

export const aare: fc.Arbitrary<Aare> = fc
  .tuple(
    acseVersion,
    fc.record({
      applicationContext: context,
      result: named(associationResults),
      diagnostic: fc.oneof(
        named(userDiagnostics).map((value) => ({ source: "acse-service-user" as const, value })),
        named(providerDiagnostics).map((value) => ({ source: "acse-service-provider" as const, value })),
      ),
      respondingApTitle: optional(octets),
      respondingAeQualifier: optional(octets),
      authenticationRequired: fc.boolean(),
      mechanism: optional(mechanism),
      authenticationValue: optional(octets),
      userInformation: optional(octets),
    }),
  )
  .map(([version, fields]) => ({ ...version, ...fields }));

export const release: fc.Arbitrary<Release> = fc.record({ reason: optional(u8), userInformation: optional(octets) });

export const abrt: fc.Arbitrary<Abrt> = fc.record({ source: fc.constantFrom(0, 1), userInformation: optional(octets) });
