import type { Schema } from "../dlms/axdr/schema.ts";

/** What the class itself allows: `rw` marks the parameters a client may configure, `w` secrets. */
export type ClassAccess = "r" | "w" | "rw";

export interface AttributeOptions {
  /** Changes by itself, without a client writing it. */
  readonly dynamic?: boolean;
  /** Selective access: the selectors the attribute understands. */
  readonly selectors?: readonly number[];
}

export interface AttributeDefinition<T = unknown> extends AttributeOptions {
  readonly id: number;
  readonly schema: Schema<T>;
  readonly access: ClassAccess;
  readonly description: string;
}

export interface MethodDefinition<P = unknown, R = unknown> {
  readonly id: number;
  readonly parameter: Schema<P>;
  /** The type of the return value, where the method has one. */
  readonly result: Schema<R> | undefined;
  readonly description: string;
}

// biome-ignore lint/suspicious/noExplicitAny: a bound of inference; Schema<T> is invariant, so `unknown` would not admit any schema
type AnyDefinition<D extends "attribute" | "method"> = D extends "attribute" ? AttributeDefinition<any> : MethodDefinition<any, any>;

export type Attributes = Readonly<Record<string, AnyDefinition<"attribute">>>;
export type Methods = Readonly<Record<string, AnyDefinition<"method">>>;

/** An interface class: the single declaration that types, codec, access rights and documentation come from. */
export interface CosemClass<A extends Attributes = Attributes, M extends Methods = Methods> {
  readonly classId: number;
  readonly version: number;
  readonly name: string;
  readonly attributes: A;
  readonly methods: M;
  /** Distance of the first method from the base name, where methods have short names (Blue Book class tables). */
  readonly firstMethodOffset?: number;
}

/** The type of one attribute: `AttributeValue<typeof Register, "scalerUnit">` is `ScalerUnit`. */
export type AttributeValue<C extends CosemClass, K extends keyof C["attributes"]> =
  C["attributes"][K] extends AttributeDefinition<infer T> ? T : never;

export type MethodParameter<C extends CosemClass, K extends keyof C["methods"]> =
  C["methods"][K] extends MethodDefinition<infer P, unknown> ? P : never;

export type MethodResult<C extends CosemClass, K extends keyof C["methods"]> = C["methods"][K] extends {
  readonly result: Schema<infer R> | undefined;
}
  ? R
  : unknown;

/** One attribute of a class (Blue Book class tables). */
export function attribute<T>(
  id: number,
  schema: Schema<T>,
  access: ClassAccess,
  description: string,
  options: AttributeOptions = {},
): AttributeDefinition<T> {
  return { id, schema, access, description, ...options };
}

/** One method of a class; `result` only where it returns something. */
export function method<P, R = never>(id: number, parameter: Schema<P>, description: string, result?: Schema<R>): MethodDefinition<P, R> {
  return { id, parameter, result, description };
}

export function defineClass<const A extends Attributes, const M extends Methods>(declaration: {
  readonly classId: number;
  readonly version: number;
  readonly name: string;
  readonly attributes: A;
  readonly methods: M;
  readonly firstMethodOffset?: number;
}): CosemClass<A, M> {
  return declaration;
}

/** The attribute with this index, and its name. */
export function attributeById(
  cosemClass: CosemClass,
  id: number,
): { readonly name: string; readonly definition: AttributeDefinition } | undefined {
  return byId(attributeIndex, cosemClass, cosemClass.attributes, id) as { name: string; definition: AttributeDefinition } | undefined;
}

/** The method with this index, and its name. */
export function methodById(
  cosemClass: CosemClass,
  id: number,
): { readonly name: string; readonly definition: MethodDefinition } | undefined {
  return byId(methodIndex, cosemClass, cosemClass.methods, id) as { name: string; definition: MethodDefinition } | undefined;
}

interface Named {
  readonly name: string;
  readonly definition: { readonly id: number };
}

const attributeIndex = new WeakMap<CosemClass, ReadonlyMap<number, Named>>();
const methodIndex = new WeakMap<CosemClass, ReadonlyMap<number, Named>>();

function byId(
  index: WeakMap<CosemClass, ReadonlyMap<number, Named>>,
  cosemClass: CosemClass,
  members: Readonly<Record<string, { readonly id: number }>>,
  id: number,
): Named | undefined {
  let map = index.get(cosemClass);
  if (map === undefined) {
    map = new Map(Object.entries(members).map(([name, definition]) => [definition.id, { name, definition }]));
    index.set(cosemClass, map);
  }
  return map.get(id);
}
