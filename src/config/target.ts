import { ConfigError } from "../errors.ts";
import {
  type AssociationKey,
  type AssociationOptions,
  associationKeyOf,
  associationKeys,
  associationOptions,
} from "./association-options.ts";
import { didYouMean } from "./did-you-mean.ts";
import { parseEndpoint } from "./endpoint.ts";
import { show } from "./show.ts";

/** Where a meter is and by which link it is reached. */
export type TargetAddress =
  | { readonly kind: "tcp" | "udp" | "hdlc"; readonly host: string; readonly port: number }
  | { readonly kind: "serial"; readonly path: string; readonly baud: number }
  | { readonly kind: "optical"; readonly path: string; readonly baud: number; readonly maxBaud: number };

/** A target as written: an address, or the name of one in the address book, and options. `undefined` address: options only. */
export interface TargetReference {
  readonly address: TargetAddress | { readonly kind: "meter"; readonly name: string } | undefined;
  readonly association: AssociationOptions;
}

export const defaultWrapperPort = 4059;

/** What a target may be, for messages. */
export const targetExpected =
  "expected a target such as tcp://10.0.0.5:4059, udp://, hdlc://host:port, serial:///dev/ttyUSB0?baud=9600, optical:///dev/ttyUSB0 or meter:NAME";

type LineOption = "baud" | "max-baud";
const lineOptions: Readonly<Record<string, readonly LineOption[]>> = { serial: ["baud"], optical: ["baud", "max-baud"] };
const baudRates = [300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200];

/**
 * Parses a target with its query. `name` is what errors call it ("TARGET", "meters[0].target").
 * @throws ConfigError naming the option, what was expected and an example.
 */
export function parseTarget(text: string, name: string): TargetReference {
  const split = text.indexOf("?");
  const place = split < 0 ? text : text.slice(0, split);
  const [, scheme = "", rest = ""] = /^([a-z]+):(.*)$/.exec(place) ?? [];
  const query = parseQuery(split < 0 ? "" : text.slice(split + 1), name, lineOptions[scheme] ?? []);
  return {
    address: place === "" && split === 0 ? undefined : addressOf(scheme, rest, query.line, text, name),
    association: query.association,
  };
}

function addressOf(
  scheme: string,
  rest: string,
  line: ReadonlyMap<LineOption, number>,
  text: string,
  name: string,
): TargetReference["address"] {
  const refused = () => new ConfigError(name, `${targetExpected}, got ${show(withoutQuery(text))}`);
  const place = rest.startsWith("//") ? rest.slice(2) : "";
  switch (scheme) {
    case "meter":
      if (rest === "" || rest.startsWith("//")) throw refused();
      return { kind: "meter", name: rest };
    case "tcp":
    case "udp": {
      const endpoint = parseEndpoint(place) ?? parseEndpoint(`${place}:${defaultWrapperPort}`);
      if (endpoint === undefined) throw refused();
      return { kind: scheme, ...endpoint };
    }
    case "hdlc": {
      const endpoint = parseEndpoint(place);
      // Serial servers agree on no port: a default would only hide the question.
      if (endpoint === undefined)
        throw new ConfigError(name, `expected a host and a port such as hdlc://10.0.0.5:4060, got ${show(withoutQuery(text))}`);
      return { kind: "hdlc", ...endpoint };
    }
    case "serial":
      if (place === "" || place === "/") throw refused();
      return { kind: "serial", path: place, baud: line.get("baud") ?? 9600 };
    case "optical":
      if (place === "" || place === "/") throw refused();
      // IEC 62056-21 sign-on starts at 300 Bd; 9600 is the fastest every probe manages.
      return { kind: "optical", path: place, baud: line.get("baud") ?? 300, maxBaud: line.get("max-baud") ?? 9600 };
    default:
      throw refused();
  }
}

/** A query may hold secrets. */
function withoutQuery(text: string): string {
  return text.replace(/\?.*$/s, "?...");
}

interface Query {
  readonly association: AssociationOptions;
  readonly line: ReadonlyMap<LineOption, number>;
}

function parseQuery(text: string, name: string, known: readonly LineOption[]): Query {
  const association: Partial<Record<AssociationKey, unknown>> = {};
  const line = new Map<LineOption, number>();
  for (const part of text === "" ? [] : text.split("&")) {
    const equals = part.indexOf("=");
    const option = unescapeQuery(equals < 0 ? part : part.slice(0, equals), name);
    const value = equals < 0 ? "" : unescapeQuery(part.slice(equals + 1), name);
    const path = `${name}?${option}`;
    const lineOption = known.find((candidate) => candidate === option);
    const key = associationKeyOf(option);
    if (lineOption !== undefined) line.set(lineOption, parseBaud(value, path));
    else if (key !== undefined) association[key] = parseAssociationOption(key, value, path);
    else throw unknownOption(option, name, known);
  }
  return { association: association as AssociationOptions, line };
}

function unescapeQuery(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    throw new ConfigError(name, "expected % to start an escape such as %26 for &", { hint: "write %25 for a percent sign", cause: error });
  }
}

function unknownOption(option: string, name: string, known: readonly LineOption[]): ConfigError {
  const nearest = didYouMean(option, [...known, ...associationKeys.map((key) => associationOptions[key].name)]);
  return new ConfigError(name, `unknown option ${show(option)}${nearest === undefined ? "" : `, did you mean ${nearest}?`}`);
}

function parseBaud(text: string, path: string): number {
  const baud = baudRates.find((rate) => String(rate) === text);
  if (baud === undefined) throw new ConfigError(path, `expected one of ${baudRates.join(", ")}, got ${show(text)}`);
  return baud;
}

/**
 * Parses the value of one association option, from a query or a flag; `path` is what errors call it ("--client").
 * @throws ConfigError with what was expected and an example, without the value where it may be a secret.
 */
export function parseAssociationOption<Key extends AssociationKey>(
  key: Key,
  text: string,
  path: string,
): NonNullable<AssociationOptions[Key]> {
  const option = associationOptions[key];
  const parsed = option.parse(text);
  if (parsed === undefined) {
    const got = "secret" in option && option.secret === true ? "something else" : show(text);
    throw new ConfigError(path, `${option.expected}, got ${got}`, { hint: `for example ${option.name}=${option.example}` });
  }
  return parsed as NonNullable<AssociationOptions[Key]>;
}
