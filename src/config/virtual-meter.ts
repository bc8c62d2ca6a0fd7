import { IANAZone } from "luxon";
import type { z } from "zod";
import { parseEndpoint } from "./endpoint.ts";
import { amount, demoSecret, integer, list, oneOf, period, port, positiveNumber, section, text, textField, textLike } from "./fields.ts";
import { show } from "./show.ts";

/** Who may associate with the virtual meter; what each role may do is decided object by object. */
export const roles = ["public", "reader", "technician", "management", "vending", "firmware", "pre-established"] as const;

/** Where the load of the meter comes from. */
export type LoadSource = { readonly kind: "synthetic" } | { readonly kind: "csv"; readonly file: string };

const load = textField("expected synthetic or csv:FILE", (written): LoadSource | undefined => {
  if (written === "synthetic") return { kind: "synthetic" };
  return /^csv:./.test(written) ? { kind: "csv", file: written.slice("csv:".length) } : undefined;
});

const hex = (bytes: number) =>
  textField(`expected ${bytes} bytes as ${bytes * 2} hex digits`, (written) =>
    written.length === bytes * 2 && /^[0-9a-fA-F]+$/.test(written) ? written.toUpperCase() : undefined,
  );

// In quotes, since YAML takes digits for a number and a number has no leading zeros.
const digits = (what: string, pattern: RegExp) => textLike(`expected ${what} in quotes`, pattern);

const instant = textField("expected a time such as 2026-11-22T12:00:00 or 2026-11-22T12:00:00Z", (written) =>
  /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?)?$/.test(written) && !Number.isNaN(Date.parse(written)) ? written : undefined,
);

const timeZone = textField("expected an IANA time zone such as Europe/Berlin", (written) =>
  IANAZone.isValidZone(written) ? written : undefined,
);

const association = section({
  role: oneOf(roles),
  client: integer(1, 0xffff),
  auth: oneOf(["none", "lls", "manufacturer", "md5", "sha1", "gmac", "sha256", "ecdsa"]),
  // With a suite everything is under the meter's keys; gmac cannot do without.
  suite: oneOf([0, 1, 2]).optional(),
  policy: oneOf(["none", "auth", "encrypt", "both"]).prefault("both"),
  password: demoSecret().optional(),
}).superRefine((value, context) => {
  const { auth, suite } = value;
  if (auth === "ecdsa" && suite !== 1 && suite !== 2) {
    context.addIssue({ code: "custom", path: ["suite"], message: `expected 1 or 2 for auth ecdsa, got ${show(suite)}` });
  }
  if (auth !== "none" && auth !== "gmac" && auth !== "ecdsa" && value.password === undefined) {
    context.addIssue({ code: "custom", path: ["password"], message: `expected a secret for auth ${auth}, got ${show(undefined)}` });
  }
});

/** The keys that an association cannot do without. */
function keysOf({ role, auth, suite }: z.output<typeof association>): readonly ("encryption" | "authentication" | "broadcast")[] {
  if (role === "pre-established") return ["encryption", "authentication", "broadcast"];
  return auth === "gmac" || suite !== undefined ? ["encryption", "authentication"] : [];
}

/** STS identity and vending parameters (IEC 62055-41 6.1); what is absent takes the value of the demonstration. */
const sts = section({
  drn: digits("11 or 13 digits", /^\d{11}(\d\d)?$/).optional(),
  iin: digits("4 or 6 digits", /^\d{4}(\d\d)?$/).optional(),
  sgc: integer(0, 999_999).optional(),
  krn: integer(1, 9).optional(),
  kt: integer(0, 3).optional(),
  ti: integer(0, 99).optional(),
  ken: integer(0, 255).optional(),
  ea: oneOf([7, 11]).optional(),
  dkga: oneOf([2, 4]).optional(),
  baseDate: oneOf([1993, 2014, 2035]).optional(),
  decoderKey: demoSecret().optional(),
  vendingKey: demoSecret().optional(),
  tables: text("the path of a tables file").optional(),
}).superRefine((value, context) => {
  if (value.decoderKey !== undefined && value.vendingKey !== undefined) {
    context.addIssue({ code: "custom", path: ["vendingKey"], message: "expected either decoderKey or vendingKey, got both" });
  }
});

/** How the rows of a profile go over the wire (Blue Book 4.3.6); delta only where the client negotiates it. */
const profileEncoding = oneOf(["plain", "null-compressed", "delta", "compact-array", "null-compressed-compact-array"]);

const destinationExpected = "expected tcp://host:port, udp://host:port or hdlc";

/** Where the meter pushes to. */
const destination = textField(destinationExpected, (written): PushDestinationEntry | undefined => {
  if (written === "hdlc") return { service: "hdlc" };
  const [, service, rest = ""] = /^(tcp|udp):\/\/(.+)$/.exec(written) ?? [];
  const endpoint = parseEndpoint(rest);
  return endpoint === undefined || (service !== "tcp" && service !== "udp") ? undefined : { service, ...endpoint };
});

/** As `PushDestination` of the virtual meter. */
export type PushDestinationEntry =
  | { readonly service: "tcp" | "udp"; readonly host: string; readonly port: number }
  | { readonly service: "hdlc" };

/** One encoding for all profiles, and others for those that are named. */
const profiles = section({
  encoding: profileEncoding.prefault("plain"),
  load: profileEncoding.optional(),
  hourly: profileEncoding.optional(),
  daily: profileEncoding.optional(),
  monthly: profileEncoding.optional(),
}).transform(({ encoding, load = encoding, hourly = encoding, daily = encoding, monthly = encoding }) => ({
  load,
  hourly,
  daily,
  monthly,
}));

/** The configuration of a virtual meter; a flag of `dlms meter` goes before the key of the same name. */
export const virtualMeterSchema = section({
  serialNumber: textLike("expected 1 to 20 letters and digits in quotes", /^[0-9A-Za-z]{1,20}$/),
  // The three letters of the FLAG registry open the logical device name and the system title.
  manufacturer: textLike("expected three capital letters", /^[A-Z]{3}$/).prefault("DGW"),
  systemTitle: hex(8).optional(),
  mode: oneOf(["postpaid", "prepaid"]).prefault("postpaid"),
  // In kWh, or in the currency where there is one.
  credit: amount().optional(),
  currency: section({
    name: textLike("expected three capital letters", /^[A-Z]{3}$/),
    scale: integer(-5, 0).prefault(-4),
  }).optional(),
  listen: section({
    address: textLike("expected an address such as 127.0.0.1", /^[^\s/]+$/).prefault("127.0.0.1"),
    tcp: port().optional(),
    udp: port().optional(),
    hdlc: port().optional(),
    ciu: port().optional(),
    serial: text("the path of a serial port").optional(),
    optical: text("the path of a serial port").optional(),
  }).prefault({}),
  state: text("the path of a folder").optional(),
  timezone: timeZone.optional(),
  start: instant.optional(),
  speed: positiveNumber().prefault(1),
  history: period().optional(),
  load: load.prefault("synthetic"),
  scenario: text("the path of a scenario").optional(),
  profiles: profiles.prefault({}),
  push: section({
    connectivity: destination.optional(),
    interval1: destination.optional(),
    interval2: destination.optional(),
    alarm: destination.optional(),
    powerDown: destination.optional(),
    credit: destination.optional(),
  }).prefault({}),
  keys: section({
    encryption: demoSecret().optional(),
    authentication: demoSecret().optional(),
    broadcast: demoSecret().optional(),
    master: demoSecret().optional(),
    // Private keys in PEM, of the suites 1 and 2.
    signing: demoSecret().optional(),
    agreement: demoSecret().optional(),
  }).prefault({}),
  certificates: list(text("the path of a PEM file with certificates")).prefault([]),
  associations: list(association),
  sts: sts.prefault({}),
}).superRefine(({ associations, mode, credit, keys }, context) => {
  const needed = new Set(associations.flatMap(keysOf));
  for (const key of needed) {
    if (keys[key] === undefined) {
      context.addIssue({ code: "custom", path: ["keys", key], message: `expected a secret for the associations with keys, got nothing` });
    }
  }
  const seen = new Map<number, number>();
  associations.forEach(({ client }, index) => {
    const first = seen.get(client);
    if (first !== undefined)
      context.addIssue({
        code: "custom",
        path: ["associations", index, "client"],
        message: `associations[${first}] has this client already`,
      });
    seen.set(client, first ?? index);
  });
  if (mode === "postpaid" && credit !== undefined)
    context.addIssue({ code: "custom", path: ["credit"], message: "expected only with mode prepaid" });
});

export type VirtualMeterConfig = z.output<typeof virtualMeterSchema>;
