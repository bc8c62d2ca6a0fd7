import { Command } from "commander";
import { tokenDecodeCommand } from "./token-decode.ts";
import { tokenEnterCommand } from "./token-enter.ts";
import { tokenGenerateCommand } from "./token-generate.ts";
import { tokenKeyCommand } from "./token-key.ts";
import { tokenReprintCommand } from "./token-reprint.ts";

/** `dlms token generate|reprint|decode|key|enter` */
export function tokenCommand(): Command {
  return new Command("token")
    .description("STS prepayment tokens: issue them, print them again, read them, give them to a meter; decoder keys")
    .addCommand(tokenGenerateCommand())
    .addCommand(tokenReprintCommand())
    .addCommand(tokenDecodeCommand())
    .addCommand(tokenKeyCommand())
    .addCommand(tokenEnterCommand());
}
