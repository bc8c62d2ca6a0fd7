import type { ByteReader } from "../../bytes/byte-reader.ts";
import type { ByteWriter } from "../../bytes/byte-writer.ts";

/** What a schema says of itself, for documentation, validation messages and the typed command line. */
export interface TypeDescription {
  /** The standard's name: "double-long-unsigned", "structure", ... */
  readonly name: string;
  /** Element of an array, or of an optional value. */
  readonly element?: TypeDescription;
  /** Fields of a structure or sequence, in wire order. */
  readonly fields?: Readonly<Record<string, TypeDescription>>;
  /** Alternatives of a choice. */
  readonly alternatives?: readonly TypeDescription[];
  /** Names and numbers of an enumeration. */
  readonly values?: Readonly<Record<string, number>>;
}

/**
 * One declaration that encodes, decodes, validates and documents a value.
 *
 * `read` throws `DecodeError` and nothing else; views in the result live as long as the source bytes. `write` trusts
 * its caller, whom the compiler has checked.
 */
export interface Schema<T> {
  readonly type: TypeDescription;
  read(reader: ByteReader): T;
  write(writer: ByteWriter, value: T): void;
}

/** The value type of a schema. */
export type Infer<S> = S extends Schema<infer T> ? T : never;
