import { expect } from "chai";
import { securityCases } from "../../../src/conformance/cases/security/index.ts";
import { turnedOver } from "../../../src/conformance/cases/security/secured.ts";
import { InvocationCounterReceiver, InvocationCounterSender } from "../../../src/dlms/security/invocation-counter.ts";
import { apduTags } from "../../../src/dlms/xdlms/tags.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { MeterCounters } from "../../../src/virtual-meter/meter-counters.ts";
import type { SecuritySetup } from "../../../src/virtual-meter/security/security-setup.ts";
import { keys } from "../../dlms/association/secure-pair.ts";
import { asClient, factoryKeys, SecuredMeter, type SecuredMeterOptions } from "../../support/secured-meter.ts";
import { type ApduFault, type DeviceUnderTest, passedOn, runSuite } from "./harness.ts";
import { counterIn, deciphered, exceptionResponse, type Forgiving, Front, opened } from "./security-front.ts";

/** A device that does one thing wrong. */
interface Faulty {
  readonly id: string;
  /** What is wrong with it. */
  readonly fault: string;
  /** The subtests that find it. */
  readonly found: readonly string[];
  readonly make?: () => SecuredMeterOptions & { readonly server?: { readonly random?: (length: number) => Uint8Array } };
  readonly break?: (setup: SecuritySetup) => void;
  readonly wire?: () => ApduFault;
  readonly between?: DeviceUnderTest["between"];
}

const tagOf = (apdu: Uint8Array): number => apdu[0] as number;
const nothing = () => undefined;

/** Counters that check nothing. */
class CarelessCounters extends MeterCounters {
  override of(keyId: string, broadcastKeyId?: string) {
    return { ...super.of(keyId, broadcastKeyId), receiveCounter: () => new InvocationCounterReceiver() };
  }
}

/** Counters that start over with each AARQ. */
class RestartingCounters extends MeterCounters {
  #sender = new InvocationCounterSender({ next: 1 });
  readonly wire: ApduFault = {
    request: (apdu) => {
      if (tagOf(apdu) === apduTags.aarq.plain) this.#sender = new InvocationCounterSender({ next: 1 });
      return { forward: apdu };
    },
  };
  override of(keyId: string, broadcastKeyId?: string) {
    return { ...super.of(keyId, broadcastKeyId), sendCounter: this.#sender };
  }
}

const restarting = (): Pick<Faulty, "make" | "wire"> => {
  const counters = new RestartingCounters(undefined);
  return { make: () => ({ counters }), wire: () => counters.wire };
};

/** Octets that an answer to pass 3 has at least, where it is right. */
const passFourLength = 40;

/** Says again what it said the first time. */
const repeating = (answerTag: number, least = 0): ApduFault => {
  let first: Uint8Array | undefined;
  return {
    request: (apdu) => {
      if (tagOf(apdu) === apduTags.aarq.plain) first = undefined;
      return { forward: apdu };
    },
    answer: (apdu) => {
      if (tagOf(apdu) !== answerTag && !(first !== undefined && tagOf(apdu) === apduTags["exception-response"].plain)) return apdu;
      if (first === undefined && apdu.length < least) return apdu;
      first ??= apdu;
      return first;
    },
  };
};

const showsPolicy = (activate: (policy: number) => number) => (setup: SecuritySetup) => {
  const { latest } = setup;
  let { policy } = latest;
  Object.defineProperty(setup, "latest", { get: () => ({ ...latest, policy }) });
  setup.activatePolicy = (wanted) => {
    policy = activate(wanted);
    return undefined;
  };
};

/** Takes any tag. */
const tagless: Forgiving = ({ content }) => (content[0] === 0x30 ? deciphered(content) : undefined);

const faulty: readonly Faulty[] = [
  {
    id: "SYMSEC_BasicCap_1",
    fault: "answers an ACTION in clear",
    found: ["S4"],
    wire: () => ({
      request: (apdu) => (tagOf(apdu) === 0xcb && apdu.length < 40 ? { answer: Uint8Array.of(0xc7, 1, 0xc1, 3, 0) } : { forward: apdu }),
    }),
  },
  {
    id: "SYMSEC_BasicCap_1",
    fault: "does not carry out GET",
    found: ["S2", "S4"],
    wire: () => ({ request: (apdu) => (tagOf(apdu) === 0xc8 ? { answer: exceptionResponse } : { forward: apdu }) }),
  },
  {
    id: "SYMSEC_SecDataX_P1",
    fault: "does not take GET under a dedicated key",
    found: ["S2"],
    wire: () => ({ request: (apdu) => (tagOf(apdu) === 0xd0 ? { answer: exceptionResponse } : { forward: apdu }) }),
  },
  {
    id: "SYMSEC_SecDataX_N1",
    fault: "takes requests under another encryption key",
    found: ["S1", "S2"],
    wire: () => new Front(({ content }) => opened(content, undefined, turnedOver(keys.global(0)))),
  },
  {
    id: "SYMSEC_SecDataX_N1",
    fault: "does not look at tags",
    found: ["S3", "S4", "S5", "S6"],
    wire: () => new Front(tagless),
  },
  {
    id: "SYMSEC_SecDataX_N1",
    fault: "carries out what it refuses for its tag",
    found: ["S4", "S6"],
    wire: () => new Front(tagless, { refuseAfter: true }),
  },
  {
    id: "SYMSEC_SecDataX_N1",
    fault: "does not look at the security control",
    found: ["S7", "S8"],
    wire: () => new Front(({ content }) => opened(Uint8Array.of(0x30, ...content.subarray(1)))),
  },
  { id: "SYMSEC_SecDataX_N1", fault: "serves in clear", found: ["S9", "S10"], wire: () => new Front(nothing, { inClear: true }) },
  {
    id: "SYMSEC_FraCount_1",
    fault: "does not check counters",
    found: ["S1", "S2", "S3", "S5"],
    make: () => ({ counters: new CarelessCounters(undefined) }),
  },
  { id: "SYMSEC_FraCount_1", fault: "answers a replay under the dedicated key", found: ["S4"], wire: () => repeating(0xd4) },
  { id: "SYMSEC_FraCount_3", fault: "starts its counter over with each association", found: ["S1"], ...restarting() },
  { id: "SYMSEC_FraCount_3", fault: "repeats itself under the dedicated key", found: ["S2"], wire: () => repeating(0xd4) },
  {
    id: "SYMSEC_DedKey_N1",
    fault: "takes dedicated keys of any length",
    found: ["S1"],
    wire: () => new Front(nothing, { dedicatedKey: ({ length }) => length === 16 }),
  },
  {
    id: "SYMSEC_DedKey_N1",
    fault: "takes the global key for a dedicated one",
    found: ["S2"],
    wire: () => new Front(({ content, form }, { dedicated }) => (form === "dedicated" && !dedicated ? opened(content) : undefined)),
  },
  {
    id: "SYMSEC_DedKey_N1",
    fault: "keeps dedicated keys",
    found: ["S3"],
    wire: () =>
      new Front(({ content, form }, { dedicatedKeys: [, before] }) =>
        form === "dedicated" && before ? opened(content, undefined, before) : undefined,
      ),
  },
  { id: "SYMSEC_REL_N1", fault: "is released by anybody", found: ["S1", "S2", "S3", "S4"], wire: () => new Front(nothing, { rlrq: true }) },
  {
    id: "SYMSEC_REL_N1",
    fault: "answers a release and goes on",
    found: ["S5"],
    wire: () => ({ request: (apdu) => (tagOf(apdu) === 0x62 ? { answer: Uint8Array.of(0x63, 3, 0x80, 1, 0) } : { forward: apdu }) }),
  },
  { id: "SYMSEC_SecPol_1", fault: "shows no policy once one was activated", found: ["S1"], break: showsPolicy(() => 0) },
  { id: "SYMSEC_SecPol_2", fault: "lowers its policy", found: ["S1"], break: showsPolicy((policy) => policy) },
  {
    id: "SYMSEC_SecPol_3",
    fault: "takes requests without the protection of its policy",
    found: ["S1"],
    break: (setup) => {
      const { requiredProtection } = setup;
      const request = { authenticated: false, encrypted: false, signed: false };
      Object.defineProperty(setup, "requiredProtection", { get: () => ({ ...requiredProtection, request }) });
    },
  },
  {
    id: "SYMSEC_SecPol_3",
    fault: "answers in clear",
    found: ["S1", "S2"],
    wire: () => ({
      answer: (apdu, request) => (tagOf(request) === 0xc8 && apdu.length < 50 ? Uint8Array.of(0xc4, 1, 0xc1, 0, 9, 1, 0x41) : apdu),
    }),
  },
  {
    id: "X_SEC_TAG_1",
    fault: "looks at as much of the tag as there is",
    found: ["S1"],
    wire: () => new Front(({ content }) => deciphered(Uint8Array.of(...content.subarray(0, 5 + 13), ...new Uint8Array(12)))),
  },
  {
    id: "X_SEC_SUITE_1",
    fault: "does not look at the suite",
    found: ["S1"],
    wire: () => new Front(({ content }) => (content[0] === 0x31 ? opened(content) : undefined)),
  },
  {
    id: "X_SEC_COUNTER_1",
    fault: "takes the counter FFFFFFFF of anybody for the last one",
    found: ["S1"],
    wire: () => locking((counter) => counter === 0xffff_ffff),
  },
  {
    id: "X_SEC_COUNTER_1",
    fault: "notes a counter before it has looked at the tag",
    found: ["S2"],
    wire: () => locking((counter) => counter !== 0xffff_ffff),
  },
  {
    id: "X_SEC_TITLE_1",
    fault: "does not look at the system title of an APDU",
    found: ["S1"],
    wire: () => new Front(({ content, systemTitle }) => (systemTitle === undefined ? undefined : opened(content))),
  },
  {
    id: "X_SEC_TITLE_1",
    fault: "takes whoever has the keys for its client",
    found: ["S2"],
    wire: () =>
      new Front(({ content, systemTitle }) => (systemTitle === undefined ? undefined : opened(content, Uint8Array.from(systemTitle)))),
  },
  {
    id: "X_SEC_HLS_1",
    fault: "has one challenge for all",
    found: ["S1", "S2"],
    make: () => ({ server: { random: (length: number) => new Uint8Array(length).fill(7) } }),
  },
  { id: "X_SEC_HLS_2", fault: "lets a client try until it is right", found: ["S1"], wire: () => patient() },
  { id: "X_SEC_HLS_2", fault: "answers pass 3 again", found: ["S2"], wire: () => repeating(0xcf, passFourLength) },
  {
    id: "X_SEC_HLS_3",
    fault: "keeps silent to clients that it does not know",
    found: ["S1"],
    between: (device) => ({ ...passedOn(device), write: (chunk) => chunk[3] === 0x7e || device.write(chunk) }),
  },
  { id: "X_SEC_GMAC_1", fault: "starts its counter over with each association", found: ["S1"], ...restarting() },
  ...["SYMSEC_Key_Tx_P1", "SYMSEC_Key_Tx_P2", "SYMSEC_Key_Tx_P3"].map((id) => ({
    id,
    fault: "says that it has new keys, and has the old ones",
    found: ["S1"],
    break: (setup: SecuritySetup) => {
      setup.transferKeys = nothing;
    },
  })),
  {
    id: "SYMSEC_Key_Tx_N1",
    fault: "passes over keys that it does not know",
    found: ["S1", "S2"],
    break: (setup) => {
      const transfer = setup.transferKeys.bind(setup);
      setup.transferKeys = (items) => {
        const known = items.filter(({ keyId }) => typeof keyId === "string");
        return known.length === 0 ? undefined : transfer(known);
      };
    },
  },
  {
    id: "SYMSEC_Key_Tx_N2",
    fault: "does not say that a key is wrapped wrong",
    found: ["S1", "S2", "S3", "S4"],
    break: (setup) => {
      const transfer = setup.transferKeys.bind(setup);
      setup.transferKeys = (items) => {
        transfer(items);
        return undefined;
      };
    },
  },
  {
    id: "SYMSEC_Key_Tx_N2",
    fault: "installs the keys in front of one that is wrong",
    found: ["S4"],
    break: (setup) => {
      const transfer = setup.transferKeys.bind(setup);
      setup.transferKeys = (items) => items.map((item) => transfer([item])).find((refusal) => refusal !== undefined);
    },
  },
];

/** Takes a counter that somebody forged for the client's. */
function locking(notes: (counter: number) => boolean): Front {
  return new Front(({ content }, front) => {
    if (notes(counterIn(content))) front.lowest = Math.max(front.lowest, counterIn(content));
    return undefined;
  });
}

/** Has a wrong pass 3 come again: the last octet of the proof was changed, and the one after it is the right one. */
function patient(): ApduFault {
  let tried = false;
  let inSpoiling = false;
  return {
    request: (apdu) => {
      if (tagOf(apdu) === apduTags.aarq.plain) inSpoiling = !tried;
      if (tagOf(apdu) !== 0xcb || !inSpoiling) return { forward: apdu };
      inSpoiling = false;
      tried = true;
      return { answer: exceptionResponse };
    },
  };
}

describe("Conformance suite, security: what is wrong is found", () => {
  for (const { id, fault, found, make, break: breakSetup, wire, between } of faulty)
    it(`${id}: a device that ${fault}`, async () => {
      const timers = new VirtualTimers();
      const { server: more, ...options } = make?.() ?? {};
      const meter = new SecuredMeter({ ...options, server: { timers, ...more } });
      const setup = meter.setups.get("management");
      if (setup !== undefined) breakSetup?.(setup);
      const results = await runSuite(
        securityCases.filter((one) => one.id === id),
        {
          server: meter.server,
          link: "wrapper",
          timers,
          associations: [{ name: "management", options: () => ({ serverSap: 1, clientSap: 1, ...asClient("management", 0) }) }],
          fault: wire?.(),
          ...(between && { between }),
          declaration: { mayWrite: true, masterKey: factoryKeys(0).master.exposeSecret() },
        },
      );
      const subtests = results.flatMap((result) => result.subtests);
      const failed = subtests.filter(({ verdict }) => verdict === "failed");
      expect(
        failed.map((one) => one.id),
        subtests.map((one) => `${one.id} ${one.verdict} ${one.reason ?? ""}`).join("\n"),
      ).to.deep.equal(found);
    });

  it("there is a faulty device for every case", () => {
    expect(new Set(faulty.map(({ id }) => id))).to.deep.equal(new Set(securityCases.map(({ id }) => id)));
  });
});
