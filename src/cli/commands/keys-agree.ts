import { Command } from "commander";
import { toHex } from "../../bytes/hex.ts";
import { keyIds, SecuritySetupV1 } from "../../cosem-objects/classes/security-setup.ts";
import { agreeKey, openEphemeralKey, signEphemeralKey } from "../../dlms/security/key-agreement.ts";
import { keyId } from "../../dlms/security/key-id.ts";
import { PrivateKey } from "../../dlms/security/private-key.ts";
import { secureRandom } from "../../dlms/security/secure-random.ts";
import { securitySuites } from "../../dlms/security/suite.ts";
import { ConfigError, SecurityError } from "../../errors.ts";
import { Installation, userInstallationFolder } from "../keys/installation.ts";
import { reserveKeyFile } from "../keys/key-files.ts";
import { securitySetupOf } from "../keys/setup-session.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import type { TargetOptions } from "../session.ts";
import { commandAction } from "./action.ts";

const agreeable = { guek: "global-unicast", gak: "authentication", gbek: "global-broadcast", kek: "master" } as const;

interface AgreeOptions extends TargetOptions {
  readonly key: string;
  readonly out: string;
  readonly setup?: string;
}

/** `dlms keys agree TARGET` */
export function agreeCommand(): Command {
  return withTargetOptions(new Command("agree"))
    .description("agree with a meter on a key that crosses no line (suites 1 and 2)")
    .argument("<target>", "tcp://host:port, hdlc://host:port or meter:NAME")
    .option("--key <name>", "guek, gak, gbek or kek", "guek")
    .requiredOption("--out <file>", "write the key there; what is there is not overwritten")
    .option("--setup <name>", "security setup; that of the association by default")
    .addHelpText(
      "after",
      "\nExample:\n  dlms keys agree tcp://10.0.0.5:4059 --client 1 --auth gmac --suite 1 --ek file:old.ek --ak file:old.ak \\\n    --sign-key file:client.key --ca ca.pem --out new.ek",
    )
    .action(commandAction(agree));
}

async function agree(output: Output, options: AgreeOptions, text: string): Promise<void> {
  // Not before it is needed: drawing a key needs no client.
  const { checkTarget, targetOf, withClient } = await import("../session.ts");
  const target = await targetOf(text, options);
  const { signingKey, certificates, suite, systemTitle } = checkTarget(target).material;
  if (suite === 0) throw new ConfigError("--suite", "expected 1 or 2, got 0", { hint: "suite 0 has no public keys" });
  if (signingKey === undefined || certificates === undefined) {
    throw new ConfigError(signingKey === undefined ? "--sign-key" : "--ca", "expected a signing key and certificates, got nothing");
  }
  const name = agreeableName(options.key);
  const number = keyIds[name];
  // The file is made first: a key that could not be kept would lock everybody out.
  const file = reserveKeyFile(options.out, "--out");
  try {
    await withClient(text, options, output, async (client) => {
      const setup = await securitySetupOf(client, options.setup);
      const systemTitleV = await client.get(SecuritySetupV1, setup, "serverSystemTitle");
      const verificationKey = certificates.verificationKey(systemTitleV, Date.now());
      if (verificationKey === undefined) {
        throw new SecurityError("unknown-key", `there is no valid certificate of the meter ${toHex(systemTitleV)}`, {
          hint: "add its certificate and that of its authority to the file of --ca",
        });
      }
      const systemTitleU = systemTitle ?? (await Installation.open(userInstallationFolder(process.env))).systemTitle;
      const ephemeral = PrivateKey.generate(securitySuites[suite].curve, secureRandom);
      const keyData = signEphemeralKey(signingKey, ephemeral.publicKey, number);
      const answers = await client.invoke(SecuritySetupV1, setup, "keyAgreement", [{ keyId: name, keyData }]);
      const publicKey = openEphemeralKey(verificationKey, answers[0]?.keyData ?? new Uint8Array(), number);
      const purpose = name === "master" ? "aes-wrap" : "aes-gcm";
      const key = agreeKey({ scheme: "2e0s", suite, systemTitleU, systemTitleV, privateKey: ephemeral, publicKey, purpose });
      file.write(key.exposeSecret());
      output.result({ key: options.key, id: keyId(key), file: options.out }, () => `${options.out} (key ${keyId(key)})`);
    });
  } finally {
    file.close();
  }
}

function agreeableName(text: string): (typeof agreeable)[keyof typeof agreeable] {
  if (Object.hasOwn(agreeable, text)) return agreeable[text as keyof typeof agreeable];
  throw new ConfigError("--key", `expected guek, gak, gbek or kek, got ${JSON.stringify(text)}`);
}
