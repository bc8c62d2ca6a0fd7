import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { type ObjectRight, parseRight } from "../../src/cosem-objects/access.ts";
import { attribute, defineClass, method } from "../../src/cosem-objects/define.ts";
import { LogicalDevice } from "../../src/cosem-objects/logical-device.ts";
import { type LogicalName, logicalName as logicalNameSchema, logicalNameToBytes } from "../../src/cosem-objects/logical-name.ts";
import { bind } from "../../src/cosem-objects/object.ts";
import { ShortNames } from "../../src/cosem-objects/short-names.ts";
import { decodeAare } from "../../src/dlms/acse/codec.ts";
import type { Referencing } from "../../src/dlms/association/negotiation.ts";
import type { AssociationSecurity, ProtectionLevel } from "../../src/dlms/association/protection.ts";
import type { GetResult, ServiceRequest } from "../../src/dlms/association/services.ts";
import { integer, octetString } from "../../src/dlms/axdr/data-schemas.ts";
import { apduTags } from "../../src/dlms/xdlms/tags.ts";
import { DlmsError } from "../../src/errors.ts";
import { AssociationTable } from "../../src/server/associations.ts";
import { DlmsServer } from "../../src/server/dlms-server.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { aarqOf, RawServer } from "../dlms/association/pair.ts";
import { both, clientTitle, security, serverTitle } from "../dlms/association/secure-pair.ts";
import { DirectClient } from "../support/direct-client.ts";

/** Returns the same long text whatever is asked of it. */
const Vault = defineClass({
  classId: 8003,
  version: 0,
  name: "Vault",
  attributes: {
    logicalName: attribute(1, logicalNameSchema, "r", "identifies the object"),
    content: attribute(2, octetString, "rw", "what nobody on the way may read"),
  },
  methods: { open: method(1, integer, "gives the content too", octetString) },
  firstMethodOffset: 0x10,
});

const name: LogicalName = "0.0.96.50.0.255";
const shortNames = new ShortNames([{ classId: Vault.classId, logicalName: name }]);
const baseName = shortNames.baseName(name) as number;
const place = { classId: Vault.classId, logicalName: logicalNameToBytes(name) };

/** Longer than an APDU of the client, and the same octet all through, so that any piece of it shows. */
const content = new Uint8Array(2000).fill(0x5a);
const shown = "5A".repeat(8);
const clientMaxReceivePduSize = 400;

const nothing: ProtectionLevel = { authenticated: false, encrypted: false };
const authenticated: ProtectionLevel = { authenticated: true, encrypted: false };
const encrypted: ProtectionLevel = { authenticated: false, encrypted: true };

interface WorldOptions {
  readonly right: string;
  readonly referencing?: Referencing;
  /** How the client protects its requests. */
  readonly sent?: ProtectionLevel;
  readonly generalBlockTransfer?: boolean;
  /** Without keys the association is in clear. */
  readonly keys?: boolean;
  readonly server?: Partial<AssociationSecurity>;
}

/** A client and a server with one object. */
class World {
  readonly done = { opened: 0, written: 0 };
  readonly #client: DirectClient;

  constructor(options: WorldOptions) {
    const { right, referencing = "logical-name", sent = nothing, keys = true, generalBlockTransfer = false } = options;
    const keyed = keys ? security(serverTitle, { policy: nothing, ...options.server }) : undefined;
    const server = new DlmsServer({
      timers: new VirtualTimers(),
      logicalDevices: [this.#device(parseRight(right) as ObjectRight)],
      associations: new AssociationTable([
        { clientSap: 1, role: "all", authentication: { mechanism: "none" }, ...(keyed && { security: keyed }) },
      ]),
      ownObjects: () => [],
      onFailure: (error) => {
        throw error;
      },
    });
    this.#client = new DirectClient(server, {
      clientSap: 1,
      authentication: { mechanism: "none" },
      referencing,
      maxReceivePduSize: clientMaxReceivePduSize,
      gbtWindow: generalBlockTransfer ? 10 : 0,
      ...(keys && { security: security(clientTitle, { policy: sent, answerPolicy: nothing }) }),
    }).associate();
  }

  /** APDUs of the server, in hex. */
  get answers(): readonly string[] {
    return this.#client.answers;
  }

  /** Asks, and tells what it came to: the octets that came back, or the refusal in a word. */
  async request(request: ServiceRequest): Promise<unknown> {
    const results = await this.#client.request(request);
    if (results instanceof DlmsError) return results.code;
    const [result] = results;
    if (typeof result !== "object") return result;
    const data = "returned" in result ? (result.returned as GetResult | undefined)?.data : "data" in result ? result.data : undefined;
    return data === undefined ? ("result" in result ? result.result : result.error) : toHex(data);
  }

  #device(right: ObjectRight): LogicalDevice {
    const object = bind(Vault, {
      logicalName: name,
      attributes: {
        content: {
          get: () => content,
          set: () => {
            this.done.written += 1;
            return undefined;
          },
        },
      },
      methods: {
        open: () => {
          this.done.opened += 1;
          return content;
        },
      },
    });
    return new LogicalDevice({ sap: 1, name: "TST0000000000001", objects: [object], access: () => right, shortNames });
  }
}

const get: ServiceRequest = {
  service: "get",
  list: false,
  attributes: [{ attribute: { ...place, attributeId: 2 }, selection: undefined }],
};
const getList: ServiceRequest = { ...get, list: true };
const action: ServiceRequest = {
  service: "action",
  list: false,
  methods: [{ method: { ...place, methodId: 1 }, parameter: Uint8Array.of(0x0f, 0) }],
};
const set: ServiceRequest = { ...get, service: "set", list: false, values: [Uint8Array.of(9, 1, 0x5a)] };
const read: ServiceRequest = { service: "read", variables: [{ variableName: baseName + 8, selection: undefined }] };
const write: ServiceRequest = { ...read, service: "write", values: [Uint8Array.of(9, 1, 0x5a)] };
const invoke: ServiceRequest = {
  service: "read",
  variables: [{ variableName: baseName + 0x10, selection: { selector: 0, parameters: Uint8Array.of(0x0f, 0) } }],
};

const inBlocks: Readonly<Record<string, { readonly request: ServiceRequest; readonly referencing?: Referencing }>> = {
  GET: { request: get },
  "GET of a list": { request: getList },
  ACTION: { request: action },
  Read: { request: read, referencing: "short-name" },
  "Read that invokes a method": { request: invoke, referencing: "short-name" },
};

const value = toHex(Uint8Array.of(9, 0x82, 0x07, 0xd0, ...content));

describe("Answers that an object wants protected", () => {
  for (const [what, { request, referencing = "logical-name" }] of Object.entries(inBlocks))
    for (const [how, sent] of Object.entries({ "in clear": nothing, authenticated })) {
      it(`to ${what}, asked ${how}, are so in every block`, async () => {
        const world = new World({ right: "rwx:/ae", referencing, sent });
        expect(await world.request(request)).to.equal(value);
        expect(world.answers.length, "blocks").to.be.greaterThan(4);
        expect(world.answers.filter((answer) => answer.includes(shown))).to.deep.equal([]);
      });
    }

  it("are so in general block transfer, and in ACCESS, which has no blocks of its own", async () => {
    for (const request of [
      get,
      { service: "access", elements: [{ service: "get", attribute: { ...place, attributeId: 2 }, selection: undefined }] },
    ] as const) {
      const world = new World({ right: "rwx:/ae", generalBlockTransfer: true });
      expect(await world.request(request)).to.equal(value);
      expect(world.answers.length, "blocks").to.be.greaterThan(4);
      expect(world.answers.filter((answer) => answer.includes(shown))).to.deep.equal([]);
    }
  });

  it("in an association whose policy wants it of all answers, to whatever comes in clear", async () => {
    const world = new World({ right: "rwx", server: { answerPolicy: both } });
    expect(await world.request(get)).to.equal(value);
    expect(await world.request(set)).to.equal("success");
    const tags = [apduTags["get-response"].global, apduTags["set-response"].global];
    for (const answer of world.answers) expect(Number.parseInt(answer.slice(0, 2), 16)).to.be.oneOf(tags);
  });

  it("that may be in clear stay so", async () => {
    const world = new World({ right: "rwx" });
    expect(await world.request(get)).to.equal(value);
    expect(world.answers.filter((answer) => !answer.includes(shown))).to.deep.equal([]);
  });

  for (const [what, request] of Object.entries({ get, set, action }))
    it(`cannot be had without keys: ${what} is refused and not carried out`, async () => {
      const world = new World({ right: "rwx:/ae", keys: false });
      expect(await world.request(request)).to.equal("scope-of-access-violated");
      expect(world.done).to.deep.equal({ opened: 0, written: 0 });
    });

  it("are not sent where there is no key to sign them with", async () => {
    const world = new World({ right: "rwx:/aes", sent: both });
    expect(await world.request(get)).to.equal("exception-response");
    expect(world.answers).to.deep.equal(["D80103"]);
  });
});

describe("Requests for what an object wants protected", () => {
  const all = { ...inBlocks, SET: { request: set }, Write: { request: write, referencing: "short-name" } } as typeof inBlocks;
  const rights: Readonly<Record<string, readonly ProtectionLevel[]>> = {
    "rwx:a": [authenticated, both],
    "rwx:ae": [both],
    "rwx:e": [encrypted, both],
  };
  for (const [right, enough] of Object.entries(rights))
    for (const [how, sent] of Object.entries({ "in clear": nothing, authenticated, encrypted, "authenticated and encrypted": both })) {
      const granted = enough.includes(sent);
      it(`"${right}", ${how}: ${granted ? "are carried out" : "are refused, and nothing is done"}`, async () => {
        for (const [what, { request, referencing = "logical-name" }] of Object.entries(all)) {
          const world = new World({ right, sent, referencing });
          const outcome = await world.request(request);
          if (granted) expect(outcome, what).to.be.oneOf([value, "success"]);
          else expect(outcome, what).to.equal("scope-of-access-violated");
          if (!granted) expect(world.done, what).to.deep.equal({ opened: 0, written: 0 });
        }
      });
    }
});

describe("A policy for answers alone", () => {
  it("keeps clients without keys out", () => {
    const answerOf = (answerPolicy: ProtectionLevel): string =>
      new RawServer({ security: security(serverTitle, { policy: nothing, answerPolicy }) }).sendBytes(aarqOf());
    expect(decodeAare(fromHex(answerOf(nothing))).result).to.equal("accepted");
    for (const answerPolicy of [authenticated, both]) {
      expect(decodeAare(fromHex(answerOf(answerPolicy))).diagnostic.value).to.equal("application-context-name-not-supported");
    }
  });
});
