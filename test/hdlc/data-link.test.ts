import { expect } from "chai";
import { HdlcConnection, HdlcStation } from "../../src/hdlc/index.ts";
import type { DataLink, StationLink } from "../../src/session/data-link.ts";

describe("HDLC and the session", () => {
  it("fit together by type, both ends", () => {
    const client: DataLink = new HdlcConnection({ clientSap: 16, serverAddress: { logical: 1 } });
    const server: StationLink = new HdlcStation({ physicalAddress: 17, logicalDevices: [1] });
    expect(client.state).to.equal("disconnected");
    expect(server.nextTimeout).to.equal(undefined);
  });
});
