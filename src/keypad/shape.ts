import { DecodeError } from "../errors.ts";

/** What a value of the link has to look like: `read` gives it back as T, or throws DecodeError naming the field. */
export interface Shape<T> {
  readonly read: (value: unknown, field: string) => T;
}

/** A field that may be missing. */
export interface OptionalShape<T> extends Shape<T> {
  readonly optional: true;
}

/** The type of what a shape reads. */
export type TypeOf<S> = S extends Shape<infer T> ? T : never;

type Fields = Readonly<Record<string, Shape<unknown>>>;
type OptionalKeys<F extends Fields> = { [Key in keyof F]: F[Key] extends OptionalShape<unknown> ? Key : never }[keyof F];
type RecordOf<F extends Fields> = { readonly [Key in Exclude<keyof F, OptionalKeys<F>>]: TypeOf<F[Key]> } & {
  readonly [Key in OptionalKeys<F>]?: TypeOf<F[Key]>;
};

function refuse(field: string, expected: string): DecodeError {
  return new DecodeError("out-of-range", field, 0, `${field}: expected ${expected}`, { layer: "meter" });
}

/** A whole number within bounds. */
export function integer(least: number, most: number): Shape<number> {
  return {
    read: (value, field) => {
      if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
      throw refuse(field, `a whole number from ${least} to ${most}`);
    },
  };
}

/** True or false. */
export const flag: Shape<boolean> = {
  read: (value, field) => {
    if (typeof value === "boolean") return value;
    throw refuse(field, "true or false");
  },
};

/** Text that a pattern describes as a whole. */
export function matching(pattern: RegExp, expected: string): Shape<string> {
  return {
    read: (value, field) => {
      if (typeof value === "string" && pattern.test(value)) return value;
      throw refuse(field, expected);
    },
  };
}

/**
 * Text for the display, at most `longest` characters. A character that the display has not (all but printable ASCII) becomes
 * a question mark, so that nothing that arrives steers the terminal it is drawn on.
 */
export function displayText(longest: number): Shape<string> {
  return {
    read: (value, field) => {
      if (typeof value === "string" && value.length <= longest) return value.replace(/[^ -~]/g, "?");
      throw refuse(field, `at most ${longest} characters`);
    },
  };
}

/** One of some words. */
export function oneOf<const Word extends string>(words: readonly Word[]): Shape<Word> {
  return {
    read: (value, field) => {
      const found = words.find((word) => word === value);
      if (found === undefined) throw refuse(field, `one of ${words.join(", ")}`);
      return found;
    },
  };
}

/** At most `most` values of one shape. */
export function list<T>(of: Shape<T>, most: number): Shape<readonly T[]> {
  return {
    read: (value, field) => {
      if (!Array.isArray(value) || value.length > most) throw refuse(field, `a list of at most ${most}`);
      return value.map((item: unknown, index) => of.read(item, `${field}[${index}]`));
    },
  };
}

/** The same, where the field may be missing. */
export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  return { ...shape, optional: true };
}

/** An object with these fields; what else it has is left out, so that a newer end may say more. */
export function record<F extends Fields>(fields: F): Shape<RecordOf<F>> {
  const entries = Object.entries(fields);
  return {
    read: (value, field) => {
      if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse(field, "an object");
      const given = entries.filter(([name, shape]) => Object.hasOwn(value, name) || !("optional" in shape));
      const read = given.map(([name, shape]) => [name, shape.read((value as Readonly<Record<string, unknown>>)[name], `${field}.${name}`)]);
      return Object.fromEntries(read) as RecordOf<F>;
    },
  };
}
