import type { ObjectView } from "../cosem-objects/logical-device.ts";
import { logicalNameToBytes } from "../cosem-objects/logical-name.ts";
import { memberAt, type ShortNames } from "../cosem-objects/short-names.ts";
import {
  type ActionOutcome,
  type AttributeRequest,
  type GetResult,
  type MethodRequest,
  refuseAll,
  type ServiceRequest,
  type ServiceResult,
  type VariableRequest,
} from "../dlms/association/services.ts";
import { dataTag } from "../dlms/axdr/data-type.ts";
import type { DataAccessResult } from "../dlms/xdlms/results.ts";
import { type Dispatcher, inOrder, type MaybePromise, type ServiceHandler, then } from "./dispatcher.ts";
import { RequestScope } from "./request-scope.ts";

type Target = ({ readonly kind: "attribute" } & AttributeRequest) | { readonly kind: "method"; readonly method: MethodRequest["method"] };

/**
 * Carries out Read and Write on the objects that an association sees: short names are turned into the members they mean,
 * and the dispatcher of logical names does the rest, so rights and checks are the same (Green Book 9.3.14, 9.3.15).
 */
export class ShortNameDispatcher implements ServiceHandler {
  readonly #dispatcher: Dispatcher;
  readonly #view: ObjectView;
  readonly #names: ShortNames;

  constructor(dispatcher: Dispatcher, view: ObjectView, names: ShortNames) {
    this.#dispatcher = dispatcher;
    this.#view = view;
    this.#names = names;
  }

  handle(request: ServiceRequest, scope = new RequestScope()): MaybePromise<ServiceResult> {
    switch (request.service) {
      case "read":
        return inOrder(
          request.variables,
          (variable) => this.#read(variable, scope),
          (results) => ({ service: "read", results }),
        );
      case "write":
        return inOrder(
          request.variables,
          (variable, index) => this.#write(variable, request.values[index] as Uint8Array, scope),
          (results) => ({ service: "write", results }),
        );
      default:
        return refuseAll(request, "object-undefined");
    }
  }

  #read(variable: VariableRequest, scope: RequestScope): MaybePromise<GetResult> {
    const target = this.#find(variable);
    if (target === undefined) return { error: "object-undefined" };
    if (target.kind === "attribute") return this.#dispatcher.get(target, scope);
    // A method has nothing to select, so whichever selector comes carries its parameter: some clients send 1. Without any
    // nothing is invoked, so that reading names one after the other does no harm.
    const { selection } = variable;
    if (selection === undefined) return { error: "scope-of-access-violated" };
    return then(this.#invoke(target.method, selection.parameters, scope), ({ result, returned }) =>
      result === "success" ? (returned ?? nothingReturned) : { error: resultOf(result) },
    );
  }

  #write(variable: VariableRequest, value: Uint8Array, scope: RequestScope): MaybePromise<DataAccessResult> {
    const target = this.#find(variable);
    if (target === undefined) return "object-undefined";
    if (target.kind === "attribute") return this.#dispatcher.set(target, value, scope);
    if (variable.selection !== undefined) return "scope-of-access-violated";
    return then(this.#invoke(target.method, value, scope), ({ result }) => resultOf(result));
  }

  #invoke(method: MethodRequest["method"], parameter: Uint8Array, scope: RequestScope): MaybePromise<ActionOutcome> {
    return this.#dispatcher.invoke({ method, parameter: parameter[0] === dataTag["null-data"] ? undefined : parameter }, scope);
  }

  #find({ variableName, selection }: VariableRequest): Target | undefined {
    const owner = this.#names.ownerOf(variableName);
    if (owner === undefined) return undefined;
    const found = this.#view.find(owner.logicalName);
    const member = found && memberAt(found.object.cosemClass, owner.offset);
    if (found === undefined || member === undefined) return undefined;
    const object = { classId: found.object.cosemClass.classId, logicalName: logicalNameToBytes(owner.logicalName) };
    return member.attributeId === undefined
      ? { kind: "method", method: { ...object, methodId: member.methodId } }
      : { kind: "attribute", attribute: { ...object, attributeId: member.attributeId }, selection };
  }
}

const nothingReturned: GetResult = { data: Uint8Array.of(dataTag["null-data"]) };

/** Results of methods that results of data access do not know. */
function resultOf(result: ActionOutcome["result"]): DataAccessResult {
  return result === "long-action-aborted" || result === "no-long-action-in-progress" ? "other-reason" : result;
}
