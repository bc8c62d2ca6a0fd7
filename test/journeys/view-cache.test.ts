import { expect } from "chai";
import { ByteWriter } from "../../src/bytes/byte-writer.ts";
import { fromHex } from "../../src/bytes/hex.ts";
import { deviceView } from "../../src/cli/commands/device-view.ts";
import { DlmsClient } from "../../src/client/dlms-client.ts";
import { AssociationLn } from "../../src/cosem-objects/classes/association-ln.ts";
import { AssociationSn } from "../../src/cosem-objects/classes/association-sn.ts";
import type { LogicalName } from "../../src/cosem-objects/logical-name.ts";
import type { NegotiatedContext } from "../../src/dlms/association/negotiation.ts";
import type { GetResult } from "../../src/dlms/association/services.ts";
import { ScriptedAssociation } from "../client/scripted-association.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const energy: LogicalName = "1.0.1.8.0.255";
const voltage: LogicalName = "1.0.32.7.0.255";

/** An association of the one meter that shows one register, and nothing that it can be known by but its SAPs. */
function association(visible: LogicalName, context: Partial<NegotiatedContext> = {}): ScriptedAssociation {
  const writer = new ByteWriter();
  const object = { classId: 3, version: 0, logicalName: visible };
  if (context.referencing === "short-name") AssociationSn.attributes.objectList.schema.write(writer, [{ ...object, baseName: 0x1000 }]);
  else AssociationLn.attributes.objectList.schema.write(writer, [{ ...object, accessRights: { attributeAccess: [], methodAccess: [] } }]);
  const list = writer.finish();
  return new ScriptedAssociation(
    (wanted) =>
      wanted.map(({ attribute: { classId, attributeId } }): GetResult => {
        if (classId === 1) return { data: fromHex("0903444757") };
        return attributeId === 2 ? { data: list } : { error: "read-write-denied" };
      }),
    context,
  );
}

async function seen(meter: ScriptedAssociation): Promise<readonly LogicalName[]> {
  const { view, save } = await deviceView(new DlmsClient(meter));
  save();
  return view.objects.map(({ logicalName }) => logicalName);
}

describe("The view of a meter that is kept on the disk", () => {
  const folder = temporaryFolder();
  const cacheHome = process.env["XDG_CACHE_HOME"];

  beforeEach(() => {
    process.env["XDG_CACHE_HOME"] = folder.root;
  });

  afterEach(() => {
    if (cacheHome === undefined) delete process.env["XDG_CACHE_HOME"];
    else process.env["XDG_CACHE_HOME"] = cacheHome;
  });

  it("is not asked for again in the same association", async () => {
    expect(await seen(association(energy))).to.deep.equal([energy]);
    expect(await seen(association(voltage))).to.deep.equal([energy]);
  });

  const others: Readonly<Record<string, Partial<NegotiatedContext>>> = {
    "another client": { clientSap: 17 },
    "another logical device": { serverSap: 2 },
    "short names": { applicationContext: "short-name", referencing: "short-name" },
    "another mechanism of authentication": { mechanism: "lls" },
    ciphering: { applicationContext: "logical-name-ciphered" },
  };
  for (const [name, context] of Object.entries(others)) {
    it(`is another with ${name}, whichever came first`, async () => {
      for (let round = 0; round < 2; round++) {
        expect(await seen(association(energy))).to.deep.equal([energy]);
        expect(await seen(association(voltage, context))).to.deep.equal([voltage]);
      }
    });
  }
});
