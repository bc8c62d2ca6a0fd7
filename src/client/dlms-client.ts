import { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import type {
  AttributeDefinition,
  AttributeValue,
  CosemClass,
  MethodDefinition,
  MethodParameter,
  MethodResult,
} from "../cosem-objects/define.ts";
import { type LogicalName, logicalNameToBytes, parseLogicalName } from "../cosem-objects/logical-name.ts";
import type { NegotiatedContext } from "../dlms/association/negotiation.ts";
import { overheadIn } from "../dlms/association/protection.ts";
import type { AttributeRequest, GetResult, ServiceRequest, ServiceResult } from "../dlms/association/services.ts";
import { readData } from "../dlms/axdr/data.ts";
import type { DlmsData } from "../dlms/axdr/dlms-data.ts";
import type { Schema } from "../dlms/axdr/schema.ts";
import type { DataAccessResult } from "../dlms/xdlms/results.ts";
import type { AccessSelection } from "../dlms/xdlms/selective-access.ts";
import { ActionError, DataAccessError, ExceptionResponseError } from "../errors.ts";
import type { ProgressListener, ServiceAssociation } from "./association.ts";

/** Which attribute of which object; the class is part of the address (Green Book 9.3.6). */
export interface AttributeAddress {
  readonly classId: number;
  readonly logicalName: LogicalName;
  readonly attribute: number;
  readonly selection?: AccessSelection | undefined;
}

/** A value as it came, or why it did not. */
export type AttributeOutcome =
  | { readonly value: DlmsData; readonly error?: undefined }
  | { readonly error: DataAccessResult; readonly value?: undefined };

/**
 * A client of one association, typed by the class catalogue: `client.get(Register, "1.0.1.8.0.255", "scalerUnit")` is a
 * `ScalerUnit`.
 *
 * Every method rejects with `DataAccessError` or `ActionError` where the meter refuses, `TransportError` where it does
 * not answer, `DecodeError` where its answer makes no sense.
 */
export class DlmsClient implements AsyncDisposable {
  readonly #association: ServiceAssociation;

  constructor(association: ServiceAssociation) {
    this.#association = association;
  }

  /** What the two sides agreed on. */
  get context(): NegotiatedContext {
    return this.#association.context;
  }

  /** One attribute, typed. */
  async get<C extends CosemClass, K extends keyof C["attributes"] & string>(
    cosemClass: C,
    logicalName: string,
    attribute: K,
    selection?: AccessSelection,
  ): Promise<AttributeValue<C, K>> {
    const definition = cosemClass.attributes[attribute] as AttributeDefinition;
    const address = { classId: cosemClass.classId, logicalName: parseLogicalName(logicalName), attribute: definition.id, selection };
    return decode(definition.schema, await this.getRaw(address)) as AttributeValue<C, K>;
  }

  /** One attribute as the octets of its tagged value. They are the caller's. */
  getRaw(address: AttributeAddress, onProgress?: ProgressListener): Promise<Uint8Array> {
    return this.#association
      .request({ service: "get", list: false, attributes: [toRequest(address)] }, onProgress)
      .then((result) => dataOf((result as ServiceResult & { readonly service: "get" }).results[0], address));
  }

  /**
   * Many attributes, in as few round trips as the meter allows: with-list where negotiated, else one by one. The order
   * is kept; refusals are values. Where a meter refuses a list as a whole, shorter ones are asked for, down to single
   * attributes.
   */
  async getMany(addresses: readonly AttributeAddress[]): Promise<readonly AttributeOutcome[]> {
    return (await this.#getResults(addresses)).map(toOutcome);
  }

  /**
   * As `getMany`, with the octets of the tagged values, which are the caller's.
   * @throws DataAccessError for the first that the meter refuses
   */
  async getManyRaw(addresses: readonly AttributeAddress[]): Promise<readonly Uint8Array[]> {
    const results = await this.#getResults(addresses);
    return addresses.map((address, index) => dataOf(results[index], address));
  }

  /** Writes one attribute. */
  async set<C extends CosemClass, K extends keyof C["attributes"] & string>(
    cosemClass: C,
    logicalName: string,
    attribute: K,
    value: AttributeValue<C, K>,
  ): Promise<void> {
    const definition = cosemClass.attributes[attribute] as AttributeDefinition;
    const address = { classId: cosemClass.classId, logicalName: parseLogicalName(logicalName), attribute: definition.id };
    await this.setRaw(address, encode(definition.schema, value));
  }

  /** Writes one attribute from the octets of a tagged value. */
  async setRaw(address: AttributeAddress, value: Uint8Array): Promise<void> {
    const result = await this.#request({ service: "set", list: false, attributes: [toRequest(address)], values: [value] });
    const refused = result.results[0] ?? "other-reason";
    if (refused !== "success") throw accessError(refused, address, "SET");
  }

  /** Invokes a method and gives what it returns. */
  async invoke<C extends CosemClass, K extends keyof C["methods"] & string>(
    cosemClass: C,
    logicalName: string,
    method: K,
    parameter: MethodParameter<C, K>,
  ): Promise<MethodResult<C, K>> {
    const definition = cosemClass.methods[method] as MethodDefinition;
    const address = { classId: cosemClass.classId, logicalName: parseLogicalName(logicalName), method: definition.id };
    const returned = await this.invokeRaw(address, encode(definition.parameter, parameter));
    if (definition.result === undefined || returned === undefined) return undefined as MethodResult<C, K>;
    return decode(definition.result, returned) as MethodResult<C, K>;
  }

  /** Invokes a method with the octets of a tagged parameter; gives the octets of what it returns. */
  async invokeRaw(
    address: { readonly classId: number; readonly logicalName: LogicalName; readonly method: number },
    parameter: Uint8Array | undefined,
  ): Promise<Uint8Array | undefined> {
    const method = { classId: address.classId, logicalName: logicalNameToBytes(address.logicalName), methodId: address.method };
    const result = await this.#request({ service: "action", list: false, methods: [{ method, parameter }] });
    const outcome = result.results[0];
    if (outcome === undefined || outcome.result !== "success") {
      const refused = String(outcome?.result ?? "other-reason");
      throw new ActionError(refused, `ACTION ${address.logicalName} method ${address.method}: ${refused}`);
    }
    return outcome.returned?.data;
  }

  /** Releases the association and closes the link; never rejects. */
  close(): Promise<void> {
    return this.#association.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #request<S extends ServiceResult["service"]>(
    request: ServiceRequest & { readonly service: S },
    onProgress?: ProgressListener,
  ): Promise<ServiceResult & { readonly service: S }> {
    return (await this.#association.request(request, onProgress)) as ServiceResult & { readonly service: S };
  }

  async #getResults(addresses: readonly AttributeAddress[]): Promise<readonly GetResult[]> {
    const outcomes: GetResult[] = [];
    let longest = this.#longestList();
    while (outcomes.length < addresses.length) {
      const list = this.#firstList(addresses.slice(outcomes.length, outcomes.length + longest));
      const results = await this.#getList(list);
      if (results === undefined) longest = Math.ceil(list.length / 2);
      else outcomes.push(...results);
    }
    return outcomes;
  }

  /** Undefined where the meter seems to refuse the list rather than its elements. */
  async #getList(list: readonly AttributeAddress[]): Promise<readonly GetResult[] | undefined> {
    const single = list.length === 1;
    try {
      const { results } = await this.#request({ service: "get", list: !single, attributes: list.map(toRequest) });
      return single || results.some(({ error }) => error === undefined || !listRefusals.has(error)) ? results : undefined;
    } catch (error) {
      if (single || !(error instanceof ExceptionResponseError)) throw error;
      return undefined;
    }
  }

  /**
   * Attributes that one answer can take. With block transfer it takes any; without it answers have to fit one APDU, and
   * what a meter can send is taken to be no longer than what it can receive.
   */
  #longestList(): number {
    const { conformance, clientMaxReceivePduSize, serverMaxReceivePduSize } = this.context;
    if (!conformance.has("multiple-references")) return 1;
    if (conformance.has("block-transfer-with-get-or-read") || conformance.has("general-block-transfer")) return maxListLength;
    const room = Math.min(clientMaxReceivePduSize, serverMaxReceivePduSize) - listOverhead - overheadIn(this.context);
    return Math.max(1, Math.min(maxListLength, Math.floor(room / usualAnswerLength)));
  }

  /** The first of the addresses, as many as fit one request. */
  #firstList(addresses: readonly AttributeAddress[]): readonly AttributeAddress[] {
    let room = this.context.serverMaxReceivePduSize - listOverhead - overheadIn(this.context);
    const end = addresses.findIndex(({ selection }) => {
      room -= descriptorLength + (selection === undefined ? 0 : selection.parameters.length + 1);
      return room < 0;
    });
    return end < 0 ? addresses : addresses.slice(0, Math.max(1, end));
  }
}

/** class id, logical name, attribute id and the presence octet of the selection. */
const descriptorLength = 10;
/** An element of an answer as they mostly are, with its choice octet: a time takes 15, a register 6, a device name 19. */
const usualAnswerLength = 20;
const listOverhead = 8;
const maxListLength = 64;

/** What meters say of every element when it is the answer as a whole that they cannot give. */
const listRefusals: ReadonlySet<DataAccessResult> = new Set(["other-reason", "data-block-unavailable", "long-get-aborted"]);

function toRequest(address: AttributeAddress): AttributeRequest {
  return {
    attribute: { classId: address.classId, logicalName: logicalNameToBytes(address.logicalName), attributeId: address.attribute },
    selection: address.selection,
  };
}

function toOutcome(result: GetResult): AttributeOutcome {
  return result.data === undefined ? { error: result.error } : { value: readData(new ByteReader(result.data)) };
}

function dataOf(result: GetResult | undefined, address: AttributeAddress): Uint8Array {
  if (result?.data !== undefined) return result.data;
  throw accessError(result?.error ?? "other-reason", address, "GET");
}

function accessError(result: DataAccessResult, address: AttributeAddress, service: string): DataAccessError {
  return new DataAccessError(String(result), `${service} ${address.logicalName} attribute ${address.attribute}: ${result}`, {
    details: { logicalName: address.logicalName, classId: address.classId, attribute: address.attribute },
    ...(result === "read-write-denied" ? { hint: "this client may not; another --client with its own secret may" } : {}),
  });
}

function decode(schema: Schema<unknown>, bytes: Uint8Array): unknown {
  const reader = new ByteReader(bytes);
  const value = schema.read(reader);
  reader.expectEnd("value");
  return value;
}

function encode(schema: Schema<unknown>, value: unknown): Uint8Array {
  const writer = new ByteWriter(64);
  schema.write(writer, value);
  return writer.finish();
}
