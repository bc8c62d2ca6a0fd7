import type { z } from "zod";
import {
  type AssociationKey,
  type AssociationOptions,
  associationKeys,
  associationOptions,
  type OptionDefinition,
} from "./association-options.ts";
import { describe, field } from "./fields.ts";
import { type SecretReference, secretExpected, secretReferenceExpected } from "./secret.ts";

type AssociationFields = { readonly [Key in AssociationKey]: z.ZodOptional<z.ZodType<NonNullable<AssociationOptions[Key]>>> };

/** The options as keys of a configuration file, where a secret may be a reference only. */
export function associationFields(): AssociationFields {
  return Object.fromEntries(
    associationKeys.map((key) => [key, fieldOf(associationOptions[key]).optional()]),
  ) as unknown as AssociationFields;
}

// The text of a number's example tells numbers from words: in a file they are written without quotes.
function fieldOf(option: OptionDefinition<unknown>): z.ZodType {
  const numeric = /^\d+$/.test(option.example) && option.parse(option.example) === Number(option.example);
  const expected = option.secret === true ? option.expected.replace(secretExpected, secretReferenceExpected) : option.expected;
  const parse = (value: unknown) => {
    if (typeof value !== (numeric ? "number" : "string")) return undefined;
    const parsed = option.parse(String(value));
    return (parsed as Partial<SecretReference> | undefined)?.visible === true ? undefined : parsed;
  };
  const jsonSchema = {
    type: numeric ? "integer" : "string",
    description: describe(expected),
    examples: [numeric ? Number(option.example) : option.example],
  };
  return field(expected, parse, { jsonSchema, secret: option.secret === true });
}
