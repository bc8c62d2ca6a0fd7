import { expect } from "chai";
import fc from "fast-check";
import { DecodeError } from "../../src/errors.ts";
import { LineSplitter } from "../../src/keypad/line-splitter.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function linesOf(splitter: LineSplitter): readonly string[] {
  const lines: string[] = [];
  for (let line = splitter.next(); line !== undefined; line = splitter.next()) lines.push(new TextDecoder().decode(line));
  return lines;
}

describe("LineSplitter", () => {
  it("gives the lines of a stream, however it is cut", () => {
    const chunks = fc.array(fc.array(fc.constantFrom("a", "é", "\n", "\r\n", ""), { maxLength: 8 }).map((parts) => parts.join("")));
    fc.assert(
      fc.property(chunks, (texts) => {
        const splitter = new LineSplitter(1000);
        const lines = texts.flatMap((text) => {
          splitter.append(encode(text));
          return linesOf(splitter);
        });
        expect(lines).to.deep.equal(
          texts
            .join("")
            .split("\n")
            .slice(0, -1)
            .map((line) => line.replace(/\r$/, "")),
        );
      }),
    );
  });

  it("takes a line as long as it may be, and refuses one octet more before its end is there", () => {
    const splitter = new LineSplitter(4);
    splitter.append(encode("abcd\nabcd"));
    expect(linesOf(splitter)).to.deep.equal(["abcd"]);
    splitter.append(encode("e"));
    expect(() => splitter.next())
      .to.throw(DecodeError)
      .with.property("code", "limit");
  });
});
