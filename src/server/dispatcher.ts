import { ByteWriter } from "../bytes/byte-writer.ts";
import { attributeRight } from "../cosem-objects/access.ts";
import { attributeById, methodById } from "../cosem-objects/define.ts";
import type { ObjectView, VisibleObject } from "../cosem-objects/logical-device.ts";
import { logicalNameFromBytes } from "../cosem-objects/logical-name.ts";
import type { ObjectContext } from "../cosem-objects/object.ts";
import type {
  ActionOutcome,
  AttributeRequest,
  GetResult,
  MethodRequest,
  ServiceRequest,
  ServiceResult,
} from "../dlms/association/services.ts";
import type { DataAccessResult } from "../dlms/xdlms/results.ts";

type MaybePromise<T> = T | Promise<T>;

/**
 * Carries out services on the objects that an association sees. The order of the checks is the one conformance tests
 * expect: visible, class, member, right, then the object itself (type and range).
 *
 * Elements of a list are carried out one after the other, since a later one may read what an earlier one wrote.
 */
export class Dispatcher {
  readonly #view: ObjectView;
  readonly #context: ObjectContext;
  readonly #writer = new ByteWriter(1024);

  constructor(view: ObjectView, context: ObjectContext) {
    this.#view = view;
    this.#context = context;
  }

  /** Never throws for anything a client can send; the result comes at once where no handler is asynchronous. */
  handle(request: ServiceRequest): MaybePromise<ServiceResult> {
    switch (request.service) {
      case "get":
        return { service: "get", results: request.attributes.map((attribute) => this.#get(attribute)) };
      case "set":
        return inOrder(
          request.attributes,
          (attribute, index) => this.#set(attribute, request.values[index] as Uint8Array),
          (results) => ({ service: "set", results }),
        );
      case "action":
        return inOrder(
          request.methods,
          (method) => this.#invoke(method),
          (results) => ({ service: "action", results }),
        );
    }
  }

  #get({ attribute, selection }: AttributeRequest): GetResult {
    const found = this.#find(attribute);
    if (typeof found === "string") return { error: found };
    const member = attributeById(found.object.cosemClass, attribute.attributeId);
    if (member === undefined) return { error: "object-undefined" };
    if (!attributeRight(member.definition, found.right).read) return { error: "read-write-denied" };
    if (selection !== undefined && member.definition.selectors === undefined) return { error: "scope-of-access-violated" };
    this.#writer.truncate(0);
    const result = found.object.read(attribute.attributeId, this.#writer, selection, this.#context);
    return result === "success" ? { data: this.#writer.finish() } : { error: result };
  }

  #set({ attribute, selection }: AttributeRequest, value: Uint8Array): MaybePromise<DataAccessResult> {
    const found = this.#find(attribute);
    if (typeof found === "string") return found;
    const member = attributeById(found.object.cosemClass, attribute.attributeId);
    if (member === undefined) return "object-undefined";
    if (!attributeRight(member.definition, found.right).write) return "read-write-denied";
    if (selection !== undefined) return "scope-of-access-violated";
    return found.object.write(attribute.attributeId, value, this.#context);
  }

  #invoke({ method, parameter }: MethodRequest): MaybePromise<ActionOutcome> {
    const found = this.#find(method);
    if (typeof found === "string") return { result: found, returned: undefined };
    if (methodById(found.object.cosemClass, method.methodId) === undefined) return { result: "object-undefined", returned: undefined };
    if (!found.right.invoke) return { result: "read-write-denied", returned: undefined };
    const writer = new ByteWriter(64);
    const outcome = found.object.invoke(method.methodId, parameter, writer, this.#context);
    const finish = (result: ActionOutcome["result"]): ActionOutcome =>
      writer.length === 0 ? { result, returned: undefined } : { result, returned: { data: writer.finish() } };
    return outcome instanceof Promise ? outcome.then(finish) : finish(outcome);
  }

  #find(target: {
    readonly classId: number;
    readonly logicalName: Uint8Array;
  }): VisibleObject | "object-undefined" | "object-class-inconsistent" {
    const found = this.#view.find(logicalNameFromBytes(target.logicalName));
    if (found === undefined) return "object-undefined";
    return found.object.cosemClass.classId === target.classId ? found : "object-class-inconsistent";
  }
}

/** Maps one after the other, synchronously as long as every step is. */
function inOrder<T, R, Result>(
  items: readonly T[],
  step: (item: T, index: number) => MaybePromise<R>,
  then: (results: readonly R[]) => Result,
): MaybePromise<Result> {
  const results: R[] = [];
  for (let index = 0; index < items.length; index++) {
    const result = step(items[index] as T, index);
    if (result instanceof Promise) return continueInOrder(items, step, then, results, result);
    results.push(result);
  }
  return then(results);
}

async function continueInOrder<T, R, Result>(
  items: readonly T[],
  step: (item: T, index: number) => MaybePromise<R>,
  then: (results: readonly R[]) => Result,
  results: R[],
  pending: Promise<R>,
): Promise<Result> {
  results.push(await pending);
  for (let index = results.length; index < items.length; index++) results.push(await step(items[index] as T, index));
  return then(results);
}
