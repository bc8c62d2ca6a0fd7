import { Writable } from "node:stream";
import { expect } from "chai";
import { progressBar, startProgress, startRowProgress } from "../../src/cli/progress.ts";

/** A terminal, and a clock that goes when it is told to. */
function terminal(isTTY = true) {
  let written = "";
  let now = 1_000_000;
  const sink = new Writable({
    write(chunk, _, done) {
      written += String(chunk);
      done();
    },
  });
  return {
    stream: Object.assign(sink, { isTTY }),
    now: () => now,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    get written() {
      return written;
    },
  };
}

describe("progress", () => {
  const from = { rows: 0, done: 0, total: 4 };

  it("shows rows, their rate and the time that is left", () => {
    expect(progressBar(from, { rows: 96, done: 1, total: 4 }, 2)).to.equal("[#####---------------] 25 %  96 rows  48 rows/s  0:06 left");
    expect(progressBar(from, { rows: 400, done: 4, total: 4 }, 100)).to.equal(
      "[####################] 100 %  400 rows  4 rows/s  0:00 left",
    );
  });

  it("counts only what this run has read, and guesses nothing before", () => {
    const resumed = { rows: 960, done: 10, total: 20 };
    expect(progressBar(resumed, resumed, 3)).to.equal("[##########----------] 50 %  960 rows  0 rows/s");
    expect(progressBar(resumed, { rows: 1056, done: 11, total: 20 }, 10)).to.equal(
      "[###########---------] 55 %  1056 rows  10 rows/s  1:30 left",
    );
  });

  it("is drawn after a second, at times, and wiped away", () => {
    const screen = terminal();
    const progress = startRowProgress(screen.stream, "reading load", screen.now);
    progress.update(from);
    screen.pass(900);
    progress.update({ rows: 96, done: 1, total: 4 });
    expect(screen.written).to.equal("");
    screen.pass(1100);
    progress.update({ rows: 192, done: 2, total: 4 });
    screen.pass(100);
    progress.update({ rows: 288, done: 3, total: 4 });
    expect(screen.written).to.equal("\rreading load [##########----------] 50 %  192 rows  96 rows/s  0:02 left\u001b[K");
    progress.end();
    expect(screen.written.endsWith("\r\u001b[K")).to.equal(true);
  });

  it("counts octets of an answer that nobody knows the length of", () => {
    const screen = terminal();
    const progress = startProgress(screen.stream, "reading load", screen.now);
    screen.pass(2000);
    progress.update(1000);
    expect(screen.written).to.equal("\rreading load: 1000 octets, 500/s\u001b[K");
  });

  it("writes nothing where nobody looks, and nothing for short work", () => {
    const file = terminal(false);
    const short = terminal();
    for (const screen of [file, short]) {
      const progress = startRowProgress(screen.stream, "reading", screen.now);
      progress.update(from);
      if (screen === file) screen.pass(5000);
      progress.update({ rows: 1, done: 1, total: 4 });
      progress.end();
      expect(screen.written).to.equal("");
    }
  });
});
