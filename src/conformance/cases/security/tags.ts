import { toHex } from "../../../bytes/hex.ts";
import { tagLength } from "../../../dlms/security/apdu-cipher.ts";
import type { ConformanceCase } from "../../case.ts";
import { resealed, seal, withCounter, withWrongTag } from "../../sealing.ts";
import { inconclusive } from "../../verdict.ts";
import { forSecured, harmlessRequest, mustBeRefused, mustGoOn, securityOf } from "./secured.ts";

const bothWays = { authenticated: true, encrypted: true } as const;

const shortestTag = 4;

/** How far ahead of the client somebody who forges APDUs counts. */
const farAhead = 1_000_000;
const endOfCounters = 0xffff_ffff;

/** Ciphered APDUs that nobody with the keys sends, beyond the abstract test suite. */
export const tagCases: readonly ConformanceCase[] = [
  {
    id: "X_SEC_TAG_1",
    title: "a tag that is cut short proves nothing",
    group: "extra",
    source: "Green Book 9.2.7.2.4; NIST SP 800-38D appendix C",
    subtests: forSecured([
      {
        title: `GETs whose tags have the first ${shortestTag} to ${tagLength - 1} octets of the right ones are refused`,
        run: async (tester, declared) => {
          for (let length = shortestTag; length < tagLength; length++) {
            const association = await tester.associate(declared);
            const sealed = seal(securityOf(association), harmlessRequest(association), { level: bothWays });
            const cut = resealed(sealed, (content) => content.subarray(0, content.length - tagLength + length));
            await mustBeRefused(association, cut, `a GET with a tag of ${length} octets`);
            await mustGoOn(tester, declared, association, "after a tag that was cut short");
          }
        },
      },
    ]),
  },
  {
    id: "X_SEC_SUITE_1",
    title: "the suite of an association is the one in force",
    group: "extra",
    source: "Green Book 9.2.7.2.4.1",
    subtests: forSecured([
      {
        title: "a GET that claims another security suite is refused",
        run: async (tester, declared) => {
          for (const suite of [0, 1, 2] as const) {
            const association = await tester.associate(declared);
            const security = securityOf(association);
            if (suite === security.suite) continue;
            const sealed = seal(security, harmlessRequest(association), { level: bothWays });
            // Suites 0 and 1 have the same keys: the tag is right for what is claimed.
            const fits = suite !== 2 && security.suite !== 2;
            const claimed = fits
              ? seal(security, harmlessRequest(association), { level: bothWays, suite })
              : resealed(sealed, (content) => Uint8Array.of(((content[0] as number) & 0xf0) | suite, ...content.subarray(1)));
            await mustBeRefused(association, claimed, `a GET of suite ${suite}`);
            await mustGoOn(tester, declared, association, `after a GET of suite ${suite}`);
          }
        },
      },
    ]),
  },
  {
    id: "X_SEC_COUNTER_1",
    title: "nobody without the keys moves the counter of a client",
    group: "extra",
    source: "Green Book 9.2.3.3.7.3",
    subtests: forSecured([
      {
        title: "a GET with the counter FFFFFFFF and a wrong tag is refused, and does not lock the right client out",
        run: async (tester, declared) => {
          const association = await tester.associate(declared);
          const forged = withCounter(seal(securityOf(association), harmlessRequest(association)), endOfCounters);
          await mustBeRefused(association, forged, "a GET with the counter FFFFFFFF");
          await mustGoOn(tester, declared, association, "after the counter FFFFFFFF");
        },
      },
      {
        title: "a GET with a counter far ahead and a wrong tag is refused, and the counter is as it was",
        run: async (tester, declared) => {
          const association = await tester.associate(declared);
          const security = securityOf(association);
          const ahead = security.sendCounter.next + farAhead;
          if (ahead >= endOfCounters) inconclusive("the counter of the client is near its end");
          // Not the tag of what is forged: it goes out under a counter that the client has used up.
          const forged = withCounter(withWrongTag(seal(security, harmlessRequest(association))), ahead);
          await mustBeRefused(association, forged, "a GET with a forged counter");
          await mustGoOn(tester, declared, association, "after a forged counter");
        },
      },
    ]),
  },
  {
    id: "X_SEC_TITLE_1",
    title: "the association is with one client, whatever system title an APDU gives",
    group: "extra",
    source: "Green Book 9.2.7.2.4, 9.5",
    subtests: forSecured([
      {
        title: "general-glo-ciphering that names another system title than the one it was ciphered with is refused",
        run: async (tester, declared) => {
          const association = await tester.associate(declared);
          const security = securityOf(association);
          const sealed = seal(security, harmlessRequest(association), { level: bothWays, form: "general-global" });
          const named = resealed(sealed, (content) => content, another(security.systemTitle));
          await mustBeRefused(association, named, "a GET that names another system title");
          await mustGoOn(tester, declared, association, "after another system title");
        },
      },
      {
        title: "general-glo-ciphering by another system title, which has the keys, is refused",
        run: async (tester, declared) => {
          const association = await tester.associate(declared);
          const security = securityOf(association);
          const systemTitle = another(security.systemTitle);
          const sealed = seal(security, harmlessRequest(association), { level: bothWays, form: "general-global", systemTitle });
          await mustBeRefused(association, sealed, `a GET by ${toHex(systemTitle)}`);
          await mustGoOn(tester, declared, association, "after another system title");
        },
      },
    ]),
  },
];

/** A system title that is nobody's: the serial number with every bit turned over. */
function another(systemTitle: Uint8Array): Uint8Array {
  return systemTitle.map((octet, index) => (index < 3 ? octet : octet ^ 0xff));
}
