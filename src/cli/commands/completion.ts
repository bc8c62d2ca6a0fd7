import { Argument, Command } from "commander";
import { completionScripts, type Shell, shells } from "../completion/scripts.ts";
import { type CommonOptions, withCommonOptions } from "../options.ts";
import type { Output } from "../output.ts";
import { commandAction } from "./action.ts";

/** `dlms completion bash|zsh|fish` */
export function completionCommand(): Command {
  return withCommonOptions(new Command("completion"))
    .description("the script that makes a shell complete commands, options, meters and objects")
    .addArgument(new Argument("<shell>", "which shell").choices(shells))
    .addHelpText(
      "after",
      '\nExamples:\n  eval "$(dlms completion bash)"        in ~/.bashrc\n  eval "$(dlms completion zsh)"         in ~/.zshrc, behind compinit\n  dlms completion fish | source         in ~/.config/fish/config.fish',
    )
    .action(commandAction(completion));
}

async function completion(output: Output, _options: CommonOptions, shell: Shell): Promise<void> {
  const script = completionScripts[shell];
  output.result({ shell, script }, () => script);
}
