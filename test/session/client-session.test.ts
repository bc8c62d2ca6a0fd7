import { expect } from "chai";
import { toHex } from "../../src/bytes/hex.ts";
import { ClientSession, type ClientSessionOptions } from "../../src/session/client-session.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { FakeApplication, FakeLink, FakeTransport, linkError } from "./fakes.ts";

interface Setup {
  readonly link?: FakeLink;
  readonly silence?: number;
  /** Called with every event the listener hears, after it was noted. */
  readonly react?: (heard: string) => void;
}

function setUp({ link = new FakeLink(), silence, react = () => {} }: Setup = {}) {
  const timers = new VirtualTimers();
  const transport = new FakeTransport();
  const application = new FakeApplication();
  const heard: string[] = [];
  const traced: string[] = [];
  const note = (what: string) => {
    heard.push(what);
    react(what);
  };
  const options: ClientSessionOptions<string> = {
    transport,
    link,
    application,
    timers,
    trace: ({ at, direction, layer, bytes, note }) =>
      traced.push(`${at} ${direction} ${layer} ${toHex(bytes)}${note === undefined ? "" : ` ${note}`}`),
    ...(silence === undefined ? {} : { silence }),
  };
  const session = new ClientSession<string>(options, {
    onLinkConnected: () => note("connected"),
    onLinkDisconnected: (reason) => note(`disconnected ${reason}`),
    onEvent: (event) => note(event),
    onClosed: (error) => note(`closed ${error?.message ?? "without error"}`),
  });
  return { timers, transport, application, link, session, heard, traced };
}

describe("ClientSession", () => {
  it("is connected at once over a link without connection phase", () => {
    const { session, heard, transport } = setUp();
    session.open();
    expect(heard).to.deep.equal(["connected"]);
    expect(transport.written).to.deep.equal([]);
  });

  it("is connected when the link says so", () => {
    const { session, heard, transport } = setUp({ link: new FakeLink(true) });
    session.open();
    expect([heard, transport.takeWritten()]).to.deep.equal([[], ["01"]]);
    transport.receive("0100");
    expect(heard).to.deep.equal(["connected"]);
    session.disconnect();
    expect([heard.length, transport.takeWritten()]).to.deep.equal([1, ["02"]]);
    transport.receive("0200");
    expect(heard.at(-1)).to.equal("disconnected remote");
  });

  it("is disconnected at once over a link without connection phase", () => {
    const { session, heard } = setUp();
    session.open();
    session.disconnect();
    expect(heard).to.deep.equal(["connected", "disconnected local"]);
  });

  it("carries APDUs down and up, and tells of each", () => {
    const { session, application, transport, timers, heard, traced } = setUp();
    session.open();
    application.outgoing.push(Uint8Array.of(0x10), Uint8Array.of(0x20));
    session.flush();
    timers.advance(5);
    transport.receive("AA11AA21DD31");
    expect(transport.written).to.deep.equal(["10", "20"]);
    expect(heard).to.deep.equal(["connected", "11 at 5", "21 at 5"]);
    expect(traced).to.deep.equal([
      "0 sent apdu 10",
      "0 sent apdu 20",
      "0 sent line 10",
      "0 sent line 20",
      "5 received line AA11AA21DD31",
      "5 received apdu 11",
      "5 received apdu 21",
      "5 received link 31 noise",
    ]);
  });

  it("sends what an answer leads to, without being asked", () => {
    const { session, application, transport } = setUp();
    session.open();
    application.answers = true;
    transport.receive("AA11");
    expect(transport.written).to.deep.equal(["12"]);
  });

  it("wakes for the earlier of the two deadlines, then for the other", () => {
    const { session, application, link, timers, heard } = setUp();
    session.open();
    application.nextTimeout = 30;
    link.nextTimeout = 10;
    session.flush();
    timers.advance(9);
    expect(link.calls).not.to.include("timeout 10");
    timers.advance(1);
    expect([link.calls.at(-1), heard]).to.deep.equal(["timeout 10", ["connected"]]);
    timers.advance(20);
    expect(heard).to.deep.equal(["connected", "timeout at 30"]);
    timers.advance(1000);
    expect(heard).to.have.length(2);
  });

  it("lets both handle a deadline they share", () => {
    const { session, application, link, timers, heard } = setUp();
    session.open();
    application.nextTimeout = 10;
    link.nextTimeout = 10;
    session.flush();
    timers.advance(10);
    expect([link.calls.at(-1), heard.at(-1)]).to.deep.equal(["timeout 10", "timeout at 10"]);
  });

  it("tells the link of silence, counted from the last chunk", () => {
    const { session, transport, link, timers, traced } = setUp({ silence: 20 });
    session.open();
    transport.receive("AA11");
    timers.advance(15);
    transport.receive("AA");
    timers.advance(19);
    expect(link.calls.filter((call) => call.startsWith("silence"))).to.deep.equal([]);
    timers.advance(1);
    expect(link.calls.at(-1)).to.equal("silence 35");
    expect(traced.at(-1)).to.equal("35 received link 11 incomplete");
    timers.advance(1000);
    expect(link.calls.filter((call) => call.startsWith("silence"))).to.have.length(1);
  });

  it("is closed with the link's error when the link has lost the thread", () => {
    const { session, transport, heard } = setUp();
    session.open();
    transport.receive("AA11FF00AA21");
    expect(heard).to.deep.equal(["connected", "11 at 0", `closed ${linkError.message}`]);
    expect(transport.calls).to.deep.equal(["destroy"]);
  });

  it("tells which error closed it", () => {
    const failed = setUp();
    failed.transport.receive("FF00");
    expect(failed.heard).to.deep.equal(["closed lost the thread"]);
    const broken = setUp();
    broken.transport.fail(new Error("reset"));
    expect(broken.heard).to.deep.equal(["closed reset"]);
    const ended = setUp();
    ended.transport.fail();
    expect(ended.heard).to.deep.equal(["closed without error"]);
  });

  it("says nothing after it is closed, though more had arrived", () => {
    const { transport, heard } = setUp({ react: (what) => what === "11 at 0" && transport.destroy() });
    transport.receive("AA11AA21 0200");
    expect(heard).to.deep.equal(["11 at 0", "closed without error"]);
  });

  it("says nothing after it is closed, though a time-out was due as well", () => {
    const { session, application, link, timers, heard } = setUp();
    session.open();
    application.nextTimeout = 10;
    link.nextTimeout = 10;
    link.timeoutEvents = [{ type: "failed", error: linkError }];
    session.flush();
    timers.advance(10);
    expect(heard).to.deep.equal(["connected", "closed lost the thread"]);
  });

  it("neither sends nor wakes once it is closed", async () => {
    const { session, application, transport, link, timers, heard } = setUp({ silence: 5 });
    session.open();
    application.nextTimeout = 10;
    transport.receive("AA11");
    await session.close();
    expect(heard.at(-1)).to.equal("closed without error");
    application.outgoing.push(Uint8Array.of(1));
    session.flush();
    timers.advance(1000);
    expect([transport.written, heard.length, link.calls.length]).to.deep.equal([[], 3, 1]);
    await session.close();
    expect(heard).to.have.length(3);
  });

  it("talks over a transport that takes its time and cuts as it likes", () => {
    const timers = new VirtualTimers();
    const { a, b } = memoryTransportPair({
      schedule: (delay, callback) => timers.schedule(delay, callback),
      latency: 7,
      carry: (bytes) => Array.from({ length: Math.ceil(bytes.length / 2) }, (_, index) => bytes.subarray(index * 2, index * 2 + 2)),
    });
    const heard: string[] = [];
    const session = new ClientSession<string>(
      { transport: a, link: new FakeLink(), application: new FakeApplication(), timers },
      {
        onLinkConnected: () => {},
        onLinkDisconnected: () => {},
        onEvent: (event) => heard.push(event),
        onClosed: () => heard.push("closed"),
      },
    );
    session.open();
    b.write(Uint8Array.of(0xaa, 1, 0xaa, 2));
    timers.advance(6);
    expect(heard).to.deep.equal([]);
    timers.advance(1);
    expect(heard).to.deep.equal(["01 at 7", "02 at 7"]);
    b.destroy();
    timers.advance(7);
    expect(heard.at(-1)).to.equal("closed");
  });
});
