import { ByteReader } from "../../../bytes/byte-reader.ts";
import { ByteWriter } from "../../../bytes/byte-writer.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import { type Refusal, refuse } from "../../../cosem-objects/object.ts";
import type { Schema } from "../../../dlms/axdr/schema.ts";
import { DecodeError } from "../../../errors.ts";
import type { Meter } from "../../../meter-model/index.ts";

/** A parameter's place among those of the meter, and what it is before it was ever written. */
export interface ParameterDeclaration<T> {
  readonly logicalName: LogicalName;
  readonly attribute: number;
  readonly schema: Schema<T>;
  readonly initial: T;
  /** What may be written; anything of the type by default. */
  readonly permits?: (value: T) => boolean;
}

/** An accessor of an attribute that the meter keeps, for methods of the same object as well. */
export interface Parameter<T> {
  readonly get: () => T;
  readonly set: (value: T) => Refusal<"temporary-failure" | "other-reason"> | undefined;
}

/** An attribute that the meter keeps and shows without acting on it. What is out of range is refused and changes nothing. */
export function parameter<T>(meter: Meter, declaration: ParameterDeclaration<T>): Parameter<T> {
  const { logicalName, attribute, schema, initial, permits = () => true } = declaration;
  const name = `${logicalName}:${attribute}`;
  return {
    get: () => kept(meter, name, schema) ?? initial,
    set: (value) => {
      if (!meter.supplied) return refuse("temporary-failure");
      const writer = new ByteWriter(32);
      schema.write(writer, value);
      return permits(value) && meter.parameters.set(name, writer.finish()) ? undefined : refuse("other-reason");
    },
  };
}

/** What was written; what an earlier version kept in another form counts as never written. */
function kept<T>(meter: Meter, name: string, schema: Schema<T>): T | undefined {
  const octets = meter.parameters.get(name);
  if (octets === undefined) return undefined;
  try {
    return schema.read(new ByteReader(octets));
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
