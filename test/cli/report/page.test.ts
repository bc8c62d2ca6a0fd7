import { expect } from "chai";
import fc from "fast-check";
import { reportPage } from "../../../src/cli/report/page.ts";
import { elements, everyElement, parseDocument, rowsOf, textOf } from "./document.ts";
import { reportSaying } from "./sample-report.ts";

const hostile = `<script>alert("1")</script>'><img src=x onerror=alert(2)> &lt; ]]> --> \${7}`;

describe("the page of a report", () => {
  it("shows whatever a meter says as text", () => {
    const page = parseDocument(reportPage(reportSaying(hostile)));
    expect(elements(page, "script")).to.deep.equal([]);
    expect(elements(page, "img")).to.deep.equal([]);
    expect(elements(page, "h1").map(textOf)).to.deep.equal([`Meter ${hostile}`]);
    expect(rowsOf(page)).to.deep.include([hostile, hostile, hostile, "0-0:96.1.0*255"]);
    expect(rowsOf(page)).to.deep.include([hostile, "1", hostile, `${hostile}: ${hostile}`]);
    expect(elements(page, "svg").map(({ attributes }) => attributes["aria-label"])).to.deep.equal([hostile]);
  });

  it("is well-formed and has the same elements whatever a meter says", () => {
    const shape = (text: string) => everyElement(parseDocument(reportPage(reportSaying(text)))).map(({ name }) => name);
    const usual = shape("12345678");
    const pieces = fc.constantFrom(
      "<",
      ">",
      "&",
      '"',
      "'",
      "\u0000",
      "\u001b",
      "\u202e",
      "\ud800",
      "</svg>",
      "<style>",
      "]]>",
      "&#60;",
      "a",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(pieces).map((parts) => parts.join("")),
        ),
        (text) => {
          expect(shape(text)).to.deep.equal(usual);
        },
      ),
    );
  });

  it("holds no character that no document may, nor one that turns text around", () => {
    const page = reportPage(reportSaying("a\u0000b\u001b[2Jc\u202ed\ud800e"));
    expect(page).to.include("a\ufffdb\ufffd[2Jc\ufffdd\ufffde");
    expect(page).not.to.match(/[^\t\n\r\P{Cc}]|\u202e|\p{Cs}/u);
  });

  it("fetches nothing and runs nothing", () => {
    const page = parseDocument(reportPage(reportSaying("x")));
    const all = everyElement(page);
    const names = new Set(all.map(({ name }) => name));
    expect(
      [...names].filter((name) => ["script", "link", "img", "iframe", "object", "a", "image", "use", "form"].includes(name)),
    ).to.deep.equal([]);
    expect(
      all.flatMap(({ attributes }) => Object.keys(attributes)).filter((name) => /^(on|src|href|style|xlink)/.test(name)),
    ).to.deep.equal([]);
    expect(elements(page, "style").map(textOf).join()).not.to.match(/url\(|@import/);
    const [policy] = elements(page, "meta").filter(({ attributes }) => attributes["http-equiv"] === "Content-Security-Policy");
    expect(policy?.attributes["content"]).to.equal("default-src 'none'; style-src 'unsafe-inline'");
  });

  it("marks a clock that is far off, and no other", () => {
    const drifts = (driftSeconds: number | null) =>
      elements(parseDocument(reportPage({ ...reportSaying("x"), clock: { meterTime: "x", driftSeconds } })), "td")
        .filter(({ attributes, content }) => attributes["class"] === "number warning" && content.length > 0)
        .map(textOf);
    expect(drifts(61)).to.deep.equal(["+61 s against the computer that read it"]);
    expect(drifts(-3600)).to.deep.equal(["-3600 s against the computer that read it"]);
    expect(drifts(null)).to.deep.equal(["unknown"]);
    expect(drifts(60)).to.deep.equal([]);
  });

  it("says once what was not read, and leaves out what is not there", () => {
    const report = {
      ...reportSaying("x"),
      clock: null,
      alarms: [],
      profiles: [],
      logs: [],
      sections: [],
      notRead: ["energy", "event logs"],
    };
    const page = parseDocument(reportPage(report));
    expect(elements(page, "h2").map(textOf)).to.deep.equal(["Not read"]);
    expect(textOf(page).match(/energy, event logs/g)).to.have.length(1);
    expect(elements(parseDocument(reportPage({ ...report, notRead: [] })), "section")).to.deep.equal([]);
  });
});
