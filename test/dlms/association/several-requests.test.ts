import { expect } from "chai";
import { fromHex } from "../../../src/bytes/hex.ts";
import type { ServiceRequest } from "../../../src/dlms/association/services.ts";
import { AssociationPair, attribute, dataOfSize, RawServer } from "./pair.ts";
import { get, kinds, RawClient } from "./raw-client.ts";

const invokeIds = (sent: readonly string[]): string[] => sent.map((hex) => hex.slice(4, 6));

describe("Several requests at once", () => {
  it("are under way as many as the options say, each answered by its own invoke id", () => {
    const client = new RawClient({ maxOutstanding: 3 }).associate();
    const ids = [1, 2, 3, 4].map(() => client.request());
    expect(invokeIds(client.sent())).to.deep.equal(["C1", "C2", "C3"]);
    const [event] = client.receive("C401C2001105");
    expect(event).to.include({ type: "response", invokeId: ids[1] });
    expect(invokeIds(client.sent())).to.deep.equal(["C4"]);
    expect(kinds(client.receive("C401C4001105"))).to.deep.equal(["response"]);
    expect(client.receive("C401C4001105")).to.deep.equal([]);
    expect(kinds(client.receive("C401C3001105"))).to.deep.equal(["response"]);
    expect(kinds(client.receive("C401C1001105"))).to.deep.equal(["response"]);
    expect(client.client.nextTimeout).to.equal(undefined);
  });

  it("time out each by itself", () => {
    const client = new RawClient({ maxOutstanding: 2, responseTimeout: 100 }).associate();
    client.request();
    client.now = 50;
    client.request();
    expect(client.expire()).to.have.length(1);
    expect(client.now).to.equal(100);
    expect(kinds(client.receive("C401C2001105"))).to.deep.equal(["response"]);
  });

  it("give a refusal that names none of them to the oldest", () => {
    const client = new RawClient({ maxOutstanding: 2 }).associate();
    const first = client.request();
    client.request();
    expect(client.receive("D80103")[0]).to.include({ type: "failed", invokeId: first });
    expect(kinds(client.receive("C401C2001105"))).to.deep.equal(["response"]);
  });

  it("let one of high priority go before those of normal priority that still wait", () => {
    const client = new RawClient().associate();
    const normal = { highPriority: false };
    client.client.request(get, 0, normal);
    client.client.request(get, 0, normal);
    client.client.request(get, 0);
    expect(invokeIds(client.sent())).to.deep.equal(["41"]);
    client.receive("C40141001105");
    expect(invokeIds(client.sent())).to.deep.equal(["C3"]);
    client.receive("C401C3001105");
    expect(invokeIds(client.sent())).to.deep.equal(["42"]);
  });

  it("go one by one where general block transfer is agreed on, as there is one transfer at a time", () => {
    const client = new RawClient({ maxOutstanding: 4 });
    client.client.associate(0);
    client.receive("6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F04 00 22001D FFFF0007");
    client.sent();
    client.request();
    client.request();
    expect(client.sent()).to.have.length(1);
  });

  it("are carried out beside each other by a server, each with its own blocks", () => {
    const data = dataOfSize(100);
    const server = new RawServer({}, () => ({ service: "get", results: [{ data }] })).associate({ clientMaxReceivePduSize: 64 });
    const asked = (invoke: string) => `C001${invoke} 0003 0100010800FF 0200`;
    server.send(asked("C1"));
    server.send(asked("C2"));
    const [first, second] = [server.send("C002C1 00000001"), server.send("C002C2 00000001")];
    expect(first.slice(0, 16)).to.equal("C402C10100000002");
    expect(second.slice(6)).to.equal(first.slice(6));
  });

  it("keep a few transfers, the oldest of which gives way", () => {
    const data = dataOfSize(100);
    const server = new RawServer({}, () => ({ service: "get", results: [{ data }] })).associate({ clientMaxReceivePduSize: 64 });
    for (let id = 1; id <= 5; id++) server.send(`C001C${id} 0003 0100010800FF 0200`);
    expect(server.send("C002C1 00000001")).to.equal("C402C101000000010110");
    expect(server.send("C002C2 00000001").slice(0, 16)).to.equal("C402C20100000002");
  });

  it("with the same invoke id are each answered", () => {
    const server = new RawServer().associate();
    server.send("C001C1 0003 0100010800FF 0200");
    server.send("C001C1 0003 0100010800FF 0200");
    const ids = server.events.flatMap((event) => (event.type === "indication" ? [event.invokeId] : []));
    for (const id of ids) server.server.respond(id, { service: "get", results: [{ data: fromHex("1105") }] });
    expect(server.answers()).to.equal("C401C1001105 C401C1001105");
  });

  it("are no more than a server holds", () => {
    const server = new RawServer().associate();
    for (let count = 0; count < 64; count++) expect(server.send("C001C1 0003 0100010800FF 0200")).to.equal("");
    expect(server.send("C001C1 0003 0100010800FF 0200")).to.equal("D80101");
  });
});

describe("An unconfirmed request", () => {
  const set: ServiceRequest = { service: "set", list: false, attributes: [attribute], values: [fromHex("1105")] };

  it("says so on the wire, awaits nothing, and is told to have been sent", () => {
    const client = new RawClient().associate();
    const invokeId = client.client.request(set, 0, { confirmed: false });
    const [apdu] = [client.client.apduToSend()];
    expect(apdu?.confirmed).to.equal(false);
    expect(apdu?.bytes[2]).to.equal(0x81);
    expect(client.expire()).to.deep.equal([{ type: "sent", invokeId }]);
    expect(client.client.nextTimeout).to.equal(undefined);
  });

  it("is carried out and never answered", () => {
    const pair = new AssociationPair({ handle: () => ({ service: "set", results: ["success"] }) }).associate();
    pair.client.request(set, 0, { confirmed: false });
    pair.run();
    expect(pair.serverEvents.at(-1)?.type).to.equal("indication");
    expect(pair.carried.at(-1)?.from).to.equal("client");
  });

  it("out of a frame that is never answered is not, whatever it says of itself", () => {
    const server = new RawServer({}, () => ({ service: "set", results: ["success"] })).associate();
    const apdu = fromHex("C101C1 0003 0100010800FF 0200 1105");
    const [event] = server.server.receiveApdu(apdu, 0, false);
    if (event?.type === "indication") server.server.respond(event.invokeId, { service: "set", results: ["success"] });
    expect(event?.type).to.equal("indication");
    expect(server.answers()).to.equal("");
  });

  it("is refused where it would take blocks, which someone would have to acknowledge", () => {
    const pair = new AssociationPair({ server: { maxReceivePduSize: 64 } }).associate();
    const invokeId = pair.client.request({ ...set, values: [dataOfSize(200)] }, 0, { confirmed: false });
    const [event] = pair.client.handleTimeout(0);
    expect(event).to.include({ type: "failed", invokeId });
  });
});
