import { Command } from "commander";
import { parseSecretReference, resolveSecret, type SecretReference, secretExpected } from "../../config/secret.ts";
import { SecuritySetupV1, type SetupKey } from "../../cosem-objects/classes/security-setup.ts";
import { keyId } from "../../dlms/security/key-id.ts";
import { wrapKey } from "../../dlms/security/key-wrap.ts";
import { SecretKey } from "../../dlms/security/secret-key.ts";
import { securitySuites } from "../../dlms/security/suite.ts";
import { AssociationRejectedError, ConfigError, DlmsError, ServiceError } from "../../errors.ts";
import { securitySetupOf } from "../keys/setup-session.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import type { TargetOptions } from "../session.ts";
import type { Target } from "../target.ts";
import { commandAction } from "./action.ts";

/** The keys that can be transferred, by the name of their option. */
const transferable = {
  guek: { setupKey: "global-unicast", title: "global unicast encryption key" },
  gak: { setupKey: "authentication", title: "global authentication key" },
  gbek: { setupKey: "global-broadcast", title: "global broadcast encryption key" },
  newKek: { setupKey: "master", title: "key encrypting key" },
} as const satisfies Readonly<Record<string, { readonly setupKey: SetupKey; readonly title: string }>>;

type Transferable = keyof typeof transferable;

interface TransferOptions extends TargetOptions, Readonly<Partial<Record<Transferable, string>>> {
  readonly kek: string;
  readonly setup?: string;
}

/** `dlms keys transfer TARGET` */
export function transferCommand(): Command {
  return withTargetOptions(new Command("transfer"))
    .description("replace keys of a meter, wrapped under its key encrypting key")
    .argument("<target>", "tcp://host:port, hdlc://host:port or meter:NAME, as the client whose keys they are, or as management")
    .requiredOption("--kek <secret>", "key encrypting key of the meter")
    .option("--guek <secret>", "new global unicast encryption key")
    .option("--gak <secret>", "new global authentication key")
    .option("--gbek <secret>", "new global broadcast encryption key")
    .option("--new-kek <secret>", "new key encrypting key")
    .option("--setup <name>", "security setup; that of the association by default")
    .addHelpText(
      "after",
      "\nExample:\n  dlms keys transfer tcp://10.0.0.5:4059 --client 1 --auth gmac --ek file:old.ek --ak file:old.ak \\\n    --kek file:meter.kek --guek file:new.ek",
    )
    .action(commandAction(transfer));
}

interface NewKey {
  readonly name: Transferable;
  readonly reference: SecretReference;
  readonly key: SecretKey;
}

async function transfer(output: Output, options: TransferOptions, text: string): Promise<void> {
  // Not before it is needed: drawing a key needs no client.
  const { targetOf, withClient } = await import("../session.ts");
  const target = await targetOf(text, options);
  const length = securitySuites[target.association.suite as 0 | 1 | 2].keyLength;
  const kek = keyOf(options.kek, "--kek", length, output).key;
  const keys = (Object.keys(transferable) as Transferable[]).flatMap((name): NewKey[] => {
    const written = options[name];
    return written === undefined ? [] : [{ name, ...keyOf(written, flagOf(name), length, output) }];
  });
  if (keys.length === 0) throw new ConfigError("", "expected a key to transfer", { hint: "for example --guek file:secrets/new.ek" });
  const ids = keys.map(({ name, key }) => ({ key: name, id: keyId(key) }));
  const own = options.setup === undefined;
  try {
    await withClient(text, options, output, async (client) => {
      const setup = await securitySetupOf(client, options.setup);
      const data = keys.map(({ name, key }) => ({ keyId: transferable[name].setupKey, keyWrapped: wrapKey(kek, key) }));
      await client.invoke(SecuritySetupV1, setup, "keyTransfer", data);
    });
  } catch (error) {
    if (isRefusal(error)) throw error;
    const holds = own ? await whichHolds(target, withNew(target, keys), options, output) : "unknown";
    if (holds !== "new") {
      output.note(holds === "old" ? "the meter still has the old keys" : "neither the old nor the new keys could be tried out: keep both");
      throw error;
    }
    output.note("nothing was heard of the transfer, and the meter has the new keys");
  }
  const holds = own ? await whichHolds(target, withNew(target, keys), options, output) : "unknown";
  output.result({ transferred: ids, holds }, () =>
    [...ids.map(({ key, id }) => `${transferable[key].title}: ${id}`), verdicts[holds]].join("\n"),
  );
  if (holds === "old") process.exitCode = 4;
}

/**
 * What the meter has refused has not happened. Whatever else went wrong, it may have: the link may have died behind it, now
 * or when the same keys were transferred before, so that the meter does not know the old ones any more.
 */
function isRefusal(error: unknown): boolean {
  if (error instanceof AssociationRejectedError) return false;
  return !(error instanceof DlmsError) || error instanceof ServiceError || error instanceof ConfigError;
}

type Verdict = "new" | "old" | "unknown";

const verdicts: Readonly<Record<Verdict, string>> = {
  new: "an association under the new keys was opened",
  old: "the meter took the keys and still answers under the old ones only",
  unknown: "not tried out: the keys are not those of this association",
};

/** Which keys open an association now. */
async function whichHolds(old: Target, fresh: Target, options: TransferOptions, output: Output): Promise<Verdict> {
  const { connectTarget } = await import("../session.ts");
  for (const [verdict, target] of [
    ["new", fresh],
    ["old", old],
  ] as const) {
    try {
      await (await connectTarget(target, options, output)).close();
      return verdict;
    } catch (error) {
      if (!(error instanceof DlmsError)) throw error;
    }
  }
  return "unknown";
}

/** The target as it is reached once the keys are in effect. */
function withNew(target: Target, keys: readonly NewKey[]): Target {
  const of = (name: Transferable): SecretReference | undefined => keys.find((key) => key.name === name)?.reference;
  const [ek, ak] = [of("guek"), of("gak")];
  return { ...target, association: { ...target.association, ...(ek && { ek }), ...(ak && { ak }) } };
}

function keyOf(written: string, path: string, length: number, output: Output): Pick<NewKey, "key" | "reference"> {
  const reference = parseSecretReference(written);
  if (reference === undefined) throw new ConfigError(path, `${secretExpected}, got something else`);
  const { bytes, visible } = resolveSecret(reference, { path, format: "key", environment: process.env, directory: process.cwd() });
  if (visible) output.note(`warning: ${path}: the command line is visible to others; use env:NAME or file:PATH`);
  if (bytes.length !== length) throw new ConfigError(path, `expected a key of ${length} bytes, got ${bytes.length}`);
  return { key: SecretKey.from(bytes), reference };
}

function flagOf(name: Transferable): string {
  return name === "newKek" ? "--new-kek" : `--${name}`;
}
