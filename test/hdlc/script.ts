import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { HdlcConnection, type HdlcConnectionOptions, type HdlcEvent } from "../../src/hdlc/index.ts";
import { answer, concat, summary } from "./frames.ts";

/** A connection whose server is written out frame by frame. */
export class Script {
  readonly link: HdlcConnection;
  now = 0;

  constructor(options: Partial<HdlcConnectionOptions> = {}) {
    this.link = new HdlcConnection({ clientSap: 16, serverAddress: { logical: 1, physical: 17 }, ...options });
  }

  /** Connected, with windows and fields as the UA's information field says. */
  static connected(options: Partial<HdlcConnectionOptions> = {}, information = ""): Script {
    const script = new Script(options);
    script.link.connect(0);
    expect(script.sent()[0]).to.match(/^93/);
    expect(script.hears(answer(0x73, { information }))[0]).to.match(/^connected/);
    return script;
  }

  sent(): string[] {
    return summary(this.link.dataToSend());
  }

  hears(...frames: readonly Uint8Array[]): string[] {
    return short(this.link.receiveBytes(concat(...frames), this.now));
  }

  requests(apdu: string): string[] {
    this.link.send(fromHex(apdu), this.now);
    return this.sent();
  }

  /** Lets time pass up to the next time-out and returns events and frames. */
  timesOut(): { readonly events: string[]; readonly sent: string[] } {
    expect(this.link.nextTimeout).to.be.a("number");
    this.now = this.link.nextTimeout as number;
    return { events: short(this.link.handleTimeout(this.now)), sent: this.sent() };
  }
}

/** Events in one line each. */
export function short(events: readonly HdlcEvent[]): string[] {
  return events.map((event) => {
    if (event.type === "apdu") return `apdu ${toHex(event.bytes)}${event.confirmed ? "" : " unconfirmed"}`;
    return event.type === "connected" ? `connected ${Object.values(event.parameters)}` : `${event.type} ${event.reason}`;
  });
}
