import type { AssociationOptions, OpenWay } from "../../../src/client/connect.ts";
import type { CaseResult, ConformanceCase } from "../../../src/conformance/case.ts";
import type { Declaration, DeclaredAssociation } from "../../../src/conformance/declaration.ts";
import { runCases } from "../../../src/conformance/runner.ts";
import type { LinkKind } from "../../../src/cosem-objects/object.ts";
import { largestHdlcParameters } from "../../../src/hdlc/index.ts";
import type { DlmsServer } from "../../../src/server/dlms-server.ts";
import type { VirtualTimers } from "../../../src/session/timers.ts";
import { memoryTransportPair } from "../../../src/transport/memory.ts";
import type { Transport } from "../../../src/transport/transport.ts";
import { encodeWpdu } from "../../../src/wrapper/header.ts";

/**
 * A fault put into a device from outside: it sees each APDU to it and from it, and does otherwise. What it gives is sent
 * instead; undefined is nothing.
 */
export interface ApduFault {
  /** `answer` is what the faulty device says without asking the sound one. */
  readonly request?: (apdu: Uint8Array) => { readonly forward: Uint8Array } | { readonly answer: Uint8Array | undefined };
  readonly answer?: (apdu: Uint8Array, request: Uint8Array) => Uint8Array | undefined;
}

export interface DeviceUnderTest {
  readonly server: DlmsServer;
  readonly link: LinkKind;
  readonly timers: VirtualTimers;
  readonly associations: readonly DeclaredAssociation[];
  readonly fault?: ApduFault | undefined;
  /** Stands between the device and the tester, for faults of the link. */
  readonly between?: (device: Transport) => Transport;
  readonly declaration?: Partial<Declaration>;
}

export function declared(name: string, options: AssociationOptions & { readonly clientSap: number }): DeclaredAssociation {
  return { name, options: () => ({ serverSap: 1, ...options }) };
}

/** Runs cases against a device in memory, in virtual time. */
export async function runSuite(cases: readonly ConformanceCase[], device: DeviceUnderTest): Promise<readonly CaseResult[]> {
  const { timers } = device;
  const results: CaseResult[] = [];
  const run = async (): Promise<void> => {
    for await (const result of runCases(cases, declarationOf(device))) results.push(result);
  };
  await settle(run(), timers);
  return results;
}

/** The verdicts as "ID S1 passed", with the reason of all that did not pass. */
export function verdictsOf(results: readonly CaseResult[]): readonly string[] {
  return results.flatMap(({ id, subtests }) =>
    subtests.map(
      (subtest) => `${id} ${subtest.id} ${subtest.verdict}${subtest.reason === undefined ? "" : `: ${subtest.title}: ${subtest.reason}`}`,
    ),
  );
}

/** Everything but what passed, and why. */
export function exceptPassed(results: readonly CaseResult[]): readonly string[] {
  return results.flatMap(({ id, subtests }) =>
    subtests.flatMap((subtest) => (subtest.verdict === "passed" ? [] : [`${id} ${subtest.id} ${subtest.verdict}: ${subtest.reason}`])),
  );
}

/** The subtests of a case that failed. */
export function failedOf(result: CaseResult | undefined): readonly string[] {
  return result?.subtests.filter(({ verdict }) => verdict === "failed").map(({ id }) => id) ?? [];
}

function declarationOf({ server, link, timers, associations, fault, between = (same) => same, declaration }: DeviceUnderTest): Declaration {
  const schedule = (delay: number, callback: () => void) => timers.schedule(delay, callback);
  const open = (): Promise<OpenWay> => {
    const { a, b } = memoryTransportPair({ schedule });
    server.serve(link, b);
    const device = between(a);
    return Promise.resolve({ transport: fault === undefined ? device : faulty(device, fault), link });
  };
  return {
    open,
    timers,
    answerTime: 5000,
    associations,
    hdlcAddress: { logical: 1 },
    hdlcAddressForms: [],
    hdlcProposal: largestHdlcParameters,
    excluded: new Set(),
    mayWrite: false,
    patience: 300_000,
    ...declaration,
  };
}

/** Lets time pass until a promise settles: whatever can happen now happens before the clock moves on. */
async function settle(promise: Promise<void>, timers: VirtualTimers): Promise<void> {
  let settled = false;
  const mark = (): void => {
    settled = true;
  };
  promise.then(mark, mark);
  while (!settled) {
    for (let turn = 0; turn < 4 && !settled; turn++) await new Promise((resolve) => setImmediate(resolve));
    if (!settled && !timers.advanceToNext()) throw new Error("nothing is scheduled, and the suite does not end");
  }
  return promise;
}

const headerLength = 8;
const lengthAt = 6;

/** A wrapper transport in front of a device with a fault. Chunks hold whole PDUs, as they do in memory. */
function faulty(device: Transport, { request, answer }: ApduFault): Transport {
  let listener: ((chunk: Uint8Array) => void) | undefined;
  let last: Uint8Array = new Uint8Array();
  const pdus = (chunk: Uint8Array) => {
    const found: { readonly from: number; readonly to: number; readonly apdu: Uint8Array }[] = [];
    const view = new DataView(chunk.buffer, chunk.byteOffset);
    for (let at = 0; at + headerLength <= chunk.length; ) {
      const end = at + headerLength + view.getUint16(at + lengthAt);
      found.push({ from: view.getUint16(at + 2), to: view.getUint16(at + 4), apdu: chunk.slice(at + headerLength, end) });
      at = end;
    }
    return found;
  };
  const wpdu = (from: number, to: number, apdu: Uint8Array) => encodeWpdu({ sourceWPort: from, destinationWPort: to, apdu });
  return {
    ...passedOn(device),
    onData: (receive) => {
      listener = receive;
      device.onData((chunk) => {
        for (const { from, to, apdu } of pdus(chunk)) {
          const said = answer === undefined ? apdu : answer(apdu, last);
          if (said !== undefined) receive(wpdu(from, to, said));
        }
      });
    },
    write: (chunk) => {
      for (const { from, to, apdu } of pdus(chunk)) {
        last = apdu;
        const done = request?.(apdu) ?? { forward: apdu };
        if ("forward" in done) device.write(wpdu(from, to, done.forward));
        else if (done.answer !== undefined) {
          const said = wpdu(to, from, done.answer);
          setImmediate(() => listener?.(said));
        }
      }
      return true;
    },
  };
}

/** The methods of a transport, bound to it. */
export function passedOn(transport: Transport): Transport {
  return {
    name: transport.name,
    onData: (listener) => transport.onData(listener),
    onClose: (listener) => transport.onClose(listener),
    onDrain: (listener) => transport.onDrain(listener),
    write: (bytes) => transport.write(bytes),
    pause: () => transport.pause(),
    resume: () => transport.resume(),
    close: () => transport.close(),
    destroy: () => transport.destroy(),
  };
}
