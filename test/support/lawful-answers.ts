import { expect } from "chai";
import { decodeAare, decodeAarq, decodeRlre } from "../../src/dlms/acse/codec.ts";
import { type ApduOf, decodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import type { Conformance } from "../../src/dlms/xdlms/conformance.ts";
import { apduTags } from "../../src/dlms/xdlms/tags.ts";

/** True for A-ASSOCIATE and A-RELEASE requests. */
export const isAarq = (apdu: Uint8Array): boolean => apdu[0] === apduTags.aarq.plain;
export const isRlrq = (apdu: Uint8Array): boolean => apdu[0] === apduTags.rlrq.plain;

/** What an AARQ proposes. */
export function proposalIn(aarq: Uint8Array): ApduOf<"initiate-request"> {
  const initiate = decodeApdu(decodeAarq(aarq).userInformation ?? new Uint8Array());
  return initiate.type === "initiate-request" ? initiate : expect.fail(initiate.type);
}

/** Asserts that the client is let in, with what it proposed and no more (Green Book 9.4.6.1). */
export function expectAccepted(request: Uint8Array, answer: Uint8Array): Conformance {
  const aarq = decodeAarq(request);
  const aare = decodeAare(answer);
  expect([aare.applicationContext, aare.result, aare.diagnostic]).to.deep.equal([
    aarq.applicationContext,
    "accepted",
    { source: "acse-service-user", value: "null" },
  ]);
  const initiate = decodeApdu(aare.userInformation ?? new Uint8Array());
  if (initiate.type !== "initiate-response") return expect.fail(initiate.type);
  expect([...proposalIn(request).proposedConformance]).to.include.members([...initiate.negotiatedConformance]);
  expect(initiate.vaaName).to.equal(aarq.applicationContext === "short-name" ? 0xfa00 : 0x0007);
  return initiate.negotiatedConformance;
}

/** Asserts that the client is kept out, in the way of a wrong password. */
export function expectRejected(request: Uint8Array, answer: Uint8Array): void {
  const aare = decodeAare(answer);
  expect([aare.applicationContext, aare.result, aare.diagnostic]).to.deep.equal([
    decodeAarq(request).applicationContext,
    "rejected-permanent",
    { source: "acse-service-user", value: "authentication-failure" },
  ]);
  expect(decodeApdu(aare.userInformation ?? new Uint8Array()).type).to.equal("confirmed-service-error");
}

/** Asserts that A-RELEASE is confirmed, for the normal reason. */
export function expectReleased(answer: Uint8Array): void {
  expect(decodeRlre(answer).reason).to.equal(0);
}

/**
 * Asserts that one APDU may answer another: its type, the invoke id and the priority of the request, as many results as
 * were asked for, the block that was asked for, and no more octets than the client takes.
 */
export function expectLawful(requestApdu: Uint8Array, answerApdu: Uint8Array, pduSize: number): void {
  const request = decodeApdu(requestApdu);
  const answer = decodeApdu(answerApdu);
  expect(answerApdu.length, "PDU size").to.be.at.most(pduSize);
  if ("invoke" in request) expect("invoke" in answer && answer.invoke, answer.type).to.deep.equal(request.invoke);
  switch (request.type) {
    case "get-request-normal":
      if (answer.type !== "get-response-with-datablock") expect(answer.type).to.equal("get-response-normal");
      else expect(answer).to.include({ blockNumber: 1, lastBlock: false });
      return;
    case "get-request-with-list":
      if (answer.type === "get-response-with-datablock") expect(answer).to.include({ blockNumber: 1, lastBlock: false });
      else expect(answer.type === "get-response-with-list" && answer.results).to.have.lengthOf(request.attributes.length);
      return;
    case "get-request-next":
      expectBlock(request, answer.type === "get-response-with-datablock" ? answer : expect.fail(answer.type));
      return;
    case "set-request-normal":
      expect(answer.type).to.equal("set-response-normal");
      return;
    case "read-request":
      expect(answer.type === "read-response" && answer.results).to.have.lengthOf(request.specifications.length);
      return;
    default:
      expect.fail(`no recorded client sends ${request.type}`);
  }
}

/** A block, or the number again with the reason why there is none. */
function expectBlock(request: ApduOf<"get-request-next">, answer: ApduOf<"get-response-with-datablock">): void {
  const { blockNumber, lastBlock, result } = answer;
  if (result.data !== undefined) expect(blockNumber).to.equal(request.blockNumber + 1);
  else expect([blockNumber, lastBlock, result.error]).to.deep.equal([request.blockNumber, true, "no-long-get-in-progress"]);
}
