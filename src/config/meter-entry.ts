import { z } from "zod";
import { ConfigError } from "../errors.ts";
import { associationFields } from "./association-fields.ts";
import { type AssociationKey, type AssociationOptions, associationKeys } from "./association-options.ts";
import { duration, list, oneOf, port, positiveNumber, section, textField, textLike, unknownKey, yesOrNo } from "./fields.ts";
import { type PollPlan, pollPlan } from "./poll-plan.ts";
import { parseTarget, type TargetAddress, targetExpected } from "./target.ts";

/** The profiles that have a name of their own; every other one is named by its OBIS code. */
export const profileNames = ["load", "hourly", "daily", "monthly", "tokens"] as const;

/** What may be asked of a meter over MQTT where its entry allows it. */
export const writeCommands = ["relay", "token", "clock", "set", "invoke"] as const;

const obisPattern = /^\d{1,3}(-\d{1,3}:|\.)\d{1,3}\.\d{1,3}\.\d{1,3}([.*]\d{1,3}){0,2}$/;

const profile = textField(`expected one of ${profileNames.join(", ")} or an OBIS code such as 1.0.99.1.0.255`, (text) =>
  profileNames.some((name) => name === text) || obisPattern.test(text) ? text : undefined,
);

/** Values by OBIS code. */
const byObis = <T extends z.ZodType>(value: T) => z.record(z.string().regex(obisPattern, "expected an OBIS code such as 1-0:1.8.0"), value);

const common = {
  poll: pollPlan(),
  profiles: list(profile),
  events: yesOrNo(),
  read: list(
    textField("expected an OBIS code such as 1.0.1.8.0.255 or a name of the catalogue", (text) => (text === "" ? undefined : text)),
  ),
  ratio: section({ current: positiveNumber().optional(), voltage: positiveNumber().optional() }),
  multiply: byObis(positiveNumber()),
  clock: section({ correct: yesOrNo().optional(), limit: duration().optional() }),
  allow: list(oneOf(writeCommands)),
  cell: textLike("expected a word such as feeder-7", /^\S+$/),
};

const target = textField(targetExpected, (text) => (text === "" ? undefined : text));

/** What meters may have in common; everything but what names one meter. */
export const templateSchema = section({ target: target.optional(), ...optional(common), ...associationFields() });

/** One meter of a gateway's configuration or of an address book. */
export const meterEntrySchema = section({
  // The id is a level of MQTT topics (MQTT 5, 4.7) and a name on the command line.
  id: textLike("expected a name without spaces, +, # and /", /^[^\s+#/]+$/),
  template: textLike("expected the name of a template", /^\S+$/).optional(),
  target: target.optional(),
  ...optional(common),
  northboundPort: port().optional(),
  ...associationFields(),
});

type Optional<S extends Readonly<Record<string, z.ZodType>>> = { [Key in keyof S]: z.ZodOptional<S[Key]> };

function optional<S extends Readonly<Record<string, z.ZodType>>>(shape: S): Optional<S> {
  return Object.fromEntries(Object.entries(shape).map(([key, value]) => [key, value.optional()])) as Optional<S>;
}

type MeterEntry = z.output<typeof meterEntrySchema>;
type Template = z.output<typeof templateSchema>;

/** A meter with its template and the defaults applied. */
export interface MeterConfig {
  readonly id: string;
  readonly address: TargetAddress;
  readonly association: AssociationOptions;
  readonly poll: PollPlan;
  readonly profiles: readonly string[];
  readonly events: boolean;
  readonly read: readonly string[];
  readonly ratio: { readonly current: number; readonly voltage: number };
  /** Factors by OBIS code: corrections of scalers that are wrong in the meter. */
  readonly multiply: Readonly<Record<string, number>>;
  /** `limit` is the drift in milliseconds from which the clock is corrected. */
  readonly clock: { readonly correct: boolean; readonly limit: number };
  readonly allow: readonly (typeof writeCommands)[number][];
  readonly cell: string | undefined;
  readonly northboundPort: number | undefined;
}

const defaults = { poll: 60_000, clock: { correct: false, limit: 30_000 }, ratio: { current: 1, voltage: 1 } };

/**
 * Puts a meter together. What the entry says goes before what its template says, and a key before the query of a target.
 * @throws ConfigError below `path` for a template that does not exist and for a target that cannot be used.
 */
function resolveMeter(entry: MeterEntry, templates: Readonly<Record<string, Template>>, path: string): MeterConfig {
  const template = templateOf(entry, templates, path);
  const own = entry.target === undefined ? undefined : parseTarget(entry.target, `${path}.target`);
  const shared = template.target === undefined ? undefined : parseTarget(template.target, `templates.${entry.template}.target`);
  const address = own?.address ?? shared?.address;
  if (address === undefined || address.kind === "meter")
    throw new ConfigError(
      `${path}.target`,
      `${targetExpected.replace(" or meter:NAME", "")}, got ${address === undefined ? "nothing" : "another name"}`,
    );
  return {
    id: entry.id,
    address,
    association: { ...shared?.association, ...associationOf(template), ...own?.association, ...associationOf(entry) },
    poll: entry.poll ?? template.poll ?? defaults.poll,
    profiles: entry.profiles ?? template.profiles ?? [],
    events: entry.events ?? template.events ?? false,
    read: entry.read ?? template.read ?? [],
    ratio: merge(defaults.ratio, template.ratio, entry.ratio),
    multiply: { ...template.multiply, ...entry.multiply },
    clock: merge(defaults.clock, template.clock, entry.clock),
    allow: entry.allow ?? template.allow ?? [],
    cell: entry.cell ?? template.cell,
    northboundPort: entry.northboundPort,
  };
}

function templateOf(entry: MeterEntry, templates: Readonly<Record<string, Template>>, path: string): Template {
  if (entry.template === undefined) return {};
  const template = Object.hasOwn(templates, entry.template) ? templates[entry.template] : undefined;
  if (template !== undefined) return template;
  throw new ConfigError(`${path}.template`, unknownKey(entry.template, Object.keys(templates)).replaceAll("key", "template"));
}

/** Later parts go before earlier ones, except where they are silent. */
function merge<T extends object>(base: T, ...parts: readonly ({ readonly [Key in keyof T]?: T[Key] | undefined } | undefined)[]): T {
  const given = parts.flatMap((part) => Object.entries(part ?? {})).filter(([, value]) => value !== undefined);
  return { ...base, ...Object.fromEntries(given) };
}

function associationOf(entry: { readonly [Key in AssociationKey]?: AssociationOptions[Key] | undefined }): AssociationOptions {
  return Object.fromEntries(associationKeys.flatMap((key) => (entry[key] === undefined ? [] : [[key, entry[key]]])));
}

export interface MeterList {
  readonly templates: Readonly<Record<string, Template>>;
  readonly meters: readonly MeterEntry[];
}

/** The keys a file with meters has. */
export const meterListShape = { templates: z.record(z.string(), templateSchema).prefault({}), meters: list(meterEntrySchema) };

/** Puts every meter of a file together and reports to `context` what does not fit, an id that is used twice among it. */
export function resolveMeters(file: MeterList, context: z.core.$RefinementCtx): MeterConfig[] {
  const seen = new Map<string, number>();
  return file.meters.flatMap((entry, index) => {
    const report = (key: string, message: string) => void context.addIssue({ code: "custom", path: ["meters", index, key], message });
    // Topics that differ in case alone confuse people and file systems.
    const first = seen.get(entry.id.toLowerCase());
    if (first !== undefined) report("id", "another meter has this id already");
    seen.set(entry.id.toLowerCase(), first ?? index);
    try {
      return [resolveMeter(entry, file.templates, `meters[${index}]`)];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      const key = error.path.startsWith(`meters[${index}].template`) ? "template" : "target";
      report(key, error.message.slice(error.path.length + 2));
      return [];
    }
  });
}
