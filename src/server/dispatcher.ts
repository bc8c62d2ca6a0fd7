import { ByteReader } from "../bytes/byte-reader.ts";
import { ByteWriter } from "../bytes/byte-writer.ts";
import { attributeProtection, attributeRight, methodProtection } from "../cosem-objects/access.ts";
import { attributeById, methodById } from "../cosem-objects/define.ts";
import type { ObjectView, VisibleObject } from "../cosem-objects/logical-device.ts";
import { logicalNameFromBytes } from "../cosem-objects/logical-name.ts";
import type { ObjectContext } from "../cosem-objects/object.ts";
import {
  type AccessElement,
  type AccessOutcome,
  type ActionOutcome,
  type AttributeRequest,
  type GetResult,
  type MethodRequest,
  refuseAll,
  refuseElement,
  type ServiceRequest,
  type ServiceResult,
} from "../dlms/association/services.ts";
import { dataTag } from "../dlms/axdr/data-type.ts";
import { readCount, writeLength } from "../dlms/axdr/length.ts";
import { rawData } from "../dlms/xdlms/raw-data.ts";
import type { ActionResult, DataAccessResult } from "../dlms/xdlms/results.ts";
import { CapacityError } from "../errors.ts";
import { RequestScope } from "./request-scope.ts";

export type MaybePromise<T> = T | Promise<T>;

/** Carries out the services of one association. It never throws for anything a client can send. */
export interface ServiceHandler {
  /** The result comes at once where no handler is asynchronous. */
  handle(request: ServiceRequest, scope?: RequestScope): MaybePromise<ServiceResult>;
}

/**
 * Carries out services on the objects that an association sees. The order of the checks is the one conformance tests
 * expect: visible, class, member, right, protection, then the object itself (type and range).
 *
 * Elements of a list are carried out one after the other, since a later one may read what an earlier one wrote. Once the
 * results have taken all the room that a request has, whatever follows is refused unseen.
 */
export class Dispatcher implements ServiceHandler {
  readonly #view: ObjectView;
  readonly #context: ObjectContext;
  #writer = new ByteWriter(usualLength);

  constructor(view: ObjectView, context: ObjectContext) {
    this.#view = view;
    this.#context = context;
  }

  handle(request: ServiceRequest, scope = new RequestScope()): MaybePromise<ServiceResult> {
    switch (request.service) {
      case "get":
        return { service: "get", results: request.attributes.map((attribute) => this.get(attribute, scope)) };
      case "set":
        return inOrder(
          request.attributes,
          (attribute, index) => this.set(attribute, request.values[index] as Uint8Array, scope),
          (results) => ({ service: "set", results }),
        );
      case "action":
        return inOrder(
          request.methods,
          (method) => this.invoke(method, scope),
          (results) => ({ service: "action", results }),
        );
      case "access": {
        let broken = false;
        return inOrder(
          request.elements,
          (element) => (broken ? refuseElement(element, "other-reason") : this.#access(element, scope)),
          (results) => ({ service: "access", results }),
          (outcome) => {
            broken ||= request.breakOnError === true && !succeeded(outcome);
          },
        );
      }
      default:
        return refuseAll(request, "object-undefined");
    }
  }

  #access(element: AccessElement, scope: RequestScope): MaybePromise<AccessOutcome> {
    switch (element.service) {
      case "get":
        return { service: "get", ...this.get(element, scope) };
      case "set":
        return then(this.set(element, element.value, scope), (result) => ({ service: "set", result }));
      case "action":
        return then(this.invoke(element, scope), ({ result, returned }) => ({ service: "action", result, returned: returned?.data }));
    }
  }

  get({ attribute, selection }: AttributeRequest, scope: RequestScope): GetResult {
    const found = this.#find(attribute);
    if (typeof found === "string") return { error: found };
    if (attribute.attributeId === 0) return this.#getAll(found, selection, scope);
    const member = attributeById(found.object.cosemClass, attribute.attributeId);
    if (member === undefined) return { error: "object-undefined" };
    if (!attributeRight(member.definition, found.right).read) return { error: "read-write-denied" };
    if (!scope.admits(attributeProtection(member.definition, found.right))) return { error: "scope-of-access-violated" };
    if (selection !== undefined && member.definition.selectors === undefined) return { error: "scope-of-access-violated" };
    return this.#write(scope, (writer) => found.object.read(attribute.attributeId, writer, selection, this.#context));
  }

  set({ attribute, selection }: AttributeRequest, value: Uint8Array, scope: RequestScope): MaybePromise<DataAccessResult> {
    const found = this.#find(attribute);
    if (typeof found === "string") return found;
    if (attribute.attributeId === 0) return this.#setAll(found, value, scope);
    const member = attributeById(found.object.cosemClass, attribute.attributeId);
    if (member === undefined) return "object-undefined";
    if (!attributeRight(member.definition, found.right).write) return "read-write-denied";
    if (!scope.admits(attributeProtection(member.definition, found.right))) return "scope-of-access-violated";
    if (selection !== undefined) return "scope-of-access-violated";
    return found.object.write(attribute.attributeId, value, this.#context);
  }

  invoke({ method, parameter }: MethodRequest, scope: RequestScope): MaybePromise<ActionOutcome> {
    const found = this.#find(method);
    if (typeof found === "string") return { result: found, returned: undefined };
    const member = methodById(found.object.cosemClass, method.methodId);
    if (member === undefined) return { result: "object-undefined", returned: undefined };
    if (!found.right.invoke) return { result: "read-write-denied", returned: undefined };
    if (!scope.admits(methodProtection(member.definition, found.right))) {
      return { result: "scope-of-access-violated", returned: undefined };
    }
    if (scope.octetsLeft === 0) return { result: "other-reason", returned: undefined };
    const writer = new ByteWriter(64);
    writer.limit = scope.octetsLeft;
    const done = (result: ActionResult): ActionOutcome => {
      scope.take(writer.length);
      return writer.length === 0 ? { result, returned: undefined } : { result, returned: { data: writer.finish() } };
    };
    // What a method returns is written when all is done: too long as it may be, the method has succeeded.
    const tooLong = (error: unknown): ActionOutcome => {
      if (!(error instanceof CapacityError)) throw error;
      scope.exhaust();
      return { result: "success", returned: { error: "other-reason" } };
    };
    try {
      const result = found.object.invoke(method.methodId, parameter, writer, this.#context);
      return result instanceof Promise ? result.then(done, tooLong) : done(result);
    } catch (error) {
      return tooLong(error);
    }
  }

  /** Attribute 0: a structure of all attributes that may be read, null-data for those that cannot be now. */
  #getAll({ object, right }: VisibleObject, selection: AttributeRequest["selection"], scope: RequestScope): GetResult {
    if (!this.#context.association.conformance.has("attribute0-supported-with-get")) return { error: "object-undefined" };
    if (selection !== undefined) return { error: "scope-of-access-violated" };
    const readable = Object.values(object.cosemClass.attributes).filter((definition) => attributeRight(definition, right).read);
    if (readable.length === 0) return { error: "read-write-denied" };
    return this.#write(scope, (writer) => {
      writer.u8(dataTag.structure);
      writeLength(writer, readable.length);
      for (const definition of readable) {
        const start = writer.length;
        const admitted = scope.admits(attributeProtection(definition, right));
        if (admitted && object.read(definition.id, writer, undefined, this.#context) === "success") continue;
        writer.truncate(start);
        writer.u8(dataTag["null-data"]);
      }
      return "success";
    });
  }

  /** Attribute 0: a structure with a value for each attribute that may be written, null-data for those to be left alone. */
  #setAll({ object, right }: VisibleObject, data: Uint8Array, scope: RequestScope): MaybePromise<DataAccessResult> {
    if (!this.#context.association.conformance.has("attribute0-supported-with-set")) return "object-undefined";
    const writable = Object.values(object.cosemClass.attributes).filter((definition) => attributeRight(definition, right).write);
    if (writable.length === 0) return "read-write-denied";
    const values = elementsOf(data);
    if (values?.length !== writable.length) return "type-unmatched";
    const meant = writable.flatMap((definition, index) => {
      const value = values[index] as Uint8Array;
      return value[0] === dataTag["null-data"] ? [] : [{ definition, value }];
    });
    if (!meant.every(({ definition }) => scope.admits(attributeProtection(definition, right)))) return "scope-of-access-violated";
    return inOrder(
      meant,
      ({ definition, value }) => object.write(definition.id, value, this.#context),
      (results) => results.find((result) => result !== "success") ?? "success",
    );
  }

  /** A value as far as there is room for it: one that is too long is no value, and leaves no room for others. */
  #write(scope: RequestScope, write: (writer: ByteWriter) => DataAccessResult): GetResult {
    if (scope.octetsLeft === 0) return { error: "other-reason" };
    const writer = this.#writer;
    writer.truncate(0);
    writer.limit = scope.octetsLeft;
    let result: DataAccessResult;
    try {
      result = write(writer);
    } catch (error) {
      if (!(error instanceof CapacityError)) throw error;
      scope.exhaust();
      result = "other-reason";
    }
    // Every association has a writer: none keeps the room of its longest answer.
    if (writer.length > usualLength) this.#writer = new ByteWriter(usualLength);
    if (result !== "success") return { error: result };
    scope.take(writer.length);
    return { data: writer.finish() };
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

/** Octets that nearly every value fits in. */
const usualLength = 1024;

/** The elements of a structure, each as octets; undefined for anything else. */
function elementsOf(data: Uint8Array): readonly Uint8Array[] | undefined {
  const reader = new ByteReader(data);
  if (reader.u8("structure") !== dataTag.structure) return undefined;
  return Array.from({ length: readCount(reader, "structure") }, () => rawData.read(reader));
}

const succeeded = (outcome: AccessOutcome): boolean =>
  outcome.service === "get" ? outcome.error === undefined : outcome.result === "success";

/** Goes on at once where it can, so that synchronous handlers stay synchronous. */
export function then<T, R>(value: MaybePromise<T>, next: (value: T) => R): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Maps one after the other, synchronously as long as every step is. */
export function inOrder<T, R, Result>(
  items: readonly T[],
  step: (item: T, index: number) => MaybePromise<R>,
  finish: (results: readonly R[]) => Result,
  after: (result: R) => void = () => {},
): MaybePromise<Result> {
  const results: R[] = [];
  const take = (result: R): void => {
    results.push(result);
    after(result);
  };
  for (let index = 0; index < items.length; index++) {
    const result = step(items[index] as T, index);
    if (result instanceof Promise) return continueFrom(index, result);
    take(result);
  }
  return finish(results);

  async function continueFrom(index: number, pending: Promise<R>): Promise<Result> {
    take(await pending);
    for (let next = index + 1; next < items.length; next++) take(await step(items[next] as T, next));
    return finish(results);
  }
}
