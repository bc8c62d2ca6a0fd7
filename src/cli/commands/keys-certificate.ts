import { readFileSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { toHex } from "../../bytes/hex.ts";
import type { DlmsClient } from "../../client/dlms-client.ts";
import { type CertificateIdentification, type CertificateInfo, SecuritySetupV1 } from "../../cosem-objects/classes/security-setup.ts";
import type { LogicalName } from "../../cosem-objects/logical-name.ts";
import { ConfigError } from "../../errors.ts";
import { CertificateBundle, toPem } from "../keys/pem-files.ts";
import { securitySetupOf } from "../keys/setup-session.ts";
import { withTargetOptions } from "../options.ts";
import type { Output } from "../output.ts";
import type { TargetOptions } from "../session.ts";
import { formatTable } from "../table.ts";
import { commandAction } from "./action.ts";

interface CertificateOptions extends TargetOptions {
  readonly setup?: string;
  readonly purpose: string;
  readonly out?: string;
}

const purposes = { sign: "digital-signature", agree: "key-agreement" } as const;

/** `dlms keys certificate list|request|import|export|remove TARGET` */
export function certificateCommand(): Command {
  const sub = (name: string, description: string) =>
    withTargetOptions(new Command(name))
      .description(description)
      .argument("<target>", "tcp://host:port, hdlc://host:port or meter:NAME")
      .option("--setup <name>", "security setup; that of the association by default");
  const numbered = (command: Command) => command.argument("<number>", "its number in the list");
  return new Command("certificate")
    .description("certificates in a meter (suites 1 and 2)")
    .addCommand(sub("list", "what certificates there are").action(commandAction(list)))
    .addCommand(
      sub("request", "make a key pair in the meter and fetch its certificate request (PKCS #10)")
        .option("--purpose <word>", "sign or agree", "sign")
        .requiredOption("--out <file>", "write the request there, in PEM")
        .action(commandAction(request)),
    )
    .addCommand(
      sub("import", "give the meter certificates")
        .argument("<file>", "certificates in PEM, authorities first")
        .action(commandAction(importAll)),
    )
    .addCommand(
      numbered(sub("export", "fetch a certificate"))
        .requiredOption("--out <file>", "write it there, in PEM")
        .action(commandAction(exportOne)),
    )
    .addCommand(numbered(sub("remove", "remove a certificate, and its private key")).action(commandAction(remove)))
    .addHelpText("after", "\nExample:\n  dlms keys certificate request meter:house --client 1 --auth gmac --suite 1 --out house.csr");
}

type Run<T> = (client: DlmsClient, setup: LogicalName) => Promise<T>;

async function inSetup<T>(output: Output, options: CertificateOptions, target: string, run: Run<T>): Promise<T> {
  // Not before it is needed: drawing a key needs no client.
  const { withClient } = await import("../session.ts");
  return withClient(target, options, output, async (client) => run(client, await securitySetupOf(client, options.setup)));
}

async function list(output: Output, options: CertificateOptions, target: string): Promise<void> {
  const certificates = await inSetup(output, options, target, (client, setup) => client.get(SecuritySetupV1, setup, "certificates"));
  const rows = certificates.map((info, index) => ({
    number: index + 1,
    entity: info.certificateEntity,
    type: info.certificateType,
    serialNumber: toHex(info.serialNumber),
  }));
  output.result(rows, () =>
    formatTable(
      [{ title: "No.", align: "right" }, { title: "Of" }, { title: "For" }, { title: "Serial number" }],
      rows.map(({ number, entity, type, serialNumber }) => [String(number), String(entity), String(type), serialNumber]),
      { width: output.width },
    ),
  );
}

async function request(output: Output, options: CertificateOptions, target: string): Promise<void> {
  if (!Object.hasOwn(purposes, options.purpose))
    throw new ConfigError("--purpose", `expected sign or agree, got ${JSON.stringify(options.purpose)}`);
  const purpose = purposes[options.purpose as keyof typeof purposes];
  const csr = await inSetup(output, options, target, async (client, setup) => {
    await client.invoke(SecuritySetupV1, setup, "generateKeyPair", purpose);
    return client.invoke(SecuritySetupV1, setup, "generateCertificateRequest", purpose);
  });
  write(options.out ?? "", toPem("CERTIFICATE REQUEST", csr), output);
}

async function importAll(output: Output, options: CertificateOptions, target: string, file: string): Promise<void> {
  const { anchors, others } = CertificateBundle.read(file, process.cwd(), "FILE");
  const certificates = [...anchors, ...others];
  await inSetup(output, options, target, async (client, setup) => {
    for (const { octets } of certificates) await client.invoke(SecuritySetupV1, setup, "importCertificate", octets);
  });
  output.result({ imported: certificates.length }, () => `${certificates.length} imported`);
}

async function exportOne(output: Output, options: CertificateOptions, target: string, number: string): Promise<void> {
  const octets = await inSetup(output, options, target, async (client, setup) =>
    client.invoke(SecuritySetupV1, setup, "exportCertificate", await identified(client, setup, number)),
  );
  write(options.out ?? "", toPem("CERTIFICATE", octets), output);
}

async function remove(output: Output, options: CertificateOptions, target: string, number: string): Promise<void> {
  await inSetup(output, options, target, async (client, setup) => {
    await client.invoke(SecuritySetupV1, setup, "removeCertificate", await identified(client, setup, number));
  });
  output.result({ removed: Number(number) }, () => `certificate ${number} removed`);
}

/** What names the certificate with a number in the list. */
async function identified(client: DlmsClient, setup: LogicalName, number: string): Promise<CertificateIdentification> {
  const certificates: readonly CertificateInfo[] = await client.get(SecuritySetupV1, setup, "certificates");
  const found = /^\d+$/.test(number) ? certificates[Number(number) - 1] : undefined;
  if (found === undefined)
    throw new ConfigError("NUMBER", `expected a number from 1 to ${certificates.length}, got ${JSON.stringify(number)}`);
  return { by: "serial-number", options: { serialNumber: found.serialNumber, issuer: found.issuer } };
}

function write(file: string, text: string, output: Output): void {
  try {
    writeFileSync(file, text, { flag: "wx" });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ConfigError("--out", `cannot write ${file}: ${code === "EEXIST" ? "it is there already" : (code ?? "unknown failure")}`, {
      cause,
    });
  }
  output.result({ file, bytes: readFileSync(file).length }, () => file);
}
