import { expect } from "chai";
import { AnonymousTrace } from "../../src/cli/diagnose/anonymous-trace.ts";
import { explain } from "../../src/decode/explain.ts";
import { allItems, type Explanation } from "../../src/decode/explanation.ts";
import { readHexText } from "../../src/decode/input-text.ts";
import { secureRandom } from "../../src/dlms/security/secure-random.ts";
import { allRecordings, recordedPassword } from "../support/recordings.ts";

/** What is wrong with frames and APDUs. */
function faultsOf({ link, apdus }: Explanation): readonly string[] {
  const items = [...allItems(apdus)].flatMap(({ type, error }) => (error === undefined ? [] : [`${type}: ${String(error)}`]));
  return [...link.flatMap(({ kind, ok, error }) => (ok ? [] : [`${kind}: ${String(error)}`])), ...items];
}

/** Every octet string and text of six characters or more that a recording reads. */
function textsOf(explanation: Explanation): readonly string[] {
  return explanation.readings.flatMap(({ raw, type }) =>
    /string/.test(type) && typeof raw === "string" && /^[^.:]{6,}$/.test(raw) && !/^[0-9A-F]+FF$/.test(raw) ? [raw] : [],
  );
}

describe("AnonymousTrace of what other stacks said to each other", () => {
  // Of a sign-on nothing is shown, and of long sessions the beginning.
  const shown = allRecordings(({ name, chunks }) => {
    return !name.includes("modee") && chunks.reduce((sum, { bytes }) => sum + bytes.length, 0) <= 32_768;
  });
  for (const { name, chunks } of shown) {
    it(`says no name of ${name}, and breaks nothing`, () => {
      const octets = Buffer.concat(chunks.map(({ bytes }) => bytes));
      const trace = new AnonymousTrace();
      chunks.forEach(({ from, bytes }, index) => {
        trace.sink({ at: index, layer: "line", direction: from === "client" ? "sent" : "received", bytes });
      });
      const published = Buffer.from(readHexText(trace.lines(secureRandom).join("\n")).bytes);
      expect(published.indexOf(recordedPassword)).to.equal(-1);
      const before = explain(octets);
      for (const text of textsOf(before)) expect(published.indexOf(text), text).to.equal(-1);
      const after = explain(published);
      if (faultsOf(before).length === 0) expect(faultsOf(after)).to.deep.equal([]);
      expect(after.link.length).to.be.at.least(before.link.filter(({ ok }) => ok).length);
      expect(published.length).to.be.at.most(octets.length);
    });
  }
});
