import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { serveOptical } from "../../src/cli/optical-line.ts";
import { withEvenParity } from "../../src/optical/parity.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { LineModel } from "../optical/support/line-model.ts";

/** SNRM and DISC from client 16 to logical device 1, and a meter's UA. */
const snrm = "7EA0070321930F017E";
const disc = "7EA00703215303C77E";
const ua = "7EA00721037301407E";

const characters = (text: string): Uint8Array => withEvenParity(Uint8Array.from(Buffer.from(text, "latin1")));

/** A meter at the optical port of which the HDLC part notes what it hears and answers what `answer` says. */
function served(answer: (chunk: string) => string | undefined = () => undefined) {
  const timers = new VirtualTimers();
  const line = new LineModel({ timers });
  let heard = "";
  let said = "";
  let phases = 0;
  let ended = 0;
  serveOptical(
    line.meter,
    { identification: "/DGW5\\2METER", address: "1", readout: () => [] },
    (transport: Transport) => {
      phases += 1;
      transport.onData((chunk) => {
        heard += toHex(chunk);
        const reply = answer(heard);
        if (reply !== undefined) transport.write(fromHex(reply));
      });
      transport.onClose(() => (ended += 1));
    },
    timers,
  );
  line.reader.onData((chunk) => (said += toHex(chunk)));
  const tell = (octets: Uint8Array): void => {
    for (const octet of octets) line.meter.hear(octet, line.meter.baudRate);
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  const later = async (milliseconds: number): Promise<void> => {
    for (let passed = 0; passed < milliseconds; passed += 50) {
      timers.advance(50);
      await turn();
    }
  };
  return {
    line,
    tell,
    later,
    status: () => ({ heard, phases, ended, baudRate: line.meter.baudRate }),
    said: () => said,
  };
}

describe("The meter's end of an optical port", () => {
  it("gives HDLC what came before it had changed over", async () => {
    const { tell, later, status } = served();
    tell(characters("/?!\r\n"));
    await later(1000);
    tell(characters("\x06252\r\n"));
    // Reaction time, confirmation and change of speed are still to come.
    tell(fromHex(snrm));
    expect(status()).to.include({ heard: "", phases: 0 });
    await later(1000);
    expect(status()).to.include({ heard: snrm, phases: 1, baudRate: 9600 });
  });

  it("is ready for the next sign-on soon after a DISC, though one has come too early", async () => {
    const { tell, later, status } = served((heard) => (heard.endsWith(disc) ? ua : undefined));
    tell(characters("/?!\r\n"));
    await later(1000);
    tell(characters("\x06252\r\n"));
    await later(1000);
    tell(fromHex(snrm));
    tell(fromHex(disc));
    await later(100);
    tell(characters("/?!\r\n"));
    expect(status()).to.include({ phases: 1, ended: 0 });
    await later(300);
    expect(status()).to.include({ phases: 1, ended: 1, baudRate: 300 });
  });

  it("stays in HDLC where another link follows the DISC", async () => {
    const { tell, later, status } = served((heard) => (heard.endsWith(disc) ? ua : undefined));
    tell(characters("/?!\r\n"));
    await later(1000);
    tell(characters("\x06252\r\n"));
    await later(1000);
    tell(fromHex(disc));
    await later(100);
    tell(fromHex(snrm));
    await later(1000);
    expect(status()).to.include({ phases: 1, ended: 0, baudRate: 9600 });
  });
});
