import { ByteReader } from "../bytes/byte-reader.ts";
import type { ByteWriter } from "../bytes/byte-writer.ts";
import type { NegotiatedContext } from "../dlms/association/negotiation.ts";
import { dataTag } from "../dlms/axdr/data-type.ts";
import type { Schema } from "../dlms/axdr/schema.ts";
import type { ActionResult, DataAccessResult } from "../dlms/xdlms/results.ts";
import type { AccessSelection } from "../dlms/xdlms/selective-access.ts";
import { DecodeError } from "../errors.ts";
import {
  type AttributeDefinition,
  type AttributeValue,
  attributeById,
  type CosemClass,
  type MethodDefinition,
  methodById,
} from "./define.ts";
import type { LogicalName } from "./logical-name.ts";

/** What is spoken over a transport: the wrapper in a stream or in datagrams, or HDLC. */
export type LinkKind = "wrapper" | "wrapper-udp" | "hdlc";

/** What a handler may know of the association it serves. */
export interface ObjectContext {
  readonly association: NegotiatedContext;
  /** How the client is connected; undefined where the meter itself reads and acts. */
  readonly link?: LinkKind;
}

/** A refusal as a value: handlers return it, they throw only on bugs. */
export class Refusal<R extends DataAccessResult | ActionResult = DataAccessResult | ActionResult> {
  readonly result: R;
  constructor(result: R) {
    this.result = result;
  }
}

/** `refuse("temporary-failure")`, for a getter, setter or method to return. */
export function refuse<R extends DataAccessResult | ActionResult>(result: R): Refusal<R> {
  return new Refusal(result);
}

type MaybePromise<T> = T | Promise<T>;

/** A value computed at each read. */
export type Getter<T> = (context: ObjectContext) => T | Refusal<DataAccessResult>;

/** A value that can be written too; the setter's refusal is the answer to the SET. */
export interface Accessor<T> {
  readonly get: Getter<T>;
  readonly set?: (value: T, context: ObjectContext) => MaybePromise<Refusal<DataAccessResult> | undefined>;
}

/** An attribute that writes its own octets: large, or with selective access. */
export interface Encoder {
  encode(writer: ByteWriter, selection: AccessSelection | undefined, context: ObjectContext): DataAccessResult;
}

export type AttributeBinding<T> = T | Getter<T> | Accessor<T> | Encoder;

/** A method's behaviour; what it returns is the return value, or a refusal. */
export type MethodBinding<P, R> = (parameter: P, context: ObjectContext) => MaybePromise<R | Refusal<ActionResult> | undefined>;

export type AttributeBindings<C extends CosemClass> = {
  readonly [K in Exclude<keyof C["attributes"], "logicalName">]: AttributeBinding<AttributeValue<C, K>> | Unreadable;
};

export type MethodBindings<C extends CosemClass> = {
  readonly [K in keyof C["methods"]]?: C["methods"][K] extends MethodDefinition<infer P, infer R> ? MethodBinding<P, R> : never;
};

/** Marks an attribute that has no value to read: a secret. */
export interface Unreadable {
  readonly unreadable: true;
}

/** The attribute can be written at most. */
export const unreadable: Unreadable = { unreadable: true };

/** What an object has of what its class allows, by the numbers of attributes and methods. */
export interface OfferedMembers {
  /** Attributes that take a value. */
  readonly writable: ReadonlySet<number>;
  /** Methods that do something. */
  readonly methods: ReadonlySet<number>;
}

/** An instance of an interface class in a server: attributes and methods over octets. */
export interface CosemObject {
  readonly cosemClass: CosemClass;
  readonly logicalName: LogicalName;
  readonly offers: OfferedMembers;
  /** Appends the attribute's tagged value to the writer, or leaves it as it was and tells why. */
  read(attributeId: number, writer: ByteWriter, selection: AccessSelection | undefined, context: ObjectContext): DataAccessResult;
  /** Takes one tagged value. */
  write(attributeId: number, data: Uint8Array, context: ObjectContext): MaybePromise<DataAccessResult>;
  /** Runs a method; a return value is appended to the writer as tagged data. */
  invoke(methodId: number, parameter: Uint8Array | undefined, writer: ByteWriter, context: ObjectContext): MaybePromise<ActionResult>;
}

/**
 * Binds a class to behaviour: each attribute a constant, a getter, an accessor or an encoder; each method a function.
 * A method without binding answers that it is not available.
 */
export function bind<C extends CosemClass>(
  cosemClass: C,
  declaration: {
    readonly logicalName: LogicalName;
    readonly attributes: AttributeBindings<C>;
    readonly methods?: MethodBindings<C>;
  },
): CosemObject {
  const attributes = declaration.attributes as Readonly<Record<string, AttributeBinding<unknown> | Unreadable>>;
  const methods = (declaration.methods ?? {}) as Readonly<Record<string, MethodBinding<unknown, unknown> | undefined>>;
  return {
    cosemClass,
    logicalName: declaration.logicalName,
    offers: {
      writable: idsOf(cosemClass.attributes, (name) => isWritable(attributes[name])),
      methods: idsOf(cosemClass.methods, (name) => methods[name] !== undefined),
    },
    read(attributeId, writer, selection, context) {
      const found = attributeById(cosemClass, attributeId);
      if (found === undefined) return "object-undefined";
      if (found.name === "logicalName") {
        found.definition.schema.write(writer, declaration.logicalName);
        return "success";
      }
      return readBinding(found.definition, attributes[found.name], writer, selection, context);
    },
    write(attributeId, data, context) {
      const found = attributeById(cosemClass, attributeId);
      if (found === undefined) return "object-undefined";
      const binding = attributes[found.name];
      if (!isWritable(binding)) return "read-write-denied";
      const decoded = decode(found.definition.schema, data);
      if (decoded instanceof Refusal) return decoded.result as DataAccessResult;
      return settle(binding.set(decoded.value, context), (outcome) => outcome?.result ?? "success");
    },
    invoke(methodId, parameter, writer, context) {
      const found = methodById(cosemClass, methodId);
      if (found === undefined) return "object-undefined";
      const binding = methods[found.name];
      if (binding === undefined) return "object-unavailable";
      const decoded = decodeParameter(found.definition, parameter);
      if (decoded instanceof Refusal) return decoded.result as ActionResult;
      return settle(binding(decoded.value, context), (outcome): ActionResult => {
        if (outcome instanceof Refusal) return outcome.result as ActionResult;
        if (found.definition.result !== undefined) found.definition.result.write(writer, outcome);
        return "success";
      });
    },
  };
}

function idsOf(members: Readonly<Record<string, { readonly id: number }>>, wanted: (name: string) => boolean): ReadonlySet<number> {
  return new Set(Object.entries(members).flatMap(([name, { id }]) => (wanted(name) ? [id] : [])));
}

function readBinding(
  definition: AttributeDefinition,
  binding: AttributeBinding<unknown> | Unreadable | undefined,
  writer: ByteWriter,
  selection: AccessSelection | undefined,
  context: ObjectContext,
): DataAccessResult {
  if (isEncoder(binding)) return binding.encode(writer, selection, context);
  // No other attribute is defined with selective access (Blue Book class tables).
  if (selection !== undefined) return "scope-of-access-violated";
  if (isUnreadable(binding)) return "read-write-denied";
  const value = typeof binding === "function" ? binding(context) : isAccessor(binding) ? binding.get(context) : binding;
  if (value instanceof Refusal) return value.result as DataAccessResult;
  definition.schema.write(writer, value);
  return "success";
}

function decode(schema: Schema<unknown>, data: Uint8Array): { readonly value: unknown } | Refusal {
  try {
    const reader = new ByteReader(data);
    const value = schema.read(reader);
    reader.expectEnd("value");
    return { value };
  } catch (error) {
    if (error instanceof DecodeError) return refuse("type-unmatched");
    throw error;
  }
}

/** Peers often leave out the conventional integer 0 of methods without a real parameter. */
function decodeParameter(definition: MethodDefinition, parameter: Uint8Array | undefined): { readonly value: unknown } | Refusal {
  const absent = parameter === undefined || (parameter.length === 1 && parameter[0] === dataTag["null-data"]);
  if (!absent) return decode(definition.parameter, parameter);
  return definition.parameter.type.name === "integer" ? { value: 0 } : refuse("type-unmatched");
}

/** Applies `then` at once where it can, so that synchronous handlers stay synchronous. */
function settle<T, R>(value: MaybePromise<T>, then: (value: T) => R): MaybePromise<R> {
  return value instanceof Promise ? value.then(then) : then(value);
}

function isEncoder(binding: unknown): binding is Encoder {
  return typeof binding === "object" && binding !== null && "encode" in binding && typeof binding.encode === "function";
}

function isAccessor(binding: unknown): binding is Accessor<unknown> {
  return typeof binding === "object" && binding !== null && "get" in binding && typeof binding.get === "function";
}

function isWritable(binding: unknown): binding is Required<Accessor<unknown>> {
  return isAccessor(binding) && binding.set !== undefined;
}

function isUnreadable(binding: unknown): binding is Unreadable {
  return typeof binding === "object" && binding !== null && "unreadable" in binding;
}
