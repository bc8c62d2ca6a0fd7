import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { Aarq } from "../../../src/dlms/acse/apdus.ts";
import { encodeAarq } from "../../../src/dlms/acse/codec.ts";
import { supportedConformanceWithShortNames } from "../../../src/dlms/association/negotiation.ts";
import type { ServerAssociationOptions } from "../../../src/dlms/association/server-options.ts";
import type { InitiateRequest } from "../../../src/dlms/xdlms/initiate.ts";
import { loadVectors } from "../../support/vectors.ts";
import { aarqOf, initiateOf, RawServer } from "./pair.ts";

const password = fromHex("3132333435363738");
const lls: Partial<ServerAssociationOptions> = { authentication: { mechanism: "lls", password } };
const authenticated = { authenticationRequired: true, mechanism: "lls", authenticationValue: password } as const;

/** AARE of acceptance: everything proposed that we support, and the size we take. */
const accepted = "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040002FEDFFFFF0007";

/** AARE of refusal, by the user's diagnostic and the initiate error. */
const rejected = (diagnostic: string, initiateError = "00", context = "01") =>
  `611FA1090607608574050801${context}A203020101A305A1030201${diagnostic}BE0604040E0106${initiateError}`;

/** The same AARQ with a protocol version that lacks version 1. */
function withoutVersion1(aarq: Uint8Array): Uint8Array {
  return Uint8Array.of(aarq[0] as number, (aarq[1] as number) + 4, ...fromHex("80020640"), ...aarq.subarray(2));
}

describe("DlmsServerConnection", () => {
  describe("asked for an association", () => {
    it("accepts with what both sides can do", () => {
      const server = new RawServer();
      expect(server.sendBytes(aarqOf())).to.equal(accepted);
      expect(server.takeEvents()).to.deep.equal(["associated"]);
      expect(server.server.state).to.equal("associated");
    });

    it("tells the application what was agreed", () => {
      const server = new RawServer({ maxReceivePduSize: 500 });
      server.sendBytes(aarqOf({}, { proposedConformance: new Set(["get", "action", "read"]), clientMaxReceivePduSize: 0 }));
      expect(server.events).to.deep.equal([
        {
          type: "associated",
          context: {
            clientSap: 16,
            serverSap: 1,
            applicationContext: "logical-name",
            referencing: "logical-name",
            mechanism: "none",
            conformance: new Set(["get", "action"]),
            clientMaxReceivePduSize: 0xffff,
            serverMaxReceivePduSize: 500,
          },
        },
      ]);
    });

    it("answers the example of the Green Book", () => {
      const aarq = loadVectors("acse.json").find(({ name }) => name === "aarq-ln-lls");
      expect(new RawServer(lls).send(aarq?.hex ?? "")).to.equal(accepted.replace("02FEDF", "007E1F"));
    });

    it("accepts the lowest mechanism by its name as well as by none", () => {
      expect(new RawServer().sendBytes(aarqOf({ mechanism: "none" }))).to.equal(accepted);
      expect(new RawServer().sendBytes(aarqOf({ authenticationRequired: true, mechanism: "none" }))).to.equal(accepted);
    });

    it("negotiates version 6 with a client that speaks a later one", () => {
      expect(new RawServer().sendBytes(aarqOf({}, { proposedDlmsVersionNumber: 7 }))).to.equal(accepted);
    });

    it("makes no difference for a quality of service, a dedicated key or fields it has no use for", () => {
      const initiate = { proposedQualityOfService: 5, dedicatedKey: new Uint8Array(16) };
      expect(new RawServer().sendBytes(aarqOf({ callingApTitle: password, callingAeInvocationId: 7 }, initiate))).to.equal(accepted);
    });

    it("keeps quiet about an association that wants no response, but has it", () => {
      const server = new RawServer();
      expect(server.sendBytes(aarqOf({}, { responseAllowed: false }))).to.equal("");
      expect(server.takeEvents()).to.deep.equal(["associated"]);
    });

    it("replaces an association that stands", () => {
      const server = new RawServer(lls);
      server.sendBytes(aarqOf(authenticated));
      server.takeEvents();
      expect(server.sendBytes(aarqOf(authenticated))).to.equal(accepted);
      expect(server.takeEvents()).to.deep.equal(["released", "associated"]);
    });

    it("ends the association that stands even when the next is refused", () => {
      const server = new RawServer(lls);
      server.sendBytes(aarqOf(authenticated));
      server.takeEvents();
      expect(server.sendBytes(aarqOf({ ...authenticated, authenticationValue: undefined }))).to.equal(rejected("0D"));
      expect(server.takeEvents()).to.deep.equal(["released"]);
      expect(server.send("C001C100030100010800FF0200")).to.equal("D80101");
    });

    it("refuses for the first fault, in the order of the standard", () => {
      const wrong = { ...authenticated, authenticationValue: fromHex("00") };
      const bad: Partial<InitiateRequest> = {
        proposedDlmsVersionNumber: 5,
        clientMaxReceivePduSize: 11,
        proposedConformance: new Set(["read"]),
      };
      const faults: readonly [fault: string, aarq: Partial<Aarq>, initiate: Partial<InitiateRequest>, answer: string][] = [
        ["context", { applicationContext: "logical-name-ciphered", mechanism: "hls-gmac" }, bad, rejected("02", "00", "03")],
        ["mechanism", { ...wrong, mechanism: "hls-gmac", callingApTitle: fromHex("01") }, bad, rejected("0B")],
        ["no mechanism", { callingApTitle: fromHex("01") }, bad, rejected("0E")],
        ["mechanism not asked for", { ...wrong, authenticationRequired: false, callingApTitle: fromHex("01") }, bad, rejected("0E")],
        ["system title of one octet", { ...wrong, callingApTitle: fromHex("01") }, bad, rejected("03")],
        ["system title of nine octets", { ...wrong, callingApTitle: new Uint8Array(9) }, bad, rejected("03")],
        ["no user information", { ...wrong, userInformation: undefined }, bad, rejected("01")],
        ["ciphered user information", { ...wrong, userInformation: fromHex("21 05 30 00000001") }, bad, rejected("01")],
        ["another user information", { ...wrong, userInformation: fromHex("0E010601") }, bad, rejected("01")],
        ["version", wrong, bad, rejected("01", "01")],
        ["size", wrong, { ...bad, proposedDlmsVersionNumber: 6 }, rejected("01", "03")],
        ["conformance", wrong, { proposedConformance: new Set(["read", "selective-access"]) }, rejected("01", "02")],
        ["password", wrong, {}, rejected("0D")],
        ["no password", { ...wrong, authenticationValue: undefined }, {}, rejected("0D")],
        ["longer password", { ...wrong, authenticationValue: fromHex("313233343536373839") }, {}, rejected("0D")],
      ];
      for (const [fault, aarq, initiate, answer] of faults) {
        const request = aarqOf({ userInformation: initiateOf(initiate), ...aarq });
        const server = new RawServer(lls);
        expect(server.sendBytes(request), fault).to.equal(answer);
        expect(server.takeEvents(), fault).to.deep.equal([]);
        expect(server.sendBytes(withoutVersion1(request)), `${fault}, and no version 1`).to.match(/A203020101A305A203020102BE/);
      }
    });

    it("refuses a mechanism where none is foreseen", () => {
      expect(new RawServer().sendBytes(aarqOf(authenticated))).to.equal(rejected("0B"));
    });

    it("refuses contexts and mechanisms that nobody knows, and names the context back", () => {
      expect(new RawServer().sendBytes(aarqOf({ applicationContext: "oid:2.16.756.5.8.1.9" }))).to.equal(rejected("02", "00", "09"));
      expect(new RawServer(lls).sendBytes(aarqOf({ ...authenticated, mechanism: "oid:2.16.756.5.8.2.8" }))).to.equal(rejected("0B"));
    });

    it("refuses contexts it does not serve", () => {
      const withLogicalNames = new RawServer({ servesShortNames: false });
      expect(withLogicalNames.sendBytes(aarqOf({ applicationContext: "short-name" }))).to.equal(rejected("02", "00", "02"));
      for (const [context, arc] of [
        ["logical-name-ciphered", "03"],
        ["short-name-ciphered", "04"],
      ] as const) {
        expect(new RawServer().sendBytes(aarqOf({ applicationContext: context }))).to.equal(rejected("02", "00", arc));
      }
    });

    it("answers short names with the base name of their association object", () => {
      const proposedConformance = supportedConformanceWithShortNames;
      expect(new RawServer().sendBytes(aarqOf({ applicationContext: "short-name" }, { proposedConformance }))).to.equal(
        "6129A109060760857405080102A203020100A305A103020100BE10040E0800065F1F04003E1BA0FFFFFA00",
      );
    });

    it("refuses a client with short names that proposes services with logical names alone", () => {
      expect(new RawServer().sendBytes(aarqOf({ applicationContext: "short-name" }))).to.equal(rejected("01", "02", "02"));
    });

    it("refuses octets that are no AARQ on behalf of the provider", () => {
      for (const hex of ["60", "6003BE0100", "6000", "601DA109", "60 18 A1 09 06 07 60 85 74 05 08 01 01 A9 0B 02 09 7FFFFFFFFFFFFFFFFF"])
        expect(new RawServer().send(hex), hex).to.equal("611FA109060760857405080101A203020101A305A203020101BE0604040E010600");
    });

    it("answers a client nobody knows exactly like one with a wrong password", () => {
      const unknown = { authentication: undefined };
      const requests: Partial<Aarq>[] = [
        authenticated,
        { ...authenticated, authenticationValue: fromHex("00") },
        { ...authenticated, authenticationValue: new Uint8Array() },
        { ...authenticated, authenticationValue: undefined },
        { ...authenticated, authenticationRequired: false },
        { userInformation: initiateOf({ proposedDlmsVersionNumber: 5 }), ...authenticated },
        {},
      ];
      const other = { authentication: { mechanism: "lls", password: fromHex("AABBCC") } } as const;
      for (const aarq of requests) {
        const request = aarqOf(aarq);
        expect(new RawServer(unknown).sendBytes(request), toHex(request)).to.equal(new RawServer(other).sendBytes(request));
      }
    });

    it("does not take the empty password for a client nobody knows", () => {
      const request = aarqOf({ ...authenticated, authenticationValue: new Uint8Array() });
      expect(new RawServer({ authentication: undefined }).sendBytes(request)).to.equal(rejected("0D"));
    });
  });

  describe("released or aborted", () => {
    it("answers the release, and is free again", () => {
      const server = new RawServer().associate();
      expect(server.send("6203800100")).to.equal("6303800100");
      expect(server.takeEvents()).to.deep.equal(["released"]);
      expect(server.send("C001C100030100010800FF0200")).to.equal("D80101");
      expect(server.sendBytes(aarqOf())).to.equal(accepted);
    });

    it("answers a release without association too, since the client wants to be gone", () => {
      const server = new RawServer();
      expect(server.send("6200")).to.equal("6303800100");
      expect(server.takeEvents()).to.deep.equal([]);
    });

    it("does not answer an abort", () => {
      const server = new RawServer().associate();
      expect(server.send("6403800100")).to.equal("");
      expect(server.takeEvents()).to.deep.equal(["released"]);
      expect(server.send("6403800100")).to.equal("");
      expect(server.takeEvents()).to.deep.equal([]);
    });

    it("goes on when a release or an abort is malformed", () => {
      const server = new RawServer().associate();
      for (const hex of ["62", "620380010000", "6405", "64"]) expect(server.send(hex), hex).to.equal("");
      expect(server.takeEvents()).to.deep.equal([]);
      expect(server.server.state).to.equal("associated");
    });
  });

  it("encodes what this test takes for the AARQ of the Green Book", () => {
    const vector = loadVectors("acse.json").find(({ name }) => name === "aarq-ln-none");
    const aarq = {
      applicationContext: "logical-name",
      authenticationRequired: false,
      userInformation: fromHex("01000000065F1F0400007E1F04B0"),
    } as const;
    expect(toHex(encodeAarq(aarq))).to.equal(vector?.hex);
  });
});
