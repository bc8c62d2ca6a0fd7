import { z } from "zod";
import { associationFields } from "./association-fields.ts";
import { duration, integer, list, oneOf, secretReference, section, text, textLike, yesOrNo } from "./fields.ts";
import type { Frozen } from "./load.ts";

/** What a case may be expected to come to. */
export const expectedVerdicts = ["passed", "failed", "inconclusive", "inapplicable"] as const;

const hdlcAddress = section({
  logical: integer(0, 0x3fff),
  physical: integer(0, 0x3fff).optional(),
  length: integer(1, 4).optional(),
});

/**
 * Conformance test information (CTI): what is declared of a device beyond the TARGET it is reached at, without which a
 * feature that fails could not be told from one that is not there.
 */
export const conformanceSchema = section({
  /** Associations besides that of TARGET. */
  associations: list(section({ name: text("a name such as management"), ...associationFields() })).optional(),
  /** Client users of the association of TARGET: one that the device knows, and one that it does not. */
  users: section({ known: integer(0, 255), unknown: integer(0, 255) }).optional(),
  /** Further forms of the HDLC address. */
  hdlcAddresses: list(hdlcAddress).optional(),
  logicalDeviceName: text("a logical device name of 16 characters").optional(),
  exclude: list(textLike("expected a logical name such as 0.0.44.0.0.255", /^\d{1,3}(\.\d{1,3}){5}$/)).optional(),
  /** Whether the device may be changed where it is put back afterwards. */
  write: yesOrNo().optional(),
  masterKey: secretReference().optional(),
  /** The longest wait for a time-out of the device. */
  patience: duration().optional(),
  /** Deviations that are known: what cases come to on this device. */
  expect: z.record(z.string(), oneOf(expectedVerdicts)).optional(),
});

export type ConformanceConfig = Frozen<z.output<typeof conformanceSchema>>;
