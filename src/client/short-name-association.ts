import { ByteReader } from "../bytes/byte-reader.ts";
import { findClass } from "../cosem-objects/catalogue.ts";
import { currentAssociation } from "../cosem-objects/classes/association-ln.ts";
import { AssociationSn } from "../cosem-objects/classes/association-sn.ts";
import { methodById } from "../cosem-objects/define.ts";
import { logicalNameFromBytes } from "../cosem-objects/logical-name.ts";
import { attributeOffset, reservedBaseNames } from "../cosem-objects/short-names.ts";
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
import type { CosemAttributeDescriptor, CosemMethodDescriptor } from "../dlms/xdlms/descriptors.ts";
import { rawNullData } from "../dlms/xdlms/raw-data.ts";
import type { ActionResult, DataAccessResult } from "../dlms/xdlms/results.ts";
import { DataAccessError, DecodeError, LocalProtocolError } from "../errors.ts";
import type { ProgressListener, ServiceAssociation } from "./association.ts";
import { BaseNames, type Unnamed } from "./base-names.ts";

const { objectList } = AssociationSn.attributes;

/**
 * An association with short names that is spoken to with logical ones: GET, SET and ACTION become Read and Write. The base
 * names come from the object list of the association, which is read once, when the first is needed.
 */
export class ShortNameAssociation implements ServiceAssociation {
  readonly #association: ServiceAssociation;
  #baseNames: Promise<BaseNames> | undefined;

  constructor(association: ServiceAssociation) {
    this.#association = association;
  }

  get context(): NegotiatedContext {
    return this.#association.context;
  }

  /** @throws LocalProtocolError for ACCESS, and for a method of a class whose short names are not known */
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
    const known = variables.filter(isKnown);
    const { results } = known.length === 0 ? { results: [] } : await this.#read(known, onProgress);
    const answers: readonly GetResult[] = spread(variables, results, (error) => ({ error }));
    for (const [index, attribute] of attributes.entries()) this.#learn(attribute, answers[index]?.data);
    return answers;
  }

  async #set(attributes: readonly AttributeRequest[], values: readonly Uint8Array[]): Promise<readonly DataAccessResult[]> {
    const variables = await inOrder(attributes, (attribute) => this.#variableOf(attribute));
    const known = variables.filter(isKnown);
    const knownValues = values.filter((_, index) => isKnown(variables[index] as VariableRequest | Unnamed));
    const { results } = known.length === 0 ? { results: [] } : await this.#write(known, knownValues);
    return spread(variables, results, (error) => error);
  }

  /** A method that returns something is a Read with selector 0, any other a Write of its parameter (Green Book 9.3.14). */
  async #invoke({ method, parameter = rawNullData }: MethodRequest, onProgress: ProgressListener | undefined): Promise<ActionOutcome> {
    const variableName = (await this.#namesFor(method)).method(method);
    if (typeof variableName === "string") return { result: variableName, returned: undefined };
    if (!returnsSomething(method)) {
      const { results } = await this.#write([{ variableName, selection: undefined }], [parameter]);
      return { result: actionResultOf(results[0] as DataAccessResult), returned: undefined };
    }
    const selection = { selector: methodSelector, parameters: parameter };
    const [result] = (await this.#read([{ variableName, selection }], onProgress)).results as readonly [GetResult];
    if (result.data === undefined) return { result: actionResultOf(result.error), returned: undefined };
    return { result: "success", returned: result };
  }

  async #variableOf({ attribute, selection }: AttributeRequest): Promise<VariableRequest | Unnamed> {
    const variableName = (await this.#namesFor(attribute)).attribute(attribute);
    return typeof variableName === "string" ? variableName : { variableName, selection };
  }

  /** The base names it takes to find an object. A list that could not be read is asked for again by whoever needs it next. */
  #namesFor(object: ObjectName): Promise<BaseNames> {
    if (this.#baseNames !== undefined) return this.#baseNames;
    if (isAssociation(object)) return Promise.resolve(BaseNames.initial);
    this.#baseNames = this.#readBaseNames();
    this.#baseNames.catch(() => {
      this.#baseNames = undefined;
    });
    return this.#baseNames;
  }

  async #readBaseNames(): Promise<BaseNames> {
    const variableName = reservedBaseNames.associationSn + attributeOffset(objectList.id);
    const [result] = (await this.#read([{ variableName, selection: undefined }], undefined)).results as readonly [GetResult];
    if (result.data === undefined) {
      throw new DataAccessError(String(result.error), "the meter does not show its list of short names");
    }
    return decodeBaseNames(result.data);
  }

  /** A list of objects that was asked for anyway need not be read again. */
  #learn({ attribute, selection }: AttributeRequest, data: Uint8Array | undefined): void {
    if (data === undefined || selection !== undefined || this.#baseNames !== undefined) return;
    if (!isAssociation(attribute) || attribute.attributeId !== objectList.id) return;
    try {
      this.#baseNames = Promise.resolve(decodeBaseNames(data));
    } catch (error) {
      // Whoever asked for it will find out.
      if (!(error instanceof DecodeError)) throw error;
    }
  }

  async #read(variables: readonly VariableRequest[], onProgress: ProgressListener | undefined): Promise<ServiceResultOf<"read">> {
    return (await this.#association.request({ service: "read", variables }, onProgress)) as ServiceResultOf<"read">;
  }

  async #write(variables: readonly VariableRequest[], values: readonly Uint8Array[]): Promise<ServiceResultOf<"write">> {
    return (await this.#association.request({ service: "write", variables, values })) as ServiceResultOf<"write">;
  }
}

type ObjectName = Pick<CosemAttributeDescriptor, "classId" | "logicalName">;

function isAssociation({ classId, logicalName }: ObjectName): boolean {
  return classId === AssociationSn.classId && logicalNameFromBytes(logicalName) === currentAssociation;
}

/** @throws DecodeError for what is no list of objects */
function decodeBaseNames(data: Uint8Array): BaseNames {
  const reader = new ByteReader(data);
  const list = objectList.schema.read(reader);
  reader.expectEnd("object_list");
  return new BaseNames(list);
}

function returnsSomething({ classId, methodId }: CosemMethodDescriptor): boolean {
  const cosemClass = findClass(classId);
  return cosemClass !== undefined && methodById(cosemClass, methodId)?.definition.result !== undefined;
}

/** Results of data access that results of methods do not know. */
function actionResultOf(result: DataAccessResult): ActionResult {
  switch (result) {
    case "long-get-aborted":
    case "no-long-get-in-progress":
    case "long-set-aborted":
    case "no-long-set-in-progress":
    case "data-block-number-invalid":
      return "other-reason";
    default:
      return result;
  }
}

function isKnown(variable: VariableRequest | Unnamed): variable is VariableRequest {
  return typeof variable !== "string";
}

/** Results of those that were asked for, put beside those that could not be. */
function spread<T>(asked: readonly (VariableRequest | Unnamed)[], results: readonly T[], missing: (error: Unnamed) => T): readonly T[] {
  let next = 0;
  return asked.map((variable) => (isKnown(variable) ? (results[next++] as T) : missing(variable)));
}

async function inOrder<T, R>(items: readonly T[], step: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await step(item));
  return results;
}
