import { expect } from "chai";
import { fromHex, toHex } from "../../../src/bytes/hex.ts";
import type { Aare } from "../../../src/dlms/acse/apdus.ts";
import { type DlmsError, LocalProtocolError } from "../../../src/errors.ts";
import { plain } from "../../support/vectors.ts";
import { AssociationPair, attribute, dataOfSize, without } from "./pair.ts";
import { aareOf, errorOf, kinds, password, RawClient } from "./raw-client.ts";

describe("DlmsClientConnection", () => {
  describe("associating", () => {
    it("sends the AARQ of the Green Book's example, but for what it proposes", () => {
      const client = new RawClient({ authentication: { mechanism: "lls", password }, maxReceivePduSize: 1200 });
      client.client.associate(0);
      expect(client.sent()).to.deep.equal([
        "6036A1090607608574050801018A0207808B0760857405080201AC0A80083132333435363738BE10040E01000000065F1F040022FEDF04B0",
      ]);
    });

    it("sends no authentication where there is none", () => {
      const client = new RawClient({ proposedConformance: without("set") });
      client.client.associate(0);
      expect(client.sent()).to.deep.equal(["601DA109060760857405080101BE10040E01000000065F1F040002FED7FFFF"]);
    });

    it("tells what was agreed", () => {
      const client = new RawClient({ maxReceivePduSize: 1200 });
      client.client.associate(0);
      const events = client.receive(aareOf({ userInformation: fromHex("0800065F1F040000501F01F40007") }));
      expect(plain(events)).to.deep.equal([
        {
          type: "associated",
          context: {
            clientSap: 16,
            serverSap: 1,
            applicationContext: "logical-name",
            referencing: "logical-name",
            mechanism: "none",
            conformance: [
              "action",
              "block-transfer-with-get-or-read",
              "event-notification",
              "get",
              "priority-mgmt-supported",
              "selective-access",
              "set",
            ],
            clientMaxReceivePduSize: 1200,
            serverMaxReceivePduSize: 500,
          },
        },
      ]);
      expect([client.client.state, client.client.nextTimeout]).to.deep.equal(["associated", undefined]);
    });

    it("takes a server's size of 0 for no limit, and refuses a reserved one", () => {
      const sized = (size: string) => {
        const client = new RawClient();
        client.client.associate(0);
        return client.receive(aareOf({ userInformation: fromHex(`0800065F1F0400005E1D${size}0007`) }));
      };
      expect(plain(sized("0000")[0])).to.deep.nested.include({ "context.serverMaxReceivePduSize": 0xffff });
      expect(errorOf(sized("000B"))?.code).to.equal("out-of-range");
      expect(kinds(sized("000C"))).to.deep.equal(["associated"]);
    });

    const refusals: readonly [what: string, aare: Partial<Aare>, details: object, hint: RegExp | undefined][] = [
      [
        "a wrong password",
        { diagnostic: { source: "acse-service-user", value: "authentication-failure" }, userInformation: undefined },
        { result: "rejected-permanent", diagnostic: "authentication-failure", initiateError: undefined },
        /password/,
      ],
      [
        "a missing password",
        { diagnostic: { source: "acse-service-user", value: "authentication-required" } },
        { diagnostic: "authentication-required" },
        /--auth lls/,
      ],
      [
        "a version too low",
        { diagnostic: { source: "acse-service-user", value: "no-reason-given" }, userInformation: fromHex("0E010601") },
        { diagnostic: "no-reason-given", initiateError: "dlms-version-too-low" },
        undefined,
      ],
      [
        "a provider without our version",
        { diagnostic: { source: "acse-service-provider", value: "no-common-acse-version" }, userInformation: fromHex("FFFF") },
        { diagnostic: "no-common-acse-version", source: "acse-service-provider" },
        undefined,
      ],
      [
        "a diagnostic nobody named",
        { result: "rejected-transient", diagnostic: { source: "acse-service-user", value: 99 } },
        { result: "rejected-transient", diagnostic: "99" },
        undefined,
      ],
    ];
    for (const [what, aare, details, hint] of refusals) {
      it(`explains a refusal for ${what}, and may try again`, () => {
        const client = new RawClient();
        client.client.associate(0);
        const events = client.receive(aareOf({ result: "rejected-permanent", ...aare }));
        expect(kinds(events)).to.deep.equal(["rejected"]);
        const error = errorOf(events) as DlmsError;
        expect(error.code).to.equal("association-rejected");
        expect(error.details).to.include(details);
        if (hint === undefined) expect(error.hint).to.equal(undefined);
        else expect(error.hint).to.match(hint);
        expect([client.client.state, client.client.nextTimeout]).to.deep.equal(["idle", undefined]);
        client.client.associate(1);
        expect(kinds(client.receive(aareOf()))).to.deep.equal(["associated"]);
      });
    }

    it("takes an acceptance that carries a service error for a refusal", () => {
      const client = new RawClient();
      client.client.associate(0);
      expect(errorOf(client.receive(aareOf({ userInformation: fromHex("0E010602") })))?.details).to.include({
        initiateError: "incompatible-conformance",
      });
    });

    it("explains the exception of a meter that is still associated", () => {
      for (const hex of ["D80101", "0E010604"]) {
        const client = new RawClient();
        client.client.associate(0);
        const events = client.receive(hex);
        expect(kinds(events)).to.deep.equal(["rejected"]);
        expect(errorOf(events)?.hint).to.match(/earlier session/);
      }
    });

    it("gives up on an answer that makes no sense", () => {
      for (const apdu of [
        fromHex("6105A109060760"),
        fromHex("6100"),
        aareOf({ userInformation: undefined }),
        aareOf({ userInformation: fromHex("0800") }),
      ]) {
        const client = new RawClient();
        client.client.associate(0);
        expect(kinds(client.receive(apdu))).to.deep.equal(["aborted"]);
        expect([client.client.state, client.client.nextTimeout]).to.deep.equal(["aborted", undefined]);
      }
    });

    it("gives up when there is no answer in time, not a millisecond earlier", () => {
      const client = new RawClient({ responseTimeout: 3000 });
      client.now = 500;
      client.client.associate(500);
      expect(client.client.nextTimeout).to.equal(3500);
      expect(client.client.handleTimeout(3499)).to.deep.equal([]);
      const events = client.client.handleTimeout(3500);
      expect(kinds(events)).to.deep.equal(["aborted"]);
      expect(errorOf(events)).to.include({ code: "timeout", layer: "acse" });
      expect(client.client.nextTimeout).to.equal(undefined);
    });

    it("is not possible twice, nor is a request before it", () => {
      const client = new RawClient();
      expect(() => client.request()).to.throw(LocalProtocolError);
      expect(() => client.client.release(0)).to.throw(LocalProtocolError);
      client.client.associate(0);
      expect(() => client.client.associate(0)).to.throw(LocalProtocolError);
      expect(() => client.request()).to.throw(LocalProtocolError);
      client.receive(aareOf());
      expect(() => client.client.associate(0)).to.throw(LocalProtocolError);
    });
  });

  describe("leaving", () => {
    it("releases, and may associate again", () => {
      const client = new RawClient().associate();
      client.client.release(0);
      expect(client.sent()).to.deep.equal(["6203800100"]);
      expect(kinds(client.receive("6303800100"))).to.deep.equal(["released"]);
      expect([client.client.state, client.client.nextTimeout]).to.deep.equal(["idle", undefined]);
      client.client.associate(0);
      expect(kinds(client.receive(aareOf()))).to.deep.equal(["associated"]);
    });

    it("counts as released when the meter does not know how to answer", () => {
      for (const answer of ["D80101", "63", "FF", ""]) {
        const client = new RawClient({ releaseTimeout: 700 }).associate();
        client.client.release(0);
        expect(client.receive(answer), answer).to.deep.equal([]);
        expect(client.client.nextTimeout, answer).to.equal(700);
        expect(kinds(client.expire()), answer).to.deep.equal(["released"]);
      }
    });

    it("drops the requests under way, and is not confused by their answers", () => {
      const client = new RawClient({ releaseTimeout: 700 }).associate();
      client.request();
      client.request();
      client.sent();
      client.client.release(0);
      expect(client.sent()).to.deep.equal(["6203800100"]);
      expect(client.receive("C401C1001105")).to.deep.equal([]);
      expect(client.client.nextTimeout, "still waiting for the release").to.equal(700);
      expect(kinds(client.receive("6303800100"))).to.deep.equal(["released"]);
      client.associate();
      client.request();
      expect(client.sent(), "the next association starts clean").to.deep.equal(["C001C300030100010800FF0200"]);
    });

    it("forgets a request that could not be sent, too", () => {
      const client = new RawClient({ releaseTimeout: 700 }).associate({ userInformation: fromHex("0800065F1F040000001000400007") });
      client.request({ service: "set", list: false, attributes: [attribute], values: [dataOfSize(100)] });
      client.client.release(0);
      expect(client.client.nextTimeout).to.equal(700);
      expect(kinds(client.expire())).to.deep.equal(["released"]);
      expect(client.client.nextTimeout).to.equal(undefined);
    });

    it("is over when the meter aborts, with every request", () => {
      const client = new RawClient().associate();
      client.request();
      client.request();
      const events = client.receive("6403800101");
      expect(kinds(events)).to.deep.equal(["aborted"]);
      expect(errorOf(events)?.details).to.include({ source: 1 });
      expect([client.client.state, client.client.nextTimeout]).to.deep.equal(["aborted", undefined]);
      expect(client.receive("C401C1001105")).to.deep.equal([]);
      expect(() => client.request()).to.throw(LocalProtocolError);
    });

    it("has nothing to time out once it is over", () => {
      const client = new RawClient();
      expect(client.client.handleTimeout(1e9)).to.deep.equal([]);
      client.associate();
      expect(client.client.handleTimeout(1e9)).to.deep.equal([]);
    });
  });

  describe("with a server", () => {
    const lls = { server: { authentication: { mechanism: "lls", password } } } as const;

    it("associates with the right password", () => {
      const pair = new AssociationPair({ ...lls, client: { authentication: { mechanism: "lls", password } } }).associate();
      expect(kinds(pair.clientEvents)).to.deep.equal(["associated"]);
      expect(pair.client.state).to.equal("associated");
    });

    it("is refused with a wrong one, and for an address nobody has", () => {
      const wrong = { authentication: { mechanism: "lls", password: fromHex("00") } } as const;
      const answers = [lls, { server: { authentication: undefined } }].map((server) => {
        const pair = new AssociationPair({ ...server, client: wrong }).associate();
        expect(kinds(pair.clientEvents)).to.deep.equal(["rejected"]);
        return toHex(pair.carried.at(-1)?.bytes ?? new Uint8Array());
      });
      expect(answers[0]).to.equal(answers[1]);
    });

    it("agrees on the same context", () => {
      const pair = new AssociationPair({
        client: { maxReceivePduSize: 300 },
        server: { maxReceivePduSize: 400, supportedConformance: without("action") },
      }).associate();
      expect(plain(pair.clientEvents[0])).to.deep.equal(plain(pair.serverEvents[0]));
    });

    it("releases on both sides", () => {
      const pair = new AssociationPair().associate();
      pair.client.release(0);
      pair.run();
      expect([kinds(pair.clientEvents).at(-1), pair.serverEvents.at(-1)?.type]).to.deep.equal(["released", "released"]);
      expect([pair.client.state, pair.server.state]).to.deep.equal(["idle", "idle"]);
    });
  });
});
