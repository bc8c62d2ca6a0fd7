import { ConfigError } from "../errors.ts";
import { askHidden, readLineOf } from "./key-file-terminal.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that say which key file it is, and how its passphrase comes; options of the command line set them. */
export const keyFileVariables = {
  file: "DLMS_KEY_FILE",
  passphrase: "DLMS_KEY_PASSPHRASE",
  newPassphrase: "DLMS_KEY_NEW_PASSPHRASE",
  descriptor: "DLMS_KEY_PASSPHRASE_FD",
} as const;

/** Shorter ones are guessed, however slow each guess is made. */
const shortestPassphrase = 8;

const howToGiveIt = `set ${keyFileVariables.passphrase}, or give a descriptor with --key-passphrase-fd, where there is no terminal`;

/**
 * The passphrase of a key file: from the environment, a descriptor, or asked for at the terminal.
 * @throws ConfigError when it comes from nowhere
 */
export function passphraseFor(file: string, environment: Environment): string {
  const passphrase = given(environment, keyFileVariables.passphrase) ?? askHidden(`passphrase of ${file}: `);
  if (passphrase === undefined || passphrase === "") throw new ConfigError("", `no passphrase for ${file}`, { hint: howToGiveIt });
  return passphrase;
}

/**
 * A passphrase for a new key file, asked for twice at the terminal.
 * @param variable which variable holds it; with a descriptor it is the next line
 * @throws ConfigError when it comes from nowhere, is too short, or was typed in two ways
 */
export function newPassphraseFor(
  file: string,
  environment: Environment,
  variable: typeof keyFileVariables.passphrase | typeof keyFileVariables.newPassphrase,
): string {
  const passphrase = given(environment, variable) ?? askTwice(file);
  if (passphrase === undefined) throw new ConfigError("", `no new passphrase for ${file}`, { hint: howToGiveIt });
  if ([...passphrase].length < shortestPassphrase) {
    throw new ConfigError("", `expected a passphrase of at least ${shortestPassphrase} characters`, {
      hint: "four or five random words are good",
    });
  }
  return passphrase;
}

/** What is given on the command line goes before what stands in the environment. */
function given(environment: Environment, variable: string): string | undefined {
  const text = lineOfDescriptor(environment[keyFileVariables.descriptor]) ?? environment[variable];
  return text === "" ? undefined : text;
}

function lineOfDescriptor(descriptor: string | undefined): string | undefined {
  if (descriptor === undefined || descriptor === "") return undefined;
  if (!/^\d{1,4}$/.test(descriptor)) throw new ConfigError("--key-passphrase-fd", "expected the number of a descriptor, such as 3");
  try {
    return readLineOf(Number(descriptor));
  } catch (cause) {
    throw new ConfigError("--key-passphrase-fd", `cannot read descriptor ${descriptor}: ${(cause as NodeJS.ErrnoException).code}`, {
      cause,
      hint: `open it, as in ${descriptor}< passphrase.txt`,
    });
  }
}

function askTwice(file: string): string | undefined {
  const first = askHidden(`new passphrase of ${file}: `);
  if (first === undefined) return undefined;
  if (askHidden("the same again: ") === first) return first;
  throw new ConfigError("", "the two passphrases differ", { hint: "try again" });
}
