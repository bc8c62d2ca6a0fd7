import { expect } from "chai";
import { fromHex } from "../../../src/bytes/hex.ts";
import { supportedConformance } from "../../../src/dlms/association/negotiation.ts";
import { protectApdu } from "../../../src/dlms/security/ciphered-apdu.ts";
import { encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { AssociationPair, attribute } from "./pair.ts";
import { keys, secureOptions, serverTitle } from "./secure-pair.ts";

const control = { suite: 0, authenticated: true, encrypted: true, broadcast: false, compressed: false } as const;
const cipher = { key: keys.global(), authenticationKey: keys.authentication(), systemTitle: serverTitle, suite: 0 } as const;

const protect = (plain: Uint8Array, counter: number): Uint8Array => protectApdu("general-global", cipher, control, counter, plain);

/** An APDU as the only block of a general block transfer. */
const asBlock = (raw: Uint8Array): Uint8Array =>
  encodeApdu({
    type: "general-block-transfer",
    lastBlock: true,
    streaming: false,
    window: 1,
    blockNumber: 1,
    blockNumberAck: 1,
    raw,
  });

/** Blocks in ciphered APDUs in blocks: what is outside has the lower counter, so that each level is taken. */
function nested(levels: number): Uint8Array {
  let apdu = protect(fromHex("C401C1 00 1105"), 100_000);
  for (let level = 1; level <= levels; level++) apdu = protect(asBlock(apdu), 100_000 - level);
  return asBlock(apdu);
}

function associated(): AssociationPair {
  const { client, server } = secureOptions();
  const pair = new AssociationPair({
    client: { ...client, proposedConformance: supportedConformance },
    server,
  }).associate();
  expect(pair.client.state).to.equal("associated");
  pair.client.request({ service: "get", list: false, attributes: [attribute] }, pair.now);
  pair.run();
  return pair;
}

describe("Blocks that hold ciphered blocks", () => {
  it("are taken where a transfer holds one ciphered APDU, as it should", () => {
    expect(associated().client.receiveApdu(nested(0), 0)).to.have.nested.property("[0].type", "response");
  });

  for (const levels of [1, 2, 1600])
    it(`fail the request with a clear error, ${levels} deep`, () => {
      const pair = associated();
      const [event] = pair.client.receiveApdu(nested(levels), 0);
      expect(event).to.have.property("type", "failed");
      expect(event).to.have.nested.property("error.code", "remote-protocol-error");
      expect(event).to.have.nested.property("error.message", "the meter sent blocks in blocks");
    });
});
