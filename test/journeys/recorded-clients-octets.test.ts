import { expect } from "chai";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { toHex } from "../../src/bytes/hex.ts";
import { encodeApdu, readApdu } from "../../src/dlms/xdlms/apdu.ts";
import { expectAccepted, expectLawful, expectRejected, expectReleased, isAarq, isRlrq, proposalIn } from "../support/lawful-answers.ts";
import { frameHeaders } from "../support/line-watch.ts";
import { RawClient, type Serve } from "../support/recorded-client.ts";
import { sampleMeterFor, type TwinOptions, twinOf } from "../support/recorded-server.ts";
import { allRecordings, exchanges, isPlain, isWelcome, type Recording, recordingsBeside, turns } from "../support/recordings.ts";

/**
 * The octets of a recorded client go on as they are only where the server's do: over HDLC they acknowledge as many frames
 * as the recorded server sent, so our answers need its blocks and segments. They have them, of a profile with blocks of
 * the right size. An object list is cut by Gurux C between its elements, and by us where a block is full: those do not fit.
 */
const fitting: readonly { readonly names: RegExp; readonly twin?: TwinOptions }[] = [
  { names: /_wrapper_/ },
  { names: /_gurux-c_hdlc_low_profile-range$/, twin: { maxSendPduSize: 487 } },
  { names: /^jdlms_jdlms_hdlc_|^gurux-java_gurux-java_hdlc_|_hdlc_low_wrong-password$|_hdlc_low_missing-object$|_hdlc_none_clock$/ },
  { names: /^modee_raw_|_modee_pty$/ },
];
const unfitting = /_hdlc_low_readall$|_hdlc_none_few$|^gurux-python_gurux-c_hdlc_low_few$|_hdlc_low_association-view$/;

const plainRecordings = allRecordings(isPlain);

interface Reply {
  readonly bytes: Uint8Array;
  readonly recorded: Uint8Array;
  readonly apdus: readonly Uint8Array[];
}

/** What came back for each turn of the recorded client, beside what did in the transcript; the wire watches over its octets. */
function replay(recording: Recording, serve: Serve): readonly Reply[] {
  const client = new RawClient(recording, serve);
  const all = turns(recording);
  const replies = all.flatMap(({ from, bytes }, index): readonly Reply[] => {
    if (from === "server") return [];
    const next = all[index + 1]?.bytes ?? new Uint8Array();
    return [{ bytes: client.say(bytes), recorded: next, apdus: client.watch.takeApdus() }];
  });
  client.watch.end();
  return replies;
}

/** Every request has its answer, and a lawful one. */
function expectAnswers(recording: Recording, answers: readonly Uint8Array[]): void {
  const requests = exchanges(recording).map(({ request }) => request);
  expect(answers, "answers").to.have.lengthOf(requests.length);
  let pduSize = 0;
  for (const [index, answer] of answers.entries()) {
    const request = requests[index] as Uint8Array;
    if (isRlrq(request)) expectReleased(answer);
    else if (!isAarq(request)) expectLawful(request, answer, pduSize);
    else {
      pduSize = proposalIn(request).clientMaxReceivePduSize;
      if (isWelcome(recording)) expectAccepted(request, answer);
      else expectRejected(request, answer);
    }
  }
}

/** Answers that have to have the recorded octets: all but blocks, which may be cut elsewhere, and what other servers do wrong. */
function isExact({ request, answer }: { readonly request: Uint8Array; readonly answer: Uint8Array }): boolean {
  return !isAarq(request) && !isRlrq(request) && readApdu(new ByteReader(answer)).type !== "get-response-with-datablock";
}

/** An answer without the octets that Gurux C leaves behind some of its own. */
const withoutRubbish = (apdu: Uint8Array): string => toHex(encodeApdu(readApdu(new ByteReader(apdu))));

describe("the octets of recorded clients", () => {
  before(() => {
    if (recordingsBeside().length === 0) console.log("skipped: there are no recordings but those of test/recordings");
  });

  for (const recording of plainRecordings) {
    const fit = fitting.find(({ names }) => names.test(recording.name));
    if (fit === undefined) continue;
    const associates = isWelcome(recording) && exchanges(recording).length > 0;

    describe(recording.name, () => {
      if (associates) {
        it("have the recorded answers of a server with the recorded values", () => {
          const replies = replay(recording, twinOf(recording, fit.twin));
          const answers = replies.flatMap(({ apdus }) => apdus);
          expectAnswers(recording, answers);
          const pairs = exchanges(recording).map(({ request, answer }, index) => ({
            request,
            answer: answer ?? new Uint8Array(),
            ours: answers[index] as Uint8Array,
          }));
          const exact = pairs.filter(isExact);
          expect(exact.map(({ ours }) => withoutRubbish(ours))).to.deep.equal(exact.map(({ answer }) => withoutRubbish(answer)));
        });
      }

      // jDLMS acknowledges nothing: its N(R) is 0 throughout, and its LLC header that of a client.
      if (recording.link === "hdlc" && recording.server.startsWith("gurux")) {
        it("have the frames of the recorded server", () => {
          for (const { bytes, recorded } of replay(recording, associates ? twinOf(recording, fit.twin) : sampleMeterFor(recording))) {
            expect(frameHeaders(bytes)).to.deep.equal(frameHeaders(recorded));
          }
        });
      }

      if (recording.link === "wrapper") {
        it("have lawful answers of the sample meter, whose blocks are others", () => {
          const replies = replay(recording, sampleMeterFor(recording));
          expectAnswers(
            recording,
            replies.flatMap(({ apdus }) => apdus),
          );
        });
      }
    });
  }

  it("fit wherever nothing is cut between elements", () => {
    const others = plainRecordings.filter(({ name }) => !fitting.some(({ names }) => names.test(name)));
    for (const { name } of others) expect(name).to.match(unfitting);
  });
});
