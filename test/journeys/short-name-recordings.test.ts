import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { ByteReader } from "../../src/bytes/byte-reader.ts";
import { fromHex, toHex } from "../../src/bytes/hex.ts";
import { AssociationSn } from "../../src/cosem-objects/classes/association-sn.ts";
import { decodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { virtualMeterServer } from "../../src/virtual-meter/virtual-meter.ts";
import { inMemory } from "../support/in-memory.ts";
import { identity, sampleMeter } from "../support/sample-meter.ts";

/** Transcripts of jDLMS, where they lie beside the repository or DLMS_RECORDINGS names them. */
const folder = process.env["DLMS_RECORDINGS"] ?? fileURLToPath(new URL("../../../shared/data/recordings/", import.meta.url));
const names = existsSync(folder) ? readdirSync(folder).filter((name) => /_sn_\w+\.json$/.test(name)) : [];

interface RecordingFile {
  readonly link: "hdlc" | "wrapper";
  readonly chunks: readonly { readonly from: "client" | "server"; readonly hex: string }[];
}

/** Says to our server what the client of a recording said, one chunk after the other; what came back for each, in hex. */
async function replay({ link, chunks }: RecordingFile, password: string | undefined): Promise<readonly string[]> {
  const { timers, settle } = inMemory();
  const server = virtualMeterServer({
    meter: sampleMeter(3_600_000),
    identity,
    timers,
    associations: [
      {
        role: "reader",
        clientSap: 16,
        authentication: password === undefined ? { mechanism: "none" } : { mechanism: "lls", password: new TextEncoder().encode(password) },
      },
    ],
    onFailure: (error) => {
      throw error;
    },
  });
  const { a, b } = memoryTransportPair({ schedule: (delay, callback) => timers.schedule(delay, callback) });
  let answer = "";
  a.onData((chunk) => {
    answer += toHex(chunk);
  });
  server.serve(link, b);
  const answers: string[] = [];
  for (const { hex } of chunks.filter(({ from }) => from === "client")) {
    answer = "";
    a.write(fromHex(hex));
    await settle(new Promise((resolve) => timers.schedule(100, () => resolve(undefined))));
    answers.push(answer);
  }
  return answers;
}

/** Read-Response with the element of the association object, to the octet what jDLMS answered. */
const associationElement = "0C0100020410FA0012000C110209060000280000FF";
const wrapperHeaderDigits = 16;

describe("A meter with short names, spoken to by jDLMS", () => {
  before(function () {
    if (names.length === 0) {
      console.log(`skipped: there are no recordings with short names in ${folder}`);
      this.skip();
    }
  });

  for (const name of names) {
    it(`answers the client of ${name}`, async () => {
      const recording = JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as RecordingFile;
      const answers = await replay(recording, name.includes("_low_") ? "Gurux" : undefined);
      expect(answers.filter((answer) => answer === "")).to.deep.equal([]);
      expect(answers.filter((answer) => answer.includes(associationElement))).to.have.length(2);
      if (recording.link === "hdlc") {
        // The list is longer here than there: its first segment comes, and the client of the recording leaves.
        expect(answers.at(-2)).to.match(/E6E7000C020001/);
        return;
      }
      const apdu = decodeApdu(fromHex((answers.at(-1) as string).slice(wrapperHeaderDigits)));
      const results = apdu.type === "read-response" ? apdu.results : [];
      const [list, rights] = results.map((result) => (result.type === "data" ? result.data : new Uint8Array()));
      const { objectList, accessRightsList } = AssociationSn.attributes;
      const baseNames = objectList.schema.read(new ByteReader(list as Uint8Array)).map(({ baseName }) => baseName);
      expect(baseNames).to.include.members([0xfa00 - 0x10000, 0xfc00 - 0x10000, 0xfd00 - 0x10000]);
      expect(accessRightsList.schema.read(new ByteReader(rights as Uint8Array)).map(({ baseName }) => baseName)).to.deep.equal(baseNames);
    });
  }
});
