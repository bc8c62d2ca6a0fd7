import { statSync } from "node:fs";
import { expect } from "chai";
import { LmdbCounterStore } from "../../src/store/lmdb-counter-store.ts";
import { misty1 } from "../../src/sts/index.ts";
import { type Issue, type IssueBook, issueToken, MemoryIssueBook, type NewIssue } from "../../src/vending/index.ts";
import { LmdbIssueBook } from "../../src/vending/lmdb-issue-book.ts";
import { storeErrorOf } from "../store/support.ts";
import { type TemporaryFolder, temporaryFolder } from "../support/temporary-folder.ts";
import { meterKey, noon } from "./samples.ts";

const books: Readonly<Record<string, (folder: TemporaryFolder) => IssueBook>> = {
  MemoryIssueBook: () => new MemoryIssueBook(),
  LmdbIssueBook: (folder) => new LmdbIssueBook(folder.path("book")),
};

function newIssue(meter: string, tokenIdentifier?: number, baseDate: 1993 | 2014 = 2014): NewIssue {
  return {
    meter,
    service: "credit-electricity",
    value: { value: "25.6", unit: "kWh" },
    tokens: [String(tokenIdentifier ?? 0).padStart(20, "0")],
    issued: noon,
    ...(tokenIdentifier !== undefined && { identifier: { tokenIdentifier, baseDate } }),
  };
}

for (const [name, open] of Object.entries(books)) {
  describe(name, () => {
    const folder = temporaryFolder();
    const opened = async (run: (book: IssueBook) => void): Promise<void> => {
      const book = open(folder);
      try {
        run(book);
      } finally {
        await book.close();
      }
    };

    it("numbers what it keeps, for each meter on its own", () =>
      opened((book) => {
        const numbers = ["a", "a", "b", "a", "b"].map((meter, index) => book.add(meter, () => newIssue(meter, index)).number);
        expect(numbers).to.deep.equal([1, 2, 1, 3, 2]);
        expect(book.last("a")).to.deep.equal({ ...newIssue("a", 3), number: 3 });
        expect([...book.all("b")].map(({ number }) => number)).to.deep.equal([1, 2]);
      }));

    it("finds by identifier, whatever base date it was counted from", () =>
      opened((book) => {
        book.add("a", () => newIssue("a", 7, 1993));
        book.add("a", () => newIssue("a"));
        book.add("a", () => newIssue("a", 8));
        expect(book.find("a", 7)).to.deep.equal({ ...newIssue("a", 7, 1993), number: 1 });
        expect(book.find("a", 8)?.number).to.equal(3);
        expect([book.find("a", 9), book.find("b", 7), book.last("b")]).to.deep.equal([undefined, undefined, undefined]);
        expect([...book.all("b")]).to.deep.equal([]);
      }));

    it("tells who makes an issue what the meter was given", () =>
      opened((book) => {
        for (const [identifier, baseDate] of [
          [900, 1993],
          [300, 2014],
          [200, 2014],
        ] as const) {
          book.add("a", () => newIssue("a", identifier, baseDate));
        }
        book.add("a", (given) => {
          expect([given.latest(1993), given.latest(2014), given.latest(2035)]).to.deep.equal([900, 300, undefined]);
          expect([200, 300, 900, 301].map((each) => given.has(each))).to.deep.equal([true, true, true, false]);
          return newIssue("a");
        });
        book.add("b", (given) => {
          expect([given.latest(2014), given.has(300)]).to.deep.equal([undefined, false]);
          return newIssue("b");
        });
      }));

    it("keeps nothing of an issue that could not be made", () =>
      opened((book) => {
        const refusal = storeErrorOf(() =>
          book.add("a", () => {
            throw storeErrorOf(() => new LmdbIssueBook("/dev/null/book"));
          }),
        );
        expect(refusal.code).to.equal("store-failed");
        expect(book.last("a")).to.equal(undefined);
        expect(book.add("a", () => newIssue("a", 1)).number).to.equal(1);
      }));

    it("keeps several at once, or none of them, each seeing those before", () =>
      opened((book) => {
        const issues = book.together(() =>
          [1, 2].map((identifier) =>
            book.add("a", (given) => {
              expect(given.has(identifier - 1)).to.equal(identifier === 2);
              return newIssue("a", identifier);
            }),
          ),
        );
        expect(issues.map(({ number }) => number)).to.deep.equal([1, 2]);
        const refusal = storeErrorOf(() =>
          book.together(() => {
            book.add("a", () => newIssue("a", 3));
            throw storeErrorOf(() => new LmdbIssueBook("/dev/null/book"));
          }),
        );
        expect(refusal.code).to.equal("store-failed");
        expect([...book.all("a")].map(({ number }) => number)).to.deep.equal([1, 2]);
        expect(book.find("a", 3)).to.equal(undefined);
      }));

    it("keeps the others where one of several cannot be made", () =>
      opened((book) => {
        book.together(() => {
          book.add("a", () => newIssue("a", 1));
          storeErrorOf(() =>
            book.add("a", () => {
              throw storeErrorOf(() => new LmdbIssueBook("/dev/null/book"));
            }),
          );
          book.add("a", () => newIssue("a", 2));
        });
        expect([...book.all("a")].map(({ identifier }) => identifier?.tokenIdentifier)).to.deep.equal([1, 2]);
      }));
  });
}

describe("LmdbIssueBook, across its life", () => {
  const folder = temporaryFolder();
  const credit = (book: IssueBook): Issue =>
    issueToken(book, { key: meterKey(), algorithm: misty1, service: "credit-electricity", value: "25.6", now: noon, random: 5 });

  it("goes on where it was left, and gives the same digits again", async () => {
    const issued: Issue[] = [];
    for (let round = 0; round < 3; round++) {
      const book = new LmdbIssueBook(folder.path("book"));
      issued.push(credit(book), credit(book));
      await book.close();
    }
    const book = new LmdbIssueBook(folder.path("book"));
    expect([...book.all(meterKey().pan.digits)]).to.deep.equal(issued);
    expect(issued.map(({ identifier }) => identifier?.tokenIdentifier)).to.deep.equal([0, 1, 2, 3, 4, 5].map((each) => 6_780_240 + each));
    expect(book.find(meterKey().pan.digits, 6_780_240)?.tokens).to.deep.equal(["67259421596626581768"]);
    await book.close();
  });

  it("lets nobody but its owner in", async function () {
    if (process.platform === "win32") this.skip();
    const book = new LmdbIssueBook(folder.path("book"));
    expect(statSync(folder.path("book")).mode & 0o777).to.equal(0o700);
    await book.close();
  });

  it("refuses a folder of something else, which stays as it is", async () => {
    const counters = new LmdbCounterStore(folder.path("book"));
    counters.write("a", 7);
    await counters.close();
    expect(storeErrorOf(() => new LmdbIssueBook(folder.path("book"))).code).to.equal("store-version");
    const again = new LmdbCounterStore(folder.path("book"));
    expect(again.read("a")).to.equal(7);
    await again.close();
  });
});
