import type { ByteReader } from "../../bytes/byte-reader.ts";
import type { ByteWriter } from "../../bytes/byte-writer.ts";
import { readCount, readLength, writeLength } from "./length.ts";
import type { Infer, Schema, TypeDescription } from "./schema.ts";

/*
 * A-XDR without tags, as the fields of an APDU are encoded (Green Book 9.5; IEC 61334-6).
 */

export const u8: Schema<number> = { type: { name: "Unsigned8" }, read: (r) => r.u8("Unsigned8"), write: (w, v) => w.u8(v) };
export const i8: Schema<number> = { type: { name: "Integer8" }, read: (r) => r.i8("Integer8"), write: (w, v) => w.i8(v) };
export const u16: Schema<number> = { type: { name: "Unsigned16" }, read: (r) => r.u16("Unsigned16"), write: (w, v) => w.u16(v) };
export const u32: Schema<number> = { type: { name: "Unsigned32" }, read: (r) => r.u32("Unsigned32"), write: (w, v) => w.u32(v) };

/** FALSE is 00, any other octet is TRUE; 01 is sent (FF is seen in the field). */
export const boolean: Schema<boolean> = { type: { name: "BOOLEAN" }, read: (r) => r.u8("BOOLEAN") !== 0, write: (w, v) => w.u8(v ? 1 : 0) };

/** OCTET STRING of variable length. */
export const octetString: Schema<Uint8Array> = {
  type: { name: "OCTET STRING" },
  read: (r) => r.bytes(readLength(r, "OCTET STRING"), "OCTET STRING"),
  write: (w, v) => {
    writeLength(w, v.length);
    w.bytes(v);
  },
};

/** OCTET STRING (SIZE(n)): no length on the wire. */
export function octets(length: number, name = `OCTET STRING (SIZE(${length}))`): Schema<Uint8Array> {
  return { type: { name }, read: (r) => r.bytes(length, name), write: (w, v) => w.bytes(v) };
}

/** Everything up to the end of the APDU, as a view. */
export const rest: Schema<Uint8Array> = { type: { name: "remaining octets" }, read: (r) => r.rest(), write: (w, v) => w.bytes(v) };

/**
 * ENUMERATED with names. A number without a name survives as itself, so unknown values are carried unchanged.
 */
export function enumerated<const Names extends Readonly<Record<string, number>>>(
  name: string,
  names: Names,
): Schema<(keyof Names & string) | number> {
  const byNumber = new Map<number, keyof Names & string>(Object.entries(names).map(([key, value]) => [value, key]));
  return {
    type: { name, values: names },
    read: (r) => {
      const value = r.u8(name);
      return byNumber.get(value) ?? value;
    },
    write: (w, v) => w.u8(typeof v === "number" ? v : (names[v] as number)),
  };
}

/** OPTIONAL: presence octet, then the value. */
export function optional<T>(schema: Schema<T>): Schema<T | undefined> {
  return {
    type: { name: "OPTIONAL", element: schema.type },
    read: (r) => (r.u8("presence of OPTIONAL") === 0 ? undefined : schema.read(r)),
    write: (w, v) => {
      if (v === undefined) {
        w.u8(0);
      } else {
        w.u8(1);
        schema.write(w, v);
      }
    },
  };
}

/** DEFAULT: 00 for the default, else 01 and the value. */
export function withDefault<T>(schema: Schema<T>, fallback: T): Schema<T> {
  return {
    type: { name: "DEFAULT", element: schema.type },
    read: (r) => (r.u8("presence of DEFAULT") === 0 ? fallback : schema.read(r)),
    write: (w, v) => {
      if (v === fallback) {
        w.u8(0);
      } else {
        w.u8(1);
        schema.write(w, v);
      }
    },
  };
}

type Fields = Readonly<Record<string, Schema<unknown>>>;
type SequenceOf<F extends Fields> = { readonly [K in keyof F]: Infer<F[K]> };

/** SEQUENCE: the fields in order, without header. */
export function sequence<F extends Fields>(name: string, fields: F): Schema<SequenceOf<F>> {
  const keys = Object.keys(fields);
  const schemas = Object.values(fields);
  return {
    type: { name, fields: describeFields(fields) },
    read: (r: ByteReader) => {
      const value: Record<string, unknown> = {};
      for (let index = 0; index < keys.length; index++) value[keys[index] as string] = (schemas[index] as Schema<unknown>).read(r);
      return value as SequenceOf<F>;
    },
    write: (w: ByteWriter, value) => {
      for (let index = 0; index < keys.length; index++) {
        (schemas[index] as Schema<unknown>).write(w, (value as Record<string, unknown>)[keys[index] as string]);
      }
    },
  };
}

/**
 * SEQUENCE OF: count, then the elements.
 * @param minimum octets the smallest element takes; bounds the count before anything is allocated
 */
export function sequenceOf<T>(element: Schema<T>, minimum = 1): Schema<readonly T[]> {
  return {
    type: { name: "SEQUENCE OF", element: element.type },
    read: (r) => {
      const count = readCount(r, "SEQUENCE OF", minimum);
      const values: T[] = [];
      for (let index = 0; index < count; index++) values.push(element.read(r));
      return values;
    },
    write: (w, values) => {
      writeLength(w, values.length);
      for (const value of values) element.write(w, value);
    },
  };
}

type Alternatives = Readonly<Record<string, readonly [tag: number, schema: Schema<unknown>]>>;
type ChoiceOf<A extends Alternatives> = { readonly [K in keyof A & string]: { readonly type: K } & Infer<A[K][1]> }[keyof A & string];

/**
 * CHOICE of sequences: tag octet, then the alternative. The value carries the alternative's name as `type` beside its
 * fields. @throws DecodeError `bad-tag` for a tag without alternative.
 */
export function choice<A extends Alternatives>(name: string, alternatives: A): Schema<ChoiceOf<A>> {
  const byTag = new Map(Object.entries(alternatives).map(([type, [tag, schema]]) => [tag, { type, schema }]));
  return {
    type: { name, alternatives: Object.entries(alternatives).map(([type, [, schema]]) => ({ ...schema.type, name: type })) },
    read: (r) => {
      const start = r.offset;
      const tag = r.u8(name);
      const alternative = byTag.get(tag);
      if (alternative === undefined) throw r.error("bad-tag", name, `no alternative with tag ${tag.toString(16).padStart(2, "0")}`, start);
      // The alternative has just been made by its schema, so naming it in place spares a copy of every APDU.
      const value = alternative.schema.read(r) as { type?: string };
      value.type = alternative.type;
      return value as ChoiceOf<A>;
    },
    write: (w, value) => {
      const [tag, schema] = alternatives[value.type as string] as readonly [number, Schema<unknown>];
      w.u8(tag);
      schema.write(w, value);
    },
  };
}

function describeFields(fields: Fields): Readonly<Record<string, TypeDescription>> {
  return Object.fromEntries(Object.entries(fields).map(([key, schema]) => [key, schema.type]));
}
