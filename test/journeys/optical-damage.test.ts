import { expect } from "chai";
import { serveOptical } from "../../src/cli/optical-line.ts";
import { associate } from "../../src/client/connect.ts";
import { Register } from "../../src/cosem-objects/classes/register.ts";
import { DlmsError } from "../../src/errors.ts";
import { minute } from "../../src/meter-model/index.ts";
import { signOn } from "../../src/optical/open-optical.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { tariffDevice } from "../../src/virtual-meter/optical/readout.ts";
import { LineModel, type LineModelOptions, settled } from "../optical/support/line-model.ts";
import { asReader, identity, sampleMeter, sampleServer } from "../support/sample-meter.ts";
import { scaled } from "../support/scale.ts";

const meter = sampleMeter(90 * minute);
/** Every so many places of a session are damaged. */
const stride = scaled(7, 1);
/** ms that a session may take at most, all repetitions included. */
const longest = 120_000;

interface Session {
  /** Wh, or why not. */
  readonly outcome: number | DlmsError;
  readonly octets: number;
  /** ms of the line's time. */
  readonly took: number;
}

/** A whole session over a probe: sign-on, HDLC, association, a register, and back. */
async function session(model: Omit<LineModelOptions, "timers"> = {}): Promise<Session> {
  const timers = new VirtualTimers();
  const line = new LineModel({ timers, ...model });
  const server = sampleServer(meter, { timers });
  serveOptical(
    line.meter,
    tariffDevice(() => meter, identity, undefined),
    (transport) => server.serve("hdlc", transport),
    timers,
  );
  const run = async (): Promise<number> => {
    await signOn(line.reader, { want: "hdlc" }, timers);
    const client = await associate(line.reader, "hdlc", { ...asReader, timers, timeout: 10_000 });
    try {
      return Number((await client.get(Register, "1.0.1.8.0.255", "value")).value);
    } finally {
      await client.close();
    }
  };
  const outcome = await settled(timers, run(), longest).catch((error: unknown) => {
    if (error instanceof DlmsError) return error;
    throw error;
  });
  return { outcome, octets: line.carried, took: timers.now() };
}

describe("R9: a session over an optical probe", function () {
  this.timeout(scaled(60_000, 900_000));

  it("reads a register in three seconds of the line", async () => {
    const { outcome, octets, took } = await session();
    expect(outcome).to.equal(1500);
    expect(octets).to.be.greaterThan(300);
    expect(took).to.be.lessThan(4000);
  });

  it("reads it with the probe's own echo", async () => {
    expect((await session({ echo: true })).outcome).to.equal(1500);
  });

  for (const [name, damage] of [
    ["lost", () => []],
    ["doubled", (octet: number) => [octet, octet]],
    ["changed", (octet: number) => [octet ^ 0x08]],
    ["turned into a flag", () => [0x7e]],
    ["followed by noise", (octet: number) => [octet, 0x7e, 0xa7, 0xff, 0x00]],
  ] as const satisfies readonly (readonly [string, (octet: number) => readonly number[]])[]) {
    it(`is read all the same where one octet is ${name}, or ends in one clear error`, async () => {
      const { octets } = await session();
      const failures: string[] = [];
      for (let place = 0; place < octets; place += stride) {
        const { outcome } = await session({ carry: (octet, index) => (index === place ? damage(octet) : [octet]) });
        if (outcome instanceof DlmsError) {
          failures.push(`${place}: ${outcome.message}`);
          expect(outcome.hint, `${place}: ${outcome.message}`).not.to.equal(undefined);
        } else expect(outcome, String(place)).to.equal(1500);
      }
      // The sign-on is repeated, and so are frames; what is damaged between them may end a session, and nothing else does.
      expect(failures.length / (octets / stride), failures.join("\n")).to.be.at.most(0.1);
    });
  }

  it("ends in one clear error where the cable is pulled, at whatever octet", async () => {
    const { octets } = await session();
    for (let place = 0; place < octets; place += stride) {
      const { outcome } = await session({ unplugAt: place });
      // Pulled while the session says good-bye, there is nothing to complain of.
      if (outcome instanceof DlmsError) expect(outcome.code, String(place)).to.be.oneOf(["closed", "link-failed", "timeout"]);
      else expect([place > octets - 120, outcome], String(place)).to.deep.equal([true, 1500]);
    }
  });
});
