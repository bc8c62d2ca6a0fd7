import { expect } from "chai";
import { ByteReader } from "../../../src/bytes/byte-reader.ts";
import { ByteWriter } from "../../../src/bytes/byte-writer.ts";
import { objectCases } from "../../../src/conformance/cases/objects/index.ts";
import type { DeclaredAssociation } from "../../../src/conformance/declaration.ts";
import { AssociationLn, type ObjectListElement } from "../../../src/cosem-objects/classes/association-ln.ts";
import { encodeData } from "../../../src/dlms/axdr/data.ts";
import type { DlmsData } from "../../../src/dlms/axdr/dlms-data.ts";
import { type Apdu, decodeApdu, encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import type { GetDataResult } from "../../../src/dlms/xdlms/get.ts";
import { apduTags } from "../../../src/dlms/xdlms/tags.ts";
import { VirtualTimers } from "../../../src/session/timers.ts";
import { asReader, identity, sampleMeter, sampleServer } from "../../support/sample-meter.ts";
import { asClient, SecuredMeter } from "../../support/secured-meter.ts";
import { type ApduFault, declared, runSuite, verdictsOf } from "./harness.ts";

const day = 86_400_000;
const reader = declared("reader", asReader);

/** A device that gives other values of some attributes, by "logical name:attribute". `inList` where it does so in lists alone. */
function gives(
  change: (attribute: string, result: GetDataResult, selector: number | undefined) => GetDataResult,
  only?: "list",
): ApduFault {
  return {
    answer: (apdu, request) => {
      if (request[0] !== apduTags["get-request"].plain || apdu[0] !== apduTags["get-response"].plain) return apdu;
      const asked: Apdu = decodeApdu(request);
      const answer: Apdu = decodeApdu(apdu);
      const name = ({ logicalName, attributeId }: { readonly logicalName: Uint8Array; readonly attributeId: number }) =>
        `${[...logicalName].join(".")}:${attributeId}`;
      if (asked.type === "get-request-normal" && answer.type === "get-response-normal" && only === undefined) {
        return encodeApdu({ ...answer, result: change(name(asked.attribute), answer.result, asked.selection?.selector) });
      }
      if (asked.type === "get-request-with-list" && answer.type === "get-response-with-list") {
        const results = answer.results.map((result, index) => {
          const one = asked.attributes[index];
          return one === undefined ? result : change(name(one.attribute), result, one.selection?.selector);
        });
        return encodeApdu({ ...answer, results });
      }
      return apdu;
    },
  };
}

const data = (value: DlmsData): GetDataResult => ({ data: encodeData(value) });
const listName = "0.0.40.0.0.255:2";

/** A device with another list of objects. */
const lists = (change: (list: readonly ObjectListElement[]) => readonly ObjectListElement[]): ApduFault => {
  const { schema } = AssociationLn.attributes.objectList;
  return gives((attribute, result) => {
    if (attribute !== listName || result.data === undefined) return result;
    const writer = new ByteWriter();
    schema.write(writer, change(schema.read(new ByteReader(result.data))));
    return { data: writer.finish() };
  });
};

const register = "1.0.1.8.0.255";
const withRights = (list: readonly ObjectListElement[], logicalName: string, change: (element: ObjectListElement) => ObjectListElement) =>
  list.map((element) => (element.logicalName === logicalName ? change(element) : element));

/** Rows of the daily profile, whose rows the faults below lose. */
const daily = "1.0.99.2.0.255:2";
const losesRow = (result: GetDataResult): GetDataResult => {
  if (result.data === undefined || result.data[0] !== 1 || (result.data[1] ?? 0) < 2) return result;
  const writer = new ByteWriter();
  const list = new ByteReader(result.data);
  list.skip(2);
  // The array with one row less in its count, and the last row cut off, whatever is in it.
  const rows = (result.data[1] as number) - 1;
  const length = Math.round((result.data.length - 2) / (rows + 1)) * rows;
  writer.u8(1);
  writer.u8(rows);
  writer.bytes(result.data.subarray(2, 2 + length));
  return { data: writer.finish() };
};

interface Faulty {
  readonly fault?: ApduFault;
  readonly association?: DeclaredAssociation;
  readonly name?: string;
  /** What the reason says. */
  readonly reason: RegExp;
}

/** For each case, devices that it has to find. */
const faults: Readonly<Record<string, readonly Faulty[]>> = {
  COSEM_LOGICAL_NAME: [
    { fault: lists((list) => [...list, list[0] as ObjectListElement]), reason: /is there twice/ },
    {
      fault: lists((list) => list.filter(({ logicalName }) => logicalName !== "0.0.42.0.0.255")),
      reason: /^0\.0\.42\.0\.0\.255 is missing$/,
    },
  ],
  COSEM_ACCESS_RIGHTS: [
    {
      fault: lists((list) =>
        withRights(list, register, (element) => ({
          ...element,
          accessRights: {
            ...element.accessRights,
            attributeAccess: [
              ...element.accessRights.attributeAccess,
              { attributeId: 9, accessMode: "read-only", accessSelectors: undefined },
            ],
          },
        })),
      ),
      reason: /^1\.0\.1\.8\.0\.255 has attribute 9, which Register has not$/,
    },
    {
      fault: lists((list) =>
        withRights(list, register, (element) => ({
          ...element,
          accessRights: { ...element.accessRights, methodAccess: [{ methodId: 7, accessMode: "access" }] },
        })),
      ),
      reason: /^1\.0\.1\.8\.0\.255 has method 7, which Register has not$/,
    },
  ],
  COSEM_OBJECT_READ: [
    {
      fault: gives((attribute, result) => (attribute === `${register}:3` ? data({ type: "unsigned", value: 30 }) : result)),
      reason: /^1\.0\.1\.8\.0\.255:3 is no scalerUnit/,
    },
    {
      fault: gives((attribute, result) =>
        attribute === `${register}:1` ? data({ type: "octet-string", value: Uint8Array.of(1, 0, 1, 8, 1, 255) }) : result,
      ),
      reason: /^1\.0\.1\.8\.0\.255:1 is 1\.0\.1\.8\.1\.255 in place of the logical name$/,
    },
    {
      fault: gives((attribute, result) => (attribute === `${register}:2` ? { error: "read-write-denied" } : result)),
      reason: /^1\.0\.1\.8\.0\.255:2 is refused: read-write-denied$/,
    },
    {
      // A structure of two elements that has one.
      fault: gives((attribute, result) => (attribute === `${register}:3` ? { data: Uint8Array.of(9, 200, 1) } : result)),
      reason: /1\.0\.1\.8\.0\.255/,
    },
  ],
  COSEM_OBJECT_DENIED: [
    {
      fault: gives((_, result) => (result.error === undefined ? result : data({ type: "null-data" } as DlmsData))),
      reason: /is served/,
    },
  ],
  COSEM_DEVICE_NAME: [
    {
      fault: gives((attribute, result) =>
        attribute === "0.0.42.0.0.255:2" ? data({ type: "octet-string", value: new TextEncoder().encode("12345") }) : result,
      ),
      reason: /does not begin with three letters/,
    },
    { name: "DGW0000099999999", reason: /in place of "DGW0000099999999"/ },
  ],
  COSEM_CURRENT_ASSOCIATION: [
    {
      fault: gives((attribute, result) => (attribute === "0.0.40.0.0.255:8" ? data({ type: "enum", value: 1 }) : result)),
      reason: /status is association-pending/,
    },
    {
      fault: gives((attribute, result) =>
        attribute === "0.0.40.0.0.255:6"
          ? data({ type: "octet-string", value: Uint8Array.of(0x60, 0x85, 0x74, 0x05, 0x08, 0x02, 0x05) })
          : result,
      ),
      reason: /mechanism name is .*05 in place of .*01, lls/,
    },
  ],
  COSEM_SAP_ASSIGNMENT: [
    {
      fault: gives((attribute, result) => (attribute === "0.0.41.0.0.255:2" ? data({ type: "array", value: [] }) : result)),
      reason: /^SAP 1, at which this device answers, is not among /,
    },
  ],
  COSEM_RANGE_ACCESS: [
    {
      fault: gives((attribute, result, selector) => (attribute === daily && selector === 1 ? losesRow(result) : result)),
      reason: /^1\.0\.99\.2\.0\.255 /,
    },
  ],
  COSEM_ENTRY_ACCESS: [
    {
      fault: gives((attribute, result, selector) => (attribute === daily && selector === 2 ? losesRow(result) : result)),
      reason: /^1\.0\.99\.2\.0\.255 /,
    },
  ],
  COSEM_MULTIPLE_REFERENCES: [
    {
      fault: gives(
        (attribute, result) => (attribute.endsWith(":2") && result.data !== undefined ? data({ type: "unsigned", value: 200 }) : result),
        "list",
      ),
      reason: /is another value in a list/,
    },
  ],
};

describe("Conformance suite, objects", function () {
  this.timeout(30_000);

  const run = (associations: readonly DeclaredAssociation[], { fault, name }: Pick<Faulty, "fault" | "name"> = {}, cases = objectCases) => {
    const timers = new VirtualTimers();
    const server = sampleServer(sampleMeter(10 * day), { timers });
    const declaration = { logicalDeviceName: name ?? identity.logicalDeviceName };
    return runSuite(cases, { server, link: "wrapper", timers, associations, fault, declaration });
  };
  const passed = objectCases
    .filter(({ id }) => id !== "COSEM_MULTIPLE_REFERENCES")
    .map(({ id }) => `${id} S1 passed`)
    .concat(["S1", "S2", "S3"].map((subtest) => `COSEM_MULTIPLE_REFERENCES ${subtest} passed`));

  it("finds nothing wrong with the meter, without keys", async () => {
    expect(verdictsOf(await run([reader]))).to.deep.equal(passed);
  });

  it("finds nothing wrong with what everybody may read, and says what does not apply", async () => {
    const verdicts = verdictsOf(await run([declared("public", { clientSap: 16 })])).filter((verdict) => !/ passed$/.test(verdict));
    expect(
      verdicts.every((verdict) => / inapplicable: .*(lets no profile be read|does not show a SAP assignment)$/.test(verdict)),
      verdicts.join("\n"),
    ).to.equal(true);
  });

  it("finds nothing wrong with the meter, with short names", async () => {
    const verdicts = verdictsOf(await run([declared("reader", { ...asReader, referencing: "short-name" })]));
    expect(verdicts.filter((verdict) => !/ passed$/.test(verdict))).to.deep.equal([
      "COSEM_CURRENT_ASSOCIATION S1 inapplicable: reader: partners, context, mechanism and status: the association has short names",
    ]);
  });

  for (const role of ["technician", "management"] as const) {
    it(`finds nothing wrong with the meter, as ${role} under keys`, async () => {
      const timers = new VirtualTimers();
      const { server } = new SecuredMeter({ server: { timers } });
      const association = { name: role, options: () => ({ serverSap: 1, clientSap: 16, ...asClient(role, 0) }) };
      const verdicts = verdictsOf(await runSuite(objectCases, { server, link: "wrapper", timers, associations: [association] }));
      // The meter is an hour old: no profile has rows enough.
      expect(
        verdicts.filter((verdict) => !/ passed$/.test(verdict) && !/_ACCESS S1 inapplicable: .* rows, and 5 are needed/.test(verdict)),
      ).to.deep.equal([]);
    });
  }

  it("leaves alone what is excluded", async () => {
    const timers = new VirtualTimers();
    const asked = new Set<string>();
    const fault = gives((attribute, result) => {
      asked.add(attribute);
      return result;
    });
    const server = sampleServer(sampleMeter(day), { timers });
    const declaration = { excluded: new Set([register]) };
    await runSuite(objectCases, { server, link: "wrapper", timers, associations: [reader], fault, declaration });
    expect([...asked].filter((attribute) => attribute.startsWith(register))).to.deep.equal([]);
    expect(asked.size).to.be.greaterThan(500);
  });

  it("has a faulty device for each case", () => {
    expect(Object.keys(faults)).to.have.members(objectCases.map(({ id }) => id));
  });

  for (const conformanceCase of objectCases) {
    (faults[conformanceCase.id] ?? []).forEach(({ reason, association = reader, ...device }, index) => {
      it(`${conformanceCase.id} finds device ${index + 1}`, async () => {
        const [result] = await run([association], device, [conformanceCase]);
        const failed = result?.subtests.filter(({ verdict }) => verdict === "failed") ?? [];
        expect(failed.length, JSON.stringify(result?.subtests.map(({ verdict, reason: why }) => [verdict, why]))).to.be.greaterThan(0);
        for (const subtest of failed) expect(subtest.reason).to.match(reason);
      });
    });
  }
});
