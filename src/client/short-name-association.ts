import { ByteReader } from "../bytes/byte-reader.ts";
import { findClass } from "../cosem-objects/catalogue.ts";
import { AssociationSn } from "../cosem-objects/classes/association-sn.ts";
import { methodById } from "../cosem-objects/define.ts";
import { type LogicalName, logicalNameFromBytes } from "../cosem-objects/logical-name.ts";
import { attributeOffset, methodOffset, reservedBaseNames } from "../cosem-objects/short-names.ts";
import type { NegotiatedContext } from "../dlms/association/negotiation.ts";
import {
  type ActionOutcome,
  type AttributeRequest,
  type GetResult,
  type MethodRequest,
  methodSelector,
  type ServiceRequest,
  type ServiceResult,
  type ServiceResultOf,
  type VariableRequest,
} from "../dlms/association/services.ts";
import { rawNullData } from "../dlms/xdlms/raw-data.ts";
import type { ActionResult, DataAccessResult } from "../dlms/xdlms/results.ts";
import { DataAccessError, LocalProtocolError } from "../errors.ts";
import type { ProgressListener, ServiceAssociation } from "./association.ts";

const currentAssociation: LogicalName = "0.0.40.0.0.255";

/**
 * An association with short names that is spoken to with logical ones: GET, SET and ACTION become Read and Write. The base
 * names come from the object list of the association, which is read once, when the first is needed.
 */
export class ShortNameAssociation implements ServiceAssociation {
  readonly #association: ServiceAssociation;
  #baseNames: Promise<ReadonlyMap<LogicalName, number>> | undefined;

  constructor(association: ServiceAssociation) {
    this.#association = association;
  }

  get context(): NegotiatedContext {
    return this.#association.context;
  }

  async request(request: ServiceRequest, onProgress?: ProgressListener): Promise<ServiceResult> {
    switch (request.service) {
      case "get":
        return { service: "get", results: await this.#get(request.attributes, onProgress) };
      case "set":
        return { service: "set", results: await this.#set(request.attributes, request.values) };
      case "action":
        return { service: "action", results: await inOrder(request.methods, (method) => this.#invoke(method, onProgress)) };
      case "read":
      case "write":
        return this.#association.request(request, onProgress);
      case "access":
        throw new LocalProtocolError("ACCESS needs logical names", { hint: "use --referencing ln where the meter offers it" });
    }
  }

  close(): Promise<void> {
    return this.#association.close();
  }

  async #get(attributes: readonly AttributeRequest[], onProgress: ProgressListener | undefined): Promise<readonly GetResult[]> {
    const variables = await inOrder(attributes, (attribute) => this.#variableOf(attribute));
    const known = variables.filter((variable) => variable !== undefined);
    const read = known.length === 0 ? [] : (await this.#read(known, onProgress)).results;
    return spread(variables, read, { error: "object-undefined" } as const);
  }

  async #set(attributes: readonly AttributeRequest[], values: readonly Uint8Array[]): Promise<readonly DataAccessResult[]> {
    const variables = await inOrder(attributes, (attribute) => this.#variableOf(attribute));
    const known = variables.flatMap((variable, index) =>
      variable === undefined ? [] : [{ variable, value: values[index] as Uint8Array }],
    );
    if (known.length === 0) return attributes.map(() => "object-undefined" as const);
    const written = await this.#write(
      known.map(({ variable }) => variable),
      known.map(({ value }) => value),
    );
    return spread(variables, written.results, "object-undefined" as const);
  }

  /** A method that returns something is a Read with selector 0, any other a Write of its parameter (Green Book 9.3.14). */
  async #invoke({ method, parameter = rawNullData }: MethodRequest, onProgress: ProgressListener | undefined): Promise<ActionOutcome> {
    const cosemClass = findClass(method.classId);
    const definition = cosemClass && methodById(cosemClass, method.methodId)?.definition;
    const offset = cosemClass && methodOffset(cosemClass, method.methodId);
    const baseName = await this.#baseNameOf(method.logicalName);
    if (definition === undefined || offset === undefined || baseName === undefined) return refused("object-undefined");
    const variableName = baseName + offset;
    if (definition.result === undefined) {
      const { results } = await this.#write([{ variableName, selection: undefined }], [parameter]);
      return refused(results[0] ?? "other-reason");
    }
    const selection = { selector: methodSelector, parameters: parameter };
    const [result] = (await this.#read([{ variableName, selection }], onProgress)).results;
    return result?.data === undefined ? refused(result?.error ?? "other-reason") : { result: "success", returned: result };
  }

  async #variableOf({ attribute, selection }: AttributeRequest): Promise<VariableRequest | undefined> {
    const baseName = await this.#baseNameOf(attribute.logicalName);
    return baseName === undefined ? undefined : { variableName: baseName + attributeOffset(attribute.attributeId), selection };
  }

  async #baseNameOf(bytes: Uint8Array): Promise<number | undefined> {
    const logicalName = logicalNameFromBytes(bytes);
    if (logicalName === currentAssociation) return reservedBaseNames.associationSn;
    this.#baseNames ??= this.#readBaseNames();
    return (await this.#baseNames).get(logicalName);
  }

  async #readBaseNames(): Promise<ReadonlyMap<LogicalName, number>> {
    const { id, schema } = AssociationSn.attributes.objectList;
    const variableName = reservedBaseNames.associationSn + attributeOffset(id);
    const [result] = (await this.#read([{ variableName, selection: undefined }], undefined)).results;
    if (result?.data === undefined) {
      throw new DataAccessError(String(result?.error ?? "other-reason"), "the meter does not show its list of short names");
    }
    const reader = new ByteReader(result.data);
    return new Map(schema.read(reader).map(({ logicalName, baseName }) => [logicalName, baseName & 0xffff]));
  }

  async #read(variables: readonly VariableRequest[], onProgress: ProgressListener | undefined): Promise<ServiceResultOf<"read">> {
    return (await this.#association.request({ service: "read", variables }, onProgress)) as ServiceResultOf<"read">;
  }

  async #write(variables: readonly VariableRequest[], values: readonly Uint8Array[]): Promise<ServiceResultOf<"write">> {
    return (await this.#association.request({ service: "write", variables, values })) as ServiceResultOf<"write">;
  }
}

/** Results of those that were asked for, put beside those that could not be. */
function spread<T>(asked: readonly (VariableRequest | undefined)[], results: readonly T[], missing: T): readonly T[] {
  let next = 0;
  return asked.map((variable) => (variable === undefined ? missing : (results[next++] as T)));
}

const refused = (result: DataAccessResult): ActionOutcome => ({ result: result as ActionResult, returned: undefined });

async function inOrder<T, R>(items: readonly T[], step: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await step(item));
  return results;
}
