import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { runCli, runCliUnread } from "../support/cli.ts";

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

  it("is no failure for a reader that goes away early, nor is help", async () => {
    for (const args of [["decode", response], ["--help"], ["decode", "--help"]]) {
      expect(await runCliUnread(args), args.join(" ")).to.deep.include({ code: 0, stderr: "" });
    }
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
    expect(ciphered.stdout).to.contain("1 APDU: ciphered: needs the encryption key");
  });

  describe("with keys", () => {
    const ek = "000102030405060708090A0B0C0D0E0F";
    const ak = "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF";
    // Green Book, examples of ciphered APDUs: an Initiate request with a dedicated key, and a GET.
    const initiate = "21303001234567801302FF8A7874133D414CED25B42534D28DB0047720606B175BD52211BE6841DB204D39EE6FDB8E356855";
    const get = "DB084D4D4D0000BC614E1E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B";
    const plainGet = "C0010000080000010000FF0200";
    const keys = ["--ek", "env:EK", "--ak", "env:AK"];
    const environment = { EK: ek, AK: ak };

    it("deciphers and explains the plain APDU by offsets of its own, and prints no key", async () => {
      const { code, stdout, stderr } = await runCli(["decode", ...keys, "--system-title", "4D4D4D0000BC614E", initiate], environment);
      expect(code).to.equal(0);
      expect(stdout).to.match(/^deciphered from 0000$/m);
      expect(stdout).to.match(/^0003 {2}\(16 octets\) +dedicatedKey$/m);
      const octets = (stdout + stderr).replaceAll(" ", "");
      for (const secret of [ek, ak, "00112233445566778899"]) expect(octets).to.not.contain(secret);
    });

    it("gives the deciphered APDUs alone, or beside the ciphered ones, which are made again", async () => {
      expect((await runCli(["decode", ...keys, "--to", "apdu", get], environment)).stdout).to.equal(`${plainGet}\n`);
      const { stdout } = await runCli(["decode", ...keys, "--to", "json", get], environment);
      expect(JSON.parse(stdout)).to.deep.include({ type: "general-glo-ciphering", octets: get });
      expect((JSON.parse(stdout) as { plain: object }).plain).to.include({ type: "get-request-normal" });
      expect((await runCli(["decode", "--from", "json"], {}, stdout)).stdout).to.equal(`${get}\n`);
    });

    it("lists what was deciphered with its annotations", async () => {
      const { stdout } = await runCli(["decode", "--json", "--annotate", ...keys, get], environment);
      const { deciphered } = JSON.parse(stdout) as { deciphered: { from: object; annotations: object[] }[] };
      expect(deciphered[0]).to.deep.include({ from: { section: 0, offset: 0 }, authenticated: true, length: 13 });
      expect(deciphered[0]?.annotations[0]).to.deep.include({ offset: 0, field: "APDU", meaning: "get-request" });
    });

    it("ends with 4 for a wrong key and says what to check, and with 2 for what is no key", async () => {
      const wrong = await runCli(["decode", "--ek", "env:AK", "--ak", "env:AK", get], environment);
      expect(wrong.code).to.equal(4);
      expect(wrong.stdout).to.contain("error: general-glo-ciphering: wrong key, or changed on the way");
      expect(wrong.stdout).to.contain("check the encryption key and the system title of the sender (MMM0000BC614E)");
      const open = await runCli(["decode", "--ek", ek, get]);
      expect(open.code).to.equal(2);
      expect(open.stderr).to.contain("--ek: expected a secret").and.not.contain(ek);
      const short = await runCli(["decode", "--ek", "hex:0001", get]);
      expect(short.code).to.equal(2);
      expect(short.stderr).to.contain("--ek: key: 16 or 32 octets, not 2");
    });
  });
});
