import { stripVTControlCharacters } from "node:util";
import { expect } from "chai";
import { blinks, face, plainFace } from "../../../src/cli/keypad/face.ts";
import { keyPresses } from "../../../src/cli/keypad/key-presses.ts";
import { TerminalScreen } from "../../../src/cli/keypad/terminal-screen.ts";
import type { KeypadView } from "../../../src/keypad/index.ts";

const view: KeypadView = {
  main: "25.60",
  text: "Credit               kWh",
  marks: ["prepaid", "friendly"],
  leds: {
    supply: { color: "green" },
    link: { color: "green", blink: { period: 1000, lit: 500 } },
    credit: { color: "red", blink: { period: 500, lit: 250 } },
    alarm: {},
    pulse: { color: "red", blink: { period: 2400, lit: 80 } },
  },
};
const plain = { color: false, width: 80, now: 0 };

describe("the face of the keypad", () => {
  it("has the display in a frame, the lights below, and what the keys do", () => {
    expect(face(view, plain)).to.deep.equal([
      "┌──────────────────────────┐",
      "│ P    F                   │",
      "│                    25.60 │",
      "│ Credit               kWh │",
      "└──────────────────────────┘",
      "● supply  ● link  ● credit  ○ alarm  ● pulse",
      "0-9 Enter  Backspace  Del clears  q quits",
    ]);
  });

  it("shows where the next digit goes", () => {
    expect(face({ ...view, main: " 4 of 20", text: "1234", cursor: 5 }, plain)[3]).to.equal("│ 1234 _                   │");
  });

  it("keeps within the width of the terminal, without a frame where there is no room for one", () => {
    for (const color of [true, false]) {
      for (let width = 8; width < 60; width++) {
        for (const line of face(view, { ...plain, width, color })) {
          expect(stripVTControlCharacters(line).length, line).to.be.at.most(width);
        }
      }
    }
    expect(face(view, { ...plain, width: 24 }).slice(0, 3)).to.deep.equal([
      "P    F                  ",
      "                   25.60",
      "Credit               kWh",
    ]);
    expect(face(view, { ...plain, width: 12 }).slice(1, 3)).to.deep.equal(["       25.60", "Credit kWh  "]);
    const typed = { ...view, main: "10 of 20", text: "1234 5678 90", cursor: 12 };
    expect(face(typed, { ...plain, width: 10 }).slice(1, 3)).to.deep.equal(["  10 of 20", "4 5678 90_"]);
  });

  it("paints only where colours are wanted", () => {
    expect(face(view, plain).join("")).to.not.include("\u001b");
    const painted = face(view, { ...plain, color: true })[5];
    expect(painted).to.include("\u001b[32m●\u001b[0m supply").and.include("\u001b[31m●\u001b[0m credit").and.include("○ alarm");
  });

  it("blinks with the clock, and shows a flash for long enough to be seen", () => {
    const lamps = (now: number) => face(view, { ...plain, now })[5];
    expect(lamps(300)).to.equal("● supply  ● link  ○ credit  ○ alarm  ○ pulse");
    expect(lamps(2400 + 200)).to.equal("● supply  ○ link  ● credit  ○ alarm  ● pulse");
    expect(blinks(view)).to.equal(true);
    expect(blinks({ ...view, leds: { ...view.leds, link: {}, credit: {}, pulse: {} } })).to.equal(false);
  });

  it("is one line where nobody looks", () => {
    expect(plainFace(view)).to.equal("25.60  Credit kWh");
    expect(plainFace({ main: "", text: "6725 9421 5966 2658 1768" })).to.equal("6725 9421 5966 2658 1768");
  });
});

describe("the keys of a terminal", () => {
  it("are digits, Enter, backspace and what clears or quits", () => {
    expect(keyPresses("0\r9\n\x7f\b")).to.deep.equal(["0", "enter", "9", "enter", "backspace", "backspace"]);
    expect(keyPresses("\x1b[3~c\x15")).to.deep.equal(["clear", "clear", "clear"]);
    expect(["q", "\x03", "\x04"].flatMap(keyPresses)).to.deep.equal(["quit", "quit", "quit"]);
  });

  it("include a pasted token with its spaces and dashes", () => {
    expect(keyPresses("6725 9421-5966 2658 1768\r").join("")).to.equal("67259421596626581768enter");
  });

  it("do not include arrows, function keys or text", () => {
    expect(keyPresses("\x1b[A\x1b[1;5C\x1bOP\x1b[15~\x1bxé\x1b")).to.deep.equal([]);
  });
});

describe("TerminalScreen", () => {
  it("draws everything once, and then only lines that have changed", () => {
    const screen = new TerminalScreen();
    expect(screen.draw(["a", "b", "c"])).to.equal("\r\u001b[Ja\r\nb\r\nc\r\n");
    expect(screen.draw(["a", "b", "c"])).to.equal("");
    expect(screen.draw(["a", "x", "c"])).to.equal("\u001b[2A\r\u001b[2Kx\u001b[2B\r");
    expect(screen.draw(["a", "x"])).to.equal("\u001b[3A\r\u001b[Ja\r\nx\r\n");
  });

  it("draws everything again on a terminal that was cleared", () => {
    const screen = new TerminalScreen();
    screen.draw(["a"]);
    expect(screen.forget() + screen.draw(["a"])).to.equal("\u001b[2J\u001b[H\r\u001b[Ja\r\n");
  });
});
