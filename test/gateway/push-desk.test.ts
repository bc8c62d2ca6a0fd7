import { expect } from "chai";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { ApduProtection } from "../../src/dlms/association/protection.ts";
import { encodeData } from "../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../src/dlms/axdr/dlms-data.ts";
import { decodeApdu, encodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import { type DlmsError, RemoteProtocolError } from "../../src/errors.ts";
import { MemoryGatewayStore } from "../../src/gateway/memory-gateway-store.ts";
import { PushDesk, type PushingMeter } from "../../src/gateway/push-desk.ts";
import type { MeterSnapshot } from "../../src/mqtt-bridge/index.ts";
import { both, keys, security, serverTitle } from "../dlms/association/secure-pair.ts";
import { readTime } from "../mqtt-bridge/support.ts";

const text = (value: string): DlmsData => ({ type: "octet-string", value: new TextEncoder().encode(value) });
/** A logical name, a value, and its scaler and unit. */
const scaled: readonly DlmsData[] = [
  { type: "octet-string", value: fromHex("0100010700FF") },
  { type: "double-long-unsigned", value: 2893 },
  {
    type: "structure",
    value: [
      { type: "integer", value: 0 },
      { type: "enum", value: 27 },
    ],
  },
];

function notification(...values: readonly DlmsData[]): Uint8Array {
  const body = encodeData({ type: "structure", value: [...values] });
  const invoke = {
    invokeId: 1,
    selfDescriptive: false,
    breakOnError: false,
    highPriority: false,
    confirmed: false,
    processingOption: false,
  };
  return encodeApdu({ type: "data-notification", invoke, dateTime: undefined, body } as unknown as Parameters<typeof encodeApdu>[0]);
}

const secrets = { encryptionKey: keys.global(0), authenticationKey: keys.authentication(0) };
const house: PushingMeter = { meterId: "house", host: "10.0.0.5", systemTitle: undefined, keys: secrets };

function setUp(meters: readonly PushingMeter[], store = new MemoryGatewayStore()) {
  const failures: string[] = [];
  const events: unknown[] = [];
  const snapshots: MeterSnapshot[] = [];
  const desk = new PushDesk({
    meters: () => meters,
    store,
    output: {
      publishSnapshot: (snapshot) => void snapshots.push(snapshot),
      outboxFilled: () => {},
      publishBridgeEvent: (type, data) => void events.push({ type, ...data }),
      wallClock: () => readTime,
    },
    onFailure: (meterId, error) => void failures.push(`${meterId}: ${(error as DlmsError).code}`),
    onPush: () => {},
  });
  const hear = async (bytes: Uint8Array, peer = "tcp 10.0.0.5:40001") => {
    const source = { peer, clientSap: 102, serverSap: 1 };
    if (bytes[0] === 0x0f) desk.receive(decodeApdu(bytes) as Parameters<PushDesk["receive"]>[0], source);
    else desk.receiveOther(new RemoteProtocolError("no notification"), bytes, source);
    await desk.idle();
  };
  const told = () => store.outbox.after(0, 99).map(({ meterId, body }) => ({ meterId, ...body }) as Record<string, unknown>);
  return { hear, told, failures, events, snapshots, store };
}

describe("Pushes of meters", () => {
  const sender = () => {
    const protection = new ApduProtection(security(serverTitle, { policy: both }));
    return (plain: Uint8Array) => protection.protect(plain, "general-global", both);
  };

  it("are told with what is known of their values, and nothing is made up for the rest", async () => {
    const { hear, told, snapshots } = setUp([house]);
    await hear(notification(text("DGW0000012345678"), { type: "long-unsigned", value: 7 }, ...scaled));
    expect(told()).to.deep.equal([
      {
        meterId: "house",
        received_time: "2026-11-22T19:57:31.204Z",
        readings: [
          { logicalName: "", attribute: 2, name: "position 1", value: "DGW0000012345678" },
          { logicalName: "", attribute: 2, name: "position 2", value: 7 },
          { logicalName: "1.0.1.7.0.255", attribute: 2, name: "Active power import", value: 2893, unit: "W" },
        ],
        ciphered: false,
      },
    ]);
    expect(snapshots.map(({ source, readings }) => [source, readings.map(({ name }) => name)])).to.deep.equal([
      ["push", ["Active power import"]],
    ]);
  });

  it("are opened with the keys of the meter, known from then on by its system title, wherever it is", async () => {
    const protect = sender();
    const { hear, told } = setUp([{ ...house, meterId: "barn", host: "10.0.0.6", keys: {} }, house]);
    await hear(protect(notification(...scaled)));
    await hear(protect(notification(...scaled)), "udp ::ffff:192.168.7.7:9");
    expect(told().map(({ meterId, ciphered }) => [meterId, ciphered])).to.deep.equal([
      ["house", true],
      ["house", true],
    ]);
  });

  it("are told once: what comes again is refused, also after a restart", async () => {
    const protect = sender();
    const first = setUp([house]);
    const bytes = protect(notification(...scaled));
    await first.hear(bytes);
    await first.hear(bytes);
    const second = setUp([house], first.store);
    await second.hear(bytes);
    await second.hear(protect(notification(...scaled)));
    expect(second.told()).to.have.lengthOf(2);
    expect([...first.failures, ...second.failures]).to.deep.equal(["house: replayed", "house: replayed"]);
    expect(second.events).to.deep.equal([{ type: "push_refused", meter: "house", reason: "replayed" }]);
  });

  it("are refused under another key, changed on the way, or cut short", async () => {
    const protect = sender();
    const { hear, told, failures, events } = setUp([{ ...house, keys: { ...secrets, encryptionKey: keys.other(0) } }]);
    await hear(protect(notification(...scaled)));
    const right = setUp([house]);
    const changed = protect(notification(...scaled));
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await right.hear(changed);
    await right.hear(changed.subarray(0, 12));
    await right.hear(protect(notification(...scaled)));
    expect(told()).to.deep.equal([]);
    expect(failures).to.deep.equal(["house: deciphering-failed"]);
    expect(events).to.deep.equal([{ type: "push_refused", meter: "house", reason: "decrypt" }]);
    expect(right.failures).to.deep.equal(["house: deciphering-failed", "house: deciphering-failed"]);
    expect(right.told()).to.have.lengthOf(1);
  });

  it("are matched by the name of the device in them where many share an address", async () => {
    const meters = ["east", "west"].map((meterId) => ({ meterId, host: "127.0.0.1", systemTitle: undefined, keys: {} }));
    const { hear, told, store, failures, events } = setUp(meters);
    await store.setDevice("west", "DGW0000000000002");
    await hear(notification(text("DGW0000000000002")), "tcp 127.0.0.1:5");
    await hear(notification(text("DGW0000000000009")), "tcp 127.0.0.1:5");
    expect(told().map(({ meterId }) => meterId)).to.deep.equal(["west"]);
    expect(failures).to.deep.equal(["undefined: remote-protocol-error"]);
    expect(events).to.deep.equal([{ type: "push_unmatched", peer: "tcp 127.0.0.1:5" }]);
  });

  it("leave the desk as it was when they are rubbish", async () => {
    const { hear, told, failures } = setUp([house]);
    for (const hex of ["C001", "DB", "DB08", `DB08${toHex(serverTitle)}`, `DB08${toHex(serverTitle)}0530000000`, "DD0000"])
      await hear(fromHex(hex));
    await hear(notification(text("hello")));
    expect(told()).to.have.lengthOf(1);
    expect(failures).to.have.lengthOf(6);
  });
});
