import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import type { z } from "zod";
import { gatewaySchema } from "../../src/config/gateway.ts";
import { jsonSchemaFiles } from "../../src/config/json-schema.ts";
import { checkYaml, loadYaml, parseYaml } from "../../src/config/load.ts";
import { addressBookSchema } from "../../src/config/meters.ts";
import { virtualMeterSchema } from "../../src/config/virtual-meter.ts";

const configPath = (name: string) => fileURLToPath(new URL(`../../config/${name}`, import.meta.url));

function problems(text: string, schema: z.ZodType): string[] {
  const result = checkYaml(text, schema, "test.yaml");
  return result.ok ? [] : result.problems.map(({ message }) => message);
}

const smallest = `
mqtt:
  url: mqtt://127.0.0.1:1883
meters:
  - id: house
    target: tcp://127.0.0.1:4059?client=2&auth=lls
    password: env:HOUSE_PASSWORD
    poll: 5s
    profiles: [hourly, daily]
`;

const everything = `
state: ./state
mqtt:
  url: mqtts://broker.example:8883
  version: 5
  base: dlms
  username: gateway
  password: file:secrets/mqtt
  tls: { ca: ca.pem, cert: gw.pem, key: file:gw.key }
  homeAssistant: { enabled: true, prefix: homeassistant, form: device }
  sparkplug: { enabled: false, group: meters, edge: gw01, primaryHost: scada }
  requests: true
http: { listen: 127.0.0.1:8080, token: env:PAGE_TOKEN }
push: { tcp: 4060, udp: 4060, hdlc: 4061 }
northbound: { listen: 127.0.0.1, prefix: 4059 }
limits: { concurrent: 200, perCell: 20, newPerSecond: 30 }
coordination: { kind: local }
templates:
  prepaid-meter: { target: "?client=3&auth=gmac&suite=0", poll: 1m, profiles: [hourly, daily, monthly], events: true }
meters:
  - id: house
    template: prepaid-meter
    target: tcp://10.0.0.5:4059
    ek: file:secrets/house.ek
    ak: file:secrets/house.ak
    read: [1.0.1.8.0.255, credit]
    ratio: { current: 1, voltage: 1 }
    clock: { correct: true, limit: 30s }
    allow: [relay, token]
    cell: feeder-7
    northboundPort: 4101
`;

const gateway = (meters: string, rest = "") => `mqtt: { url: mqtt://b }\n${rest}\nmeters: ${meters}`;

describe("the configuration of the gateway", () => {
  it("needs a broker and meters, and has a default for everything else", () => {
    const config = parseYaml(smallest, gatewaySchema, "test.yaml");
    expect(config.mqtt).to.deep.include({ version: 5, base: "dlms", requests: true });
    expect(config.http.listen).to.deep.equal({ host: "127.0.0.1", port: 8080 });
    expect(config.limits).to.deep.equal({ concurrent: 200, perCell: 20, newPerSecond: 30 });
    expect(config.coordination).to.deep.equal({ kind: "local" });
    expect(config.push).to.equal(undefined);
    expect(config.meters[0]).to.deep.include({ id: "house", poll: 5_000, profiles: ["hourly", "daily"], allow: [] });
  });

  it("accepts every key of the contract", () => {
    expect(problems(everything, gatewaySchema)).to.deep.equal([]);
  });

  it("joins a meter with its template", () => {
    const [meter] = parseYaml(everything, gatewaySchema, "test.yaml").meters;
    expect(meter?.address).to.deep.equal({ kind: "tcp", host: "10.0.0.5", port: 4059 });
    expect(meter?.association).to.deep.include({ client: 3, auth: "gmac", suite: 0 });
    expect(meter).to.deep.include({ poll: 60_000, events: true, clock: { correct: true, limit: 30_000 } });
  });

  it("lets a key go before the query, and a meter before its template", () => {
    const text = gateway(
      '[{ id: a, template: t, target: "tcp://m?client=5", suite: 1 }]',
      'templates: { t: { target: "udp://n?client=4&suite=2&server=9", client: 6, poll: 2m } }',
    );
    const [meter] = parseYaml(text, gatewaySchema, "test.yaml").meters;
    expect(meter?.address).to.deep.equal({ kind: "tcp", host: "m", port: 4059 });
    expect(meter?.association).to.deep.equal({ client: 5, suite: 1, server: 9 });
    expect(meter?.poll).to.equal(120_000);
  });

  const refused: Readonly<Record<string, readonly [text: string, problem: string]>> = {
    "a template nobody wrote": [
      gateway("[{ id: a, template: prepad, target: tcp://m }]", "templates: { prepaid: {} }"),
      "meters[0].template: unknown template, did you mean prepaid?",
    ],
    "a template with the name of a property of objects": [
      gateway("[{ id: a, template: constructor, target: tcp://m }]"),
      "meters[0].template: unknown template",
    ],
    "an id that differs in case alone": [
      gateway("[{ id: House, target: tcp://m }, { id: house, target: tcp://n }]"),
      "meters[1].id: another meter has this id already",
    ],
    "an id that is no level of a topic": [
      gateway("[{ id: a/b, target: tcp://m }]"),
      'meters[0].id: expected a name without spaces, +, # and /, got "a/b"',
    ],
    "a meter without an address": [
      gateway("[{ id: a }]"),
      "meters[0].target: expected a target such as tcp://10.0.0.5:4059, udp://, hdlc://host:port, serial:///dev/ttyUSB0?baud=9600, optical:///dev/ttyUSB0, got nothing",
    ],
    "a wrong option in a target": [
      gateway("[{ id: a, target: 'tcp://m?suite=3' }]"),
      'meters[0].target: expected a whole number from 0 to 2, got "3"',
    ],
    "a port that is taken twice": [
      gateway("[{ id: a, target: tcp://m, northboundPort: 4101 }, { id: b, target: tcp://n, northboundPort: 4101 }]"),
      "meters[1].northboundPort: meters[0] has port 4101 already",
    ],
    "a profile nobody knows": [
      gateway("[{ id: a, target: tcp://m, profiles: [hourli] }]"),
      'meters[0].profiles[0]: expected one of load, hourly, daily, monthly, tokens or an OBIS code such as 1.0.99.1.0.255, got "hourli"',
    ],
    "a command nobody knows": [
      gateway("[{ id: a, target: tcp://m, allow: [all] }]"),
      'meters[0].allow[0]: expected one of relay, token, clock, set, invoke, got "all"',
    ],
    "an unknown way to coordinate": [
      gateway("[]", "coordination: { kind: etcd }"),
      'coordination.kind: expected local or nats, got "etcd"',
    ],
    "a broker with another protocol": [
      "mqtt: { url: 'http://b' }\nmeters: []",
      "mqtt.url: expected a broker without user and password such as mqtt://127.0.0.1:1883 or mqtts://broker.example:8883, got something else",
    ],
    "a misspelt section": [gateway("[]", "htpp: {}"), "htpp: unknown key, did you mean http?"],
  };
  for (const [name, [text, problem]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => expect(problems(text, gatewaySchema)).to.deep.equal([problem]));
  }

  it("refuses a secret in the file and does not repeat it", () => {
    for (const secret of ["hunter2", "text:hunter2", "'hex:00'", "12345678"]) {
      expect(problems(gateway(`[{ id: a, target: tcp://m, password: ${secret} }]`), gatewaySchema)).to.deep.equal([
        "meters[0].password: expected a reference to a secret, env:NAME, file:PATH or keyfile:NAME, got something else",
      ]);
    }
    expect(problems("mqtt: { url: 'mqtt://me:hunter2@b' }\nmeters: []", gatewaySchema).join()).to.not.include("hunter2");
  });
});

describe("the configuration of the virtual meter", () => {
  const meter = (rest: string) => `serialNumber: "1"\nassociations: [{ role: public, client: 16, auth: none }]\n${rest}`;

  it("has a default for everything but identity and associations", () => {
    const config = parseYaml(meter(""), virtualMeterSchema, "test.yaml");
    expect(config).to.deep.include({ mode: "postpaid", speed: 1, load: { kind: "synthetic" }, manufacturer: "DGW" });
    expect(config.listen.address).to.equal("127.0.0.1");
  });

  it("reads a history and a load file", () => {
    const config = parseYaml(meter("history: P14M\nload: csv:house.csv"), virtualMeterSchema, "test.yaml");
    expect(config.history).to.deep.equal({ months: 14, days: 0, milliseconds: 0 });
    expect(config.load).to.deep.equal({ kind: "csv", file: "house.csv" });
  });

  it("refuses digits without quotes, whose leading zeros YAML drops", () => {
    expect(problems(meter("sts: { drn: 01234567897 }"), virtualMeterSchema)).to.deep.equal([
      "sts.drn: expected 11 or 13 digits in quotes, got 1234567897",
    ]);
  });

  const refused: Readonly<Record<string, readonly [text: string, problem: string]>> = {
    "a credit without prepayment": [meter("credit: 5"), "credit: expected only with mode prepaid"],
    "two kinds of STS key": [
      meter('sts: { decoderKey: "hex:00", vendingKey: "hex:00" }'),
      "sts.vendingKey: expected either decoderKey or vendingKey, got both",
    ],
    "a time zone that does not exist": [
      meter("timezone: Mars/Olympus"),
      'timezone: expected an IANA time zone such as Europe/Berlin, got "Mars/Olympus"',
    ],
    "a time that does not exist": [
      meter("start: 2026-13-01"),
      'start: expected a time such as 2026-11-22T12:00:00 or 2026-11-22T12:00:00Z, got "2026-13-01"',
    ],
    "a speed of zero": [meter("speed: 0"), "speed: expected a number greater than 0, got 0"],
  };
  for (const [name, [text, problem]] of Object.entries(refused)) {
    it(`refuses ${name}`, () => expect(problems(text, virtualMeterSchema)).to.deep.equal([problem]));
  }

  it("refuses two roles with the same client, and LLS without a password", () => {
    const text =
      'serialNumber: "1"\nassociations: [{ role: public, client: 2, auth: none }, { role: reader, client: 2, auth: lls, password: env:PW }]';
    expect(problems(text, virtualMeterSchema)).to.deep.equal(["associations[1].client: associations[0] has this client already"]);
    expect(problems('serialNumber: "1"\nassociations: [{ role: reader, client: 2, auth: lls }]', virtualMeterSchema)).to.deep.equal([
      "associations[0].password: expected a secret for auth lls, got nothing",
    ]);
  });
});

describe("the files in config", () => {
  const files: Readonly<Record<string, z.ZodType>> = {
    "gateway.yaml": gatewaySchema,
    "meters.yaml": addressBookSchema,
    "virtual-meter.yaml": virtualMeterSchema,
  };
  for (const [name, schema] of Object.entries(files)) {
    it(`${name} is valid`, () => void loadYaml(configPath(name), schema));

    it(`${name} names its schema`, () => {
      expect(readFileSync(configPath(name), "utf8")).to.match(
        new RegExp(`^# yaml-language-server: \\$schema=\\./schema/${name.replace(".yaml", ".schema.json")}\n`),
      );
    });
  }

  it("the virtual meter serves the roles and clients of the contract", () => {
    const { associations } = loadYaml(configPath("virtual-meter.yaml"), virtualMeterSchema);
    expect(Object.fromEntries(associations.map(({ role, client }) => [role, client]))).to.deep.equal({
      public: 16,
      reader: 2,
      technician: 3,
      management: 1,
      vending: 4,
      firmware: 5,
      "pre-established": 102,
    });
  });
});

describe("the JSON Schema files", () => {
  for (const [name, text] of jsonSchemaFiles()) {
    it(`${name} is what npm run docs:schema writes`, () => expect(readFileSync(configPath(`schema/${name}`), "utf8")).to.equal(text));
  }

  it("refuse unknown keys and demand what has no default", () => {
    const schema = JSON.parse(jsonSchemaFiles().get("gateway.schema.json") ?? "{}");
    expect(schema).to.deep.include({ type: "object", additionalProperties: false });
    expect(schema.required).to.have.members(["mqtt", "meters"]);
    expect(schema.properties.meters.items.properties.poll.type).to.equal("string");
    expect(schema.properties.meters.items.required).to.deep.equal(["id"]);
  });
});
