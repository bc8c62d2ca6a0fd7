import type { DlmsData } from "../../dlms/axdr/dlms-data.ts";
import type { ExplainedReading } from "../explanation.ts";
import { iskraemecoTemplates } from "./iskraemeco.ts";
import { kaifaTemplates } from "./kaifa.ts";
import { kamstrupTemplates } from "./kamstrup.ts";
import { landisGyrTemplates } from "./landis-gyr.ts";
import type { PushTemplate } from "./push-template.ts";
import { readingsByTemplate } from "./template-match.ts";

export { readingsByObjectList } from "./object-list.ts";
export type { NamedTemplate, PositionalTemplate, PushElement, PushGroup, PushItem, PushQuantity, PushTemplate } from "./push-template.ts";

/**
 * The templates that come with the product. Makes whose pushes carry names, scalers and units need none: Aidon
 * (AIDON_V0001), Sagemcom T210-D and Kaifa MA309 in Austria, Landis+Gyr E350 in Norway.
 */
export const pushTemplates: readonly PushTemplate[] = [
  ...kaifaTemplates,
  ...kamstrupTemplates,
  ...iskraemecoTemplates,
  ...landisGyrTemplates,
];

/** What is known besides the body. */
export interface MatchOptions {
  /** The make of the meter, which lets its ambiguous templates match. */
  readonly make?: string;
  /** Tried in order; those of the product unless given. */
  readonly templates?: readonly PushTemplate[];
}

/** A push and the template that fits it. */
export interface TemplateMatch {
  readonly template: PushTemplate;
  /** In the order of the push; what the template does not name has its position instead. */
  readonly readings: readonly ExplainedReading[];
}

/** The first template whose signature is the body's, and what it makes of the values; undefined where there is none. */
export function matchTemplate(body: DlmsData, { make, templates = pushTemplates }: MatchOptions = {}): TemplateMatch | undefined {
  for (const template of templates) {
    if (template.layout === "positional" && template.ambiguous === true && template.make !== make) continue;
    const readings = readingsByTemplate(template, body);
    if (readings !== undefined) return { template, readings };
  }
  return undefined;
}
