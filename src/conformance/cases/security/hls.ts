import { toHex } from "../../../bytes/hex.ts";
import { decodeAare } from "../../../dlms/acse/codec.ts";
import { passFourOf } from "../../../dlms/association/hls-service.ts";
import { readSecurityHeader } from "../../../dlms/security/apdu-cipher.ts";
import { challengeLengths } from "../../../dlms/security/hls.ts";
import { apduTags } from "../../../dlms/xdlms/tags.ts";
import type { ConformanceCase } from "../../case.ts";
import type { DeclaredAssociation } from "../../declaration.ts";
import { describeReaction, type Reaction } from "../../reaction.ts";
import { counterOf } from "../../sealing.ts";
import { describeOpening, isSuccess, TestAssociation } from "../../test-association.ts";
import type { Tester } from "../../tester.ts";
import { fail, inapplicable, inconclusive, must } from "../../verdict.ts";
import { mustRefuse } from "../application/refusals.ts";
import { forSecured, mustComeBack, mustGoOn, type SecuredPart, turnedOver, withSecurity } from "./secured.ts";

/** Associations that are opened to see whether a challenge comes twice. */
const associations = 8;

/** How many connections the counters of proofs are watched over. */
const connections = 3;

/** Milliseconds that devices which slow down those who try secrets are given between two of them. */
const pause = 2000;

/** Parts for associations with high level security; `mechanism` for one of its mechanisms alone. */
function withHls(parts: readonly SecuredPart[], mechanism?: "hls-gmac"): ConformanceCase["subtests"] {
  return forSecured(
    parts.map(({ title, run }) => ({
      title,
      run: async (tester, declared) => {
        const { authentication } = declared.options();
        if (authentication?.mechanism !== "hls") inapplicable("the association has no high level security");
        else if (mechanism !== undefined && authentication.credentials.mechanism !== mechanism)
          inapplicable(`the mechanism is not ${mechanism}`);
        await run(tester, declared);
      },
    })),
  );
}

/** Opens, and gives the challenges of both sides. */
async function challengesOf(
  association: TestAssociation,
  authenticationValue?: Uint8Array,
): Promise<{ readonly sent: Uint8Array; readonly received: Uint8Array }> {
  let sent: Uint8Array = new Uint8Array();
  const opening = await association.open({
    aarq: (fields) => {
      sent = authenticationValue ?? fields.authenticationValue?.slice() ?? sent;
      return { ...fields, authenticationValue: sent };
    },
  });
  if (opening.type !== "accepted") return inconclusive(`the association is refused: ${describeOpening(opening)}`);
  const received = opening.aare.authenticationValue;
  return received === undefined ? fail("AARE has no challenge") : { sent, received: Uint8Array.from(received) };
}

/** The last octets of pass 3 are of the proof, whatever the mechanism. */
const spoil = (passThree: Uint8Array): Uint8Array => Uint8Array.of(...passThree.subarray(0, -1), (passThree.at(-1) as number) ^ 0x01);

/** What somebody who tries an association learns from the answer; what is random in it left out. */
function learnt(reaction: Reaction): string {
  if (reaction.type !== "apdu" || reaction.apdu[0] !== apduTags.aare.plain) return describeReaction(reaction);
  const { result, diagnostic, mechanism, authenticationValue, userInformation = new Uint8Array() } = decodeAare(reaction.apdu);
  const challenge = authenticationValue === undefined ? "no challenge" : `a challenge of ${authenticationValue.length} octets`;
  const inside = result === "accepted" ? `${userInformation.length} octets` : toHex(userInformation);
  return `${result}, ${diagnostic.source} ${diagnostic.value}, ${mechanism ?? "no mechanism"}, ${challenge}, ${inside}`;
}

/** The highest client SAP that no declared association has and that is no address for all. */
function unknownClient({ declaration }: Tester): number {
  const known = new Set(declaration.associations.map((association) => association.options().clientSap));
  let clientSap = 0x7e;
  while (known.has(clientSap)) clientSap -= 1;
  return clientSap;
}

/** What a client with wrong keys, or one of another SAP, learns. */
async function tried(tester: Tester, declared: DeclaredAssociation, clientSap?: number): Promise<string | undefined> {
  const stranger = withSecurity(declared, ({ globalKey }) => ({ globalKey: turnedOver(globalKey) }));
  const options = { ...stranger.options(), ...(clientSap === undefined ? {} : { clientSap }) };
  const link = await tester.tryLinkBetween(options);
  if (link === undefined) return undefined;
  const association = new TestAssociation(link, options);
  return learnt(await association.exchangeOctets(association.aarq()));
}

/** High level security beyond the abstract test suite. */
export const hlsCases: readonly ConformanceCase[] = [
  {
    id: "X_SEC_HLS_1",
    title: "the challenges of the device",
    group: "extra",
    source: "Green Book 9.2.7.4",
    subtests: withHls([
      {
        title: `${associations} associations have ${associations} challenges, each of a lawful length`,
        run: async (tester, declared) => {
          const seen = new Set<string>();
          for (let count = 0; count < associations; count++) {
            const { received } = await challengesOf(await tester.prepare(declared));
            const { shortest, longest } = challengeLengths;
            must(received.length >= shortest && received.length <= longest, `a challenge has ${received.length} octets`);
            must(!seen.has(toHex(received)), "a challenge comes twice");
            seen.add(toHex(received));
          }
        },
      },
      {
        title: "a challenge of the device given back to it is not its challenge again",
        run: async (tester, declared) => {
          const { received } = await challengesOf(await tester.prepare(declared));
          const reflected = await challengesOf(await tester.prepare(declared), received);
          must(toHex(reflected.received) !== toHex(received), "the device answers a challenge with the same one");
        },
      },
    ]),
  },
  {
    id: "X_SEC_HLS_2",
    title: "pass 3 is taken once, and only where it is right",
    group: "extra",
    source: "Green Book 9.2.7.4",
    subtests: withHls([
      {
        title: "a wrong pass 3 is refused, the right one after it too, and a new association comes about",
        run: async (tester, declared) => {
          const association = await tester.prepare(declared);
          const opening = await association.open();
          if (opening.type !== "accepted") return inconclusive(`the association is refused: ${describeOpening(opening)}`);
          for (const [change, what] of [
            [spoil, "a wrong pass 3"],
            [(same: Uint8Array) => same, "the right pass 3 after a wrong one"],
          ] as const) {
            const passFour = await association.authenticate(opening.aare, change);
            if (passFour === undefined || passFour.type === "silence" || passFour.type === "closed") continue;
            mustRefuse(passFour, what);
          }
          await association.mustNotServe("after a wrong pass 3");
          await mustComeBack(tester, declared, "after a wrong pass 3");
        },
      },
      {
        title: "pass 3 that was taken is refused when it comes again",
        run: async (tester, declared) => {
          const association = await tester.prepare(declared);
          const opening = await association.open();
          if (opening.type !== "accepted") return inconclusive(`the association is refused: ${describeOpening(opening)}`);
          let first: Uint8Array | undefined;
          const passFour = await association.authenticate(opening.aare, (passThree) => {
            first = passThree;
            return passThree;
          });
          if (passFour === undefined || !("type" in passFour) || first === undefined) return inconclusive("there is no pass 4");
          if (passFour.type === "silence" || passFour.type === "closed" || !isSuccess(passFour))
            return inconclusive("the authentication does not succeed");
          const again = await association.exchangeApdu(first);
          if (again.type !== "silence" && again.type !== "closed") mustRefuse(again, "pass 3 that comes again");
          await mustGoOn(tester, declared, association, "after pass 3 came again");
        },
      },
    ]),
  },
  {
    id: "X_SEC_HLS_3",
    title: "who has no keys does not learn which clients there are",
    group: "extra",
    source: "Green Book 9.4.2; OWASP ASVS 2.2",
    subtests: withHls([
      {
        title: "a client that nobody knows and one with wrong keys are answered alike",
        run: async (tester, declared) => {
          const wrong = await tried(tester, declared);
          await tester.wait(pause);
          const unknown = await tried(tester, declared, unknownClient(tester));
          await mustComeBack(tester, declared, "after wrong keys");
          must(wrong === unknown, `wrong keys: ${wrong ?? "no link"}; a client that nobody knows: ${unknown ?? "no link"}`);
        },
      },
    ]),
  },
  {
    id: "X_SEC_GMAC_1",
    title: "the counters of proofs with GMAC",
    group: "extra",
    source: "Green Book 9.2.7.4, 9.2.3.3.7.3",
    subtests: withHls(
      [
        {
          title: `the counters of AARE and of the proof grow strictly, over ${connections} connections, and none comes twice`,
          run: async (tester, declared) => {
            let highest = -1;
            for (let connection = 1; connection <= connections; connection++) {
              const association = await tester.prepare(declared);
              const opening = await association.open();
              if (opening.type !== "accepted") return inconclusive(`the association is refused: ${describeOpening(opening)}`);
              const passFour = await association.authenticate(opening.aare);
              const proof =
                passFour === undefined || passFour.type === "silence" || passFour.type === "closed" ? undefined : passFourOf(passFour);
              if (proof === undefined) return inconclusive("there is no pass 4");
              const { userInformation } = opening.aare;
              const initiate = userInformation === undefined ? [] : [counterOf(userInformation)];
              for (const counter of [...initiate, readSecurityHeader(proof).invocationCounter]) {
                must(
                  counter > highest,
                  `the counter ${counter} in connection ${connection} is not above ${highest}, which was used before`,
                );
                highest = counter;
              }
            }
          },
        },
      ],
      "hls-gmac",
    ),
  },
];
