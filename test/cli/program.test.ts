import { expect } from "chai";
import type { Command } from "commander";
import { specOf } from "../../src/cli/completion/command-spec.ts";
import { addCommands, buildProgram, commandNames, emptyProgram, everyCommand, isCommandName } from "../../src/cli/program.ts";

/** All that the helps of a command and of those below it say. */
const helpsOf = (command: Command): readonly string[] => everyCommand(command).map((each) => each.helpInformation());

describe("the table of commands", () => {
  for (const name of commandNames) {
    it(`makes ${name} under its name, as it is in the whole tree`, async () => {
      const whole = await buildProgram();
      const alone = await addCommands(emptyProgram(), [name]);
      expect(alone.commands.map((command) => [command.name(), command.aliases()])).to.deep.equal([[name, []]]);
      const [built] = alone.commands;
      const [sibling] = whole.commands.filter((command) => command.name() === name);
      if (built === undefined || sibling === undefined) return expect.fail(`${name} is not there`);
      expect(specOf(built, "dlms")).to.deep.equal(specOf(sibling, "dlms"));
      expect(helpsOf(built)).to.deep.equal(helpsOf(sibling));
      expect(specOf(alone).options).to.deep.equal(specOf(whole).options);
    });
  }

  it("has no command twice, and the tree has them all in its order", async () => {
    expect(new Set(commandNames).size).to.equal(commandNames.length);
    expect((await buildProgram()).commands.map((command) => command.name())).to.deep.equal(commandNames);
  });

  it("knows its names from what every object has", () => {
    expect(commandNames.every(isCommandName)).to.equal(true);
    for (const word of ["", "help", "rea", "constructor", "__proto__", undefined]) expect(isCommandName(word), word).to.equal(false);
  });
});
