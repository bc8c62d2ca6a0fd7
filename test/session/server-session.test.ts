import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { ServerSession, type ServerSessionOptions } from "../../src/session/server-session.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { FakeApplication, FakeStation, FakeTransport, linkError } from "./fakes.ts";

interface Setup extends Partial<Pick<ServerSessionOptions<string>, "idleTimeout" | "apduTimeout" | "silence" | "maxChannels">> {
  readonly react?: (heard: string) => void;
  /** Answers at once. */
  readonly answers?: boolean;
}

/** Serves every channel but those of server 9. */
function setUp({ react = () => {}, answers = true, ...limits }: Setup = {}) {
  const timers = new VirtualTimers();
  const transport = new FakeTransport();
  const link = new FakeStation();
  const heard: string[] = [];
  const traced: string[] = [];
  const applications = new Map<number, FakeApplication>();
  const note = (what: string) => {
    heard.push(what);
    react(what);
  };
  const session = new ServerSession<string>({
    transport,
    link,
    timers,
    accept: ({ clientSap, serverSap }) => {
      note(`accept ${clientSap} ${serverSap}`);
      if (serverSap === 9) return undefined;
      const application = new FakeApplication();
      application.answers = answers;
      applications.set(clientSap, application);
      return application;
    },
    onEvent: (event, { clientSap }) => note(`${clientSap}: ${event}`),
    onChannelClosed: ({ clientSap }) => note(`closed ${clientSap}`),
    onClosed: (error) => note(`gone ${error?.message ?? "without error"}`),
    trace: ({ direction, layer, bytes, note }) =>
      traced.push(`${direction} ${layer} ${toHex(bytes)}${note === undefined ? "" : ` ${note}`}`),
    ...limits,
  });
  const application = (clientSap: number) => applications.get(clientSap) as FakeApplication;
  return { timers, transport, link, session, heard, traced, application };
}

describe("ServerSession", () => {
  it("accepts each channel once, and answers each on its own", () => {
    const { transport, heard } = setUp();
    transport.receive("100110 200120 100130");
    expect(heard).to.deep.equal(["accept 16 1", "16: 10 at 0", "accept 32 1", "32: 20 at 0", "16: 30 at 0"]);
    expect(transport.written).to.deep.equal(["100111", "200121", "100131"]);
  });

  it("does not answer for addresses that are nobody's", () => {
    const { transport, heard } = setUp();
    transport.receive("100910 100910");
    expect(heard).to.deep.equal(["accept 16 9", "accept 16 9"]);
    expect(transport.written).to.deep.equal([]);
  });

  it("holds as many channels as it may, and takes another when one is free", () => {
    const { transport, heard } = setUp({ maxChannels: 2 });
    transport.receive("100110 200110 300110");
    expect(heard.filter((what) => what.startsWith("accept"))).to.deep.equal(["accept 16 1", "accept 32 1"]);
    transport.receive("200102 300110");
    expect(heard.slice(-3)).to.deep.equal(["closed 32", "accept 48 1", "48: 10 at 0"]);
  });

  it("sends an answer that comes later", () => {
    const { transport, session, application } = setUp({ answers: false });
    transport.receive("100110");
    expect(transport.written).to.deep.equal([]);
    application(16).outgoing.push(Uint8Array.of(0x77));
    session.flush();
    expect(transport.written).to.deep.equal(["100177"]);
  });

  it("never answers what was not confirmed", () => {
    const { transport, session, heard } = setUp();
    transport.receive("100103");
    session.flush();
    expect(heard.at(-1)).to.equal("16: 03 at 0");
    expect(transport.written).to.deep.equal([]);
  });

  it("starts afresh on a channel that is opened again", () => {
    const { transport, heard } = setUp();
    transport.receive("100101 100110 100101 100110");
    expect(heard).to.deep.equal(["accept 16 1", "16: 10 at 0", "closed 16", "accept 16 1", "16: 10 at 0"]);
  });

  it("traces what arrives, what is dropped and what is sent", () => {
    const { transport, traced } = setUp();
    transport.receive("100110 1001DD");
    expect(traced).to.deep.equal([
      "received line 1001101001DD",
      "received apdu 10",
      "sent apdu 11",
      "received link DD noise",
      "sent line 100111",
    ]);
  });

  it("closes every channel and itself when the link has lost the thread", () => {
    const { transport, heard } = setUp();
    transport.receive("100110 200110 1001FF 300110");
    expect(heard.slice(4)).to.deep.equal(["closed 16", "closed 32", `gone ${linkError.message}`]);
    expect(transport.calls).to.deep.equal(["destroy"]);
  });

  it("tells which error ended it", () => {
    const lost = setUp();
    lost.transport.receive("1001FF");
    expect(lost.heard).to.deep.equal([`gone ${linkError.message}`]);
    const reset = setUp();
    reset.transport.fail(new Error("reset"));
    expect(reset.heard).to.deep.equal(["gone reset"]);
  });

  it("says nothing after it is gone, though more had arrived", () => {
    const { transport, heard } = setUp({ react: (what) => what === "16: 10 at 0" && transport.destroy() });
    transport.receive("100110 100120 200110");
    expect(heard).to.deep.equal(["accept 16 1", "16: 10 at 0", "closed 16", "gone without error"]);
    expect(transport.written).to.deep.equal([]);
  });

  it("says nothing after it is gone, though time-outs were due", () => {
    const { transport, link, timers, session, application, heard } = setUp({
      react: (what) => what === "16: timeout at 10" && transport.destroy(),
    });
    transport.receive("100110 200110");
    application(16).nextTimeout = 10;
    application(32).nextTimeout = 10;
    link.nextTimeout = 10;
    session.flush();
    timers.advance(10);
    expect(heard.slice(4)).to.deep.equal(["16: timeout at 10", "closed 16", "closed 32", "gone without error"]);
    expect(link.calls).to.deep.equal([]);
  });

  it("wakes for the earliest of all deadlines", () => {
    const { transport, link, timers, session, application, heard } = setUp();
    transport.receive("100110 200110");
    application(16).nextTimeout = 30;
    application(32).nextTimeout = 20;
    link.nextTimeout = 10;
    session.flush();
    timers.advance(10);
    expect(link.calls).to.deep.equal(["timeout 10"]);
    timers.advance(10);
    expect(heard.at(-1)).to.equal("32: timeout at 20");
    timers.advance(10);
    expect(heard.at(-1)).to.equal("16: timeout at 30");
  });

  it("closes a channel whose link timed out", () => {
    const { transport, link, timers, session, heard } = setUp();
    transport.receive("100110");
    link.nextTimeout = 10;
    link.timeoutEvents = [{ type: "closed", channel: { clientSap: 16, serverSap: 1 }, reason: "timeout" }];
    session.flush();
    timers.advance(10);
    expect(heard.at(-1)).to.equal("closed 16");
  });

  it("goes when nothing was heard for long enough, counted from the last octet", () => {
    const { transport, timers, heard } = setUp({ idleTimeout: 100 });
    timers.advance(99);
    transport.receive("10");
    timers.advance(99);
    expect(heard).to.deep.equal([]);
    timers.advance(1);
    expect(heard).to.deep.equal(["gone without error"]);
    expect(transport.calls).to.deep.equal(["destroy"]);
  });

  it("stays for ever without an idle time-out", () => {
    const { timers, heard } = setUp();
    timers.advance(1e12);
    expect(heard).to.deep.equal([]);
  });

  it("tells the link of silence", () => {
    const { transport, link, timers } = setUp({ silence: 20 });
    transport.receive("10");
    timers.advance(20);
    expect(link.calls).to.deep.equal(["silence 20"]);
  });

  it("stops hearing requests while the peer does not read answers", () => {
    const { transport } = setUp();
    transport.keepsUp = false;
    transport.receive("100110 100120");
    expect(transport.calls).to.deep.equal(["pause"]);
    expect(transport.written, "what was answered is sent nevertheless").to.have.length(2);
    transport.keepsUp = true;
    transport.drain();
    transport.drain();
    expect(transport.calls).to.deep.equal(["pause", "resume"]);
  });

  it("does not look at more requests while the peer does not read answers, and goes on where it stopped", () => {
    const { transport, heard, application } = setUp({ answers: false });
    transport.receive("100101 100110");
    transport.keepsUp = false;
    application(16).outgoing.push(new Uint8Array(0x10000));
    transport.receive("100120 100130 100140");
    expect(heard.slice(2)).to.deep.equal(["16: 20 at 0"]);
    transport.receive("100150");
    expect(heard.slice(3)).to.deep.equal([]);
    transport.keepsUp = true;
    transport.drain();
    expect(heard.slice(3)).to.deep.equal(["16: 30 at 0", "16: 40 at 0", "16: 50 at 0"]);
    expect(transport.calls).to.deep.equal(["pause", "resume"]);
  });

  it("keeps what waits though the chunk that it came in is used again", () => {
    const { transport, heard, application } = setUp({ answers: false });
    transport.receive("100110");
    transport.keepsUp = false;
    application(16).outgoing.push(new Uint8Array(0x10000));
    const chunk = fromHex("100120 100130");
    transport.receiveBytes(chunk);
    chunk.fill(0xee);
    transport.keepsUp = true;
    transport.drain();
    expect(heard.at(-1)).to.equal("16: 30 at 0");
  });

  it("lets others have their turn between requests that take long", () => {
    const slow = setUp({ react: (what) => what.endsWith("at 0") && slow.timers.advance(20) });
    slow.transport.receive("100110 100120 100130");
    expect(slow.heard.slice(1)).to.deep.equal(["16: 10 at 0"]);
    expect(slow.transport.calls).to.deep.equal(["pause"]);
    slow.timers.advance(0);
    expect(slow.heard.slice(2)).to.deep.equal(["16: 20 at 20", "16: 30 at 20"]);
    expect(slow.transport.calls).to.deep.equal(["pause", "resume"]);
    expect(slow.transport.written).to.have.length(3);
  });

  it("forgets what waits when the transport is gone", () => {
    const slow = setUp({ react: (what) => what.endsWith("at 0") && slow.timers.advance(20) });
    slow.transport.receive("100110 100120");
    slow.transport.fail();
    slow.timers.advance(1000);
    expect(slow.heard.slice(1)).to.deep.equal(["16: 10 at 0", "closed 16", "gone without error"]);
  });

  it("goes when a peer does not complete an APDU in time, counted from its first octet", () => {
    const { transport, timers, heard } = setUp({ apduTimeout: 100, answers: false });
    timers.advance(90);
    transport.receive("100110");
    timers.advance(1000);
    for (let octet = 0; octet < 9; octet++) {
      transport.receive("10");
      timers.advance(11);
    }
    expect(heard.slice(2)).to.deep.equal([]);
    timers.advance(1);
    expect(heard.slice(2)).to.deep.equal(["closed 16", "gone without error"]);
  });

  it("goes when a peer that connects says nothing whole", () => {
    const { timers, heard } = setUp({ apduTimeout: 100 });
    timers.advance(99);
    expect(heard).to.deep.equal([]);
    timers.advance(1);
    expect(heard).to.deep.equal(["gone without error"]);
  });

  it("gives a peer that is answered on the way the same time again", () => {
    const { transport, timers, session, application, heard } = setUp({ apduTimeout: 100, answers: false });
    transport.receive("100110");
    for (let frame = 0; frame < 5; frame++) {
      transport.receive("10");
      timers.advance(90);
      application(16).outgoing.push(Uint8Array.of(0x77));
      session.flush();
    }
    expect(heard.slice(2)).to.deep.equal([]);
  });

  it("closes politely, once", async () => {
    const { session, transport, timers, heard } = setUp({ idleTimeout: 10, silence: 5 });
    transport.receive("100110");
    await session.close();
    await session.close();
    session.flush();
    timers.advance(1000);
    expect(heard.slice(2)).to.deep.equal(["closed 16", "gone without error"]);
  });
});
