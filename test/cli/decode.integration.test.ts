import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runCli } from "../support/cli.ts";

const response = "C401C1000600012345";

describe("dlms decode", function () {
  this.timeout(60_000);
  let directory = "";
  before(() => (directory = mkdtempSync(join(tmpdir(), "dlms-decode-"))));
  after(() => rmSync(directory, { recursive: true }));

  it("annotates every octet for people, and lists the values", async () => {
    const { code, stdout } = await runCli(["decode", response]);
    expect(code).to.equal(0);
    expect(stdout).to.match(/^0000 {2}C4 +APDU +get-response$/m);
    expect(stdout).to.match(/^0004 {2}06 00 01 23 45 +result +double-long-unsigned 74565$/m);
    expect(stdout).to.match(/^ {2}#1 = 74565$/m);
  });

  it("keeps the shape of its JSON, to which --annotate adds", async () => {
    const plain = JSON.parse((await runCli(["decode", "--json", response])).stdout) as object;
    expect(plain).to.have.all.keys("link", "apdus", "readings", "remaining", "warnings");
    const annotated = JSON.parse((await runCli(["decode", "--json", "--annotate", response])).stdout) as { annotations: unknown[] };
    expect(annotated.annotations[0]).to.deep.equal({ offset: 0, length: 1, depth: 0, field: "APDU", meaning: "get-response" });
  });

  it("turns frames into APDUs, APDUs into JSON, and JSON into APDUs", async () => {
    const pdu = `0001000100100009${response}`;
    expect((await runCli(["decode", "--to", "apdu", pdu])).stdout).to.equal(`${response}\n`);
    const { stdout } = await runCli(["decode", "--to", "json", pdu + pdu]);
    expect(stdout.trimEnd().split("\n")).to.have.lengthOf(2);
    expect((await runCli(["decode", "--from", "json"], {}, stdout)).stdout).to.equal(`${response}\n${response}\n`);
  });

  it("reads files of octets and of traces", async () => {
    const raw = join(directory, "raw.bin");
    writeFileSync(raw, Buffer.from(response, "hex"));
    expect((await runCli(["decode", "--to", "apdu", "--file", raw])).stdout).to.equal(`${response}\n`);
    const trace = join(directory, "trace.txt");
    writeFileSync(trace, "12:00:00 RX: C4 01 C1 00 06 00 01 23 45\n");
    const { stdout, stderr } = await runCli(["decode", "--to", "apdu", "--file", trace]);
    expect(stdout).to.equal(`${response}\n`);
    expect(stderr).to.contain("ignored: 12:00:00 RX:");
  });

  it("ends with 5 for what is malformed, and says which layer failed", async () => {
    const damaged = await runCli(["decode", "7EA0070321930F027E"]);
    expect(damaged.code).to.equal(5);
    expect(damaged.stdout).to.contain("error: hdlc: fcs");
    expect((await runCli(["decode", "zz"])).code).to.equal(5);
    expect((await runCli(["decode", "--from", "json", "{}"])).code).to.equal(5);
    expect((await runCli(["decode", "FFFF"])).code).to.equal(5);
    const ciphered = await runCli(["decode", "C80E3001234567AAAAAAAAAAAAAAAAAA"]);
    expect(ciphered.code).to.equal(0);
    expect(ciphered.stdout).to.contain("1 ciphered APDUs need keys");
  });
});
