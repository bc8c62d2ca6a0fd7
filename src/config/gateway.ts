import { z } from "zod";
import { httpSection } from "./dashboard-access.ts";
import { describe, field, integer, list, oneOf, port, secretReference, section, text, textLike, yesOrNo } from "./fields.ts";
import { type MeterConfig, meterListShape, resolveMeters } from "./meter-entry.ts";
import { show } from "./show.ts";

const topic = () => textLike("expected a topic level without +, # and spaces", /^[^\s+#]+$/);
const host = () => textLike("expected a host name or address such as 127.0.0.1", /^[^\s:/]+$|^[0-9a-fA-F:]+$/);
const sparkplugId = () => textLike("expected a name without +, # and /", /^[^+#/]+$/);

const brokerExpected = "expected a broker without user and password such as mqtt://127.0.0.1:1883 or mqtts://broker.example:8883";

function parseBroker(written: unknown): string | undefined {
  if (typeof written !== "string" || !/^(mqtts?|wss?):\/\/[^\s/]/.test(written) || !URL.canParse(written)) return undefined;
  // A password in the address would be printed wherever the address is.
  const { username, password } = new URL(written);
  return username === "" && password === "" ? written : undefined;
}

const brokerUrl = field(brokerExpected, parseBroker, {
  jsonSchema: { type: "string", description: describe(brokerExpected) },
  secret: true,
});

const mqtt = section({
  url: brokerUrl,
  version: oneOf([4, 5]).prefault(5),
  base: topic().prefault("dlms"),
  username: text("a user name").optional(),
  password: secretReference().optional(),
  tls: section({
    ca: text("the path of a PEM file").optional(),
    cert: text("the path of a PEM file").optional(),
    key: secretReference().optional(),
  }).optional(),
  homeAssistant: section({
    enabled: yesOrNo().prefault(true),
    prefix: topic().prefault("homeassistant"),
    form: oneOf(["device", "entity"]).prefault("device"),
  }).prefault({}),
  sparkplug: section({
    enabled: yesOrNo().prefault(false),
    group: sparkplugId().prefault("meters"),
    edge: sparkplugId().prefault("gateway"),
    primaryHost: sparkplugId().optional(),
  }).prefault({}),
  requests: yesOrNo().prefault(true),
});

// An unknown kind is reported at `kind`, but with the whole section as its input.
function kindOf({ code, input }: { readonly code?: string | undefined; readonly input?: unknown }): unknown {
  return code === "invalid_union" && typeof input === "object" && input !== null && "kind" in input ? input.kind : input;
}

const coordination = z.discriminatedUnion(
  "kind",
  [
    section({ kind: z.literal("local") }),
    section({
      kind: z.literal("nats"),
      servers: list(text("a server such as nats://127.0.0.1:4222")),
      stream: text("the name of a stream").prefault("dlms-polls"),
    }),
  ],
  {
    error: (issue) =>
      `expected ${issue.code === "invalid_union" ? "local or nats" : "a section with the key kind"}, got ${show(kindOf(issue))}`,
  },
);

/** The configuration of the gateway service; everything but the broker and the meters has a default. */
export const gatewaySchema = section({
  state: text("the path of a folder").prefault("./state"),
  mqtt,
  http: httpSection.prefault({}),
  push: section({
    listen: host().prefault("127.0.0.1"),
    tcp: port().optional(),
    udp: port().optional(),
    hdlc: port().optional(),
  }).optional(),
  northbound: section({ listen: host().prefault("127.0.0.1"), prefix: port().optional() }).optional(),
  limits: section({
    concurrent: integer(1, 100_000).prefault(200),
    perCell: integer(1, 100_000).prefault(20),
    newPerSecond: integer(1, 100_000).prefault(30),
  }).prefault({}),
  coordination: coordination.prefault({ kind: "local" }),
  ...meterListShape,
}).transform(({ templates, meters, ...rest }, context) => {
  const resolved = resolveMeters({ templates, meters }, context);
  reportSharedPorts(resolved, rest.northbound?.prefix, context);
  return { ...rest, meters: resolved };
});

export type GatewayConfig = z.output<typeof gatewaySchema>;

function reportSharedPorts(meters: readonly MeterConfig[], prefixPort: number | undefined, context: z.core.$RefinementCtx): void {
  const owners = new Map<number, string>(prefixPort === undefined ? [] : [[prefixPort, "northbound.prefix"]]);
  meters.forEach(({ northboundPort }, index) => {
    if (northboundPort === undefined) return;
    const owner = owners.get(northboundPort);
    if (owner !== undefined) {
      context.addIssue({
        code: "custom",
        path: ["meters", index, "northboundPort"],
        message: `${owner} has port ${northboundPort} already`,
      });
    }
    owners.set(northboundPort, owner ?? `meters[${index}]`);
  });
}
