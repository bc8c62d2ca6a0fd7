import { decipherUnverified, type Unprotected, unprotect } from "../dlms/security/apdu-cipher.ts";
import { verifyGeneral } from "../dlms/security/general-signing.ts";
import { checkSystemTitle, formatSystemTitle } from "../dlms/security/system-title.ts";
import { type ApduKind, tagMeaning } from "../dlms/xdlms/tags.ts";
import { DecodeError, SecurityError } from "../errors.ts";
import { generalWays } from "./general-ways.ts";
import { type DecipheringKeys, KeyRing } from "./key-ring.ts";
import { KnownTitles, type Side } from "./known-titles.ts";
import { lawfulKind, type Opening } from "./opening.ts";
import { bodyOf, type CipheredApdu, type ProtectedApdu, type SecurityFlags, type SignedApdu } from "./protected-apdu.ts";
import { misfitOf, type Way } from "./way.ts";

/**
 * Opens protected APDUs as one who listens: with keys of either side, whatever the direction, and with what the input
 * itself tells of titles and keys. It never throws for what an APDU holds; what fails says why and what to check.
 */
export class Decipherer {
  readonly #keys: DecipheringKeys;
  readonly #ring: KeyRing;
  readonly #titles: KnownTitles;
  /** Keys with senders that have opened an APDU, so that a failure is not theirs. */
  readonly #proven = new Set<string>();

  constructor(keys: DecipheringKeys = {}) {
    this.#keys = keys;
    this.#ring = new KeyRing(keys);
    this.#titles = new KnownTitles(keys.systemTitles ?? []);
  }

  /** The system title of a side of an association, as its AARQ or AARE has it. */
  learnTitle(title: Uint8Array, side: Side): void {
    this.#titles.learn(title, side);
  }

  /** The dedicated key of an Initiate request. */
  learnDedicatedKey(octets: Uint8Array): void {
    this.#ring.learnDedicated(octets);
  }

  /** Takes the protection off. */
  open(apdu: ProtectedApdu): Opening {
    return "signature" in apdu ? this.#openSigned(apdu) : this.#openCiphered(apdu);
  }

  #openSigned({ header, content, octets }: SignedApdu): Opening {
    this.#titles.learn(header.originatorSystemTitle, undefined);
    const { verificationKey } = this.#keys;
    if (verificationKey === undefined) {
      return { plain: content, authenticated: false, note: "the signature is not verified: needs the verification key" };
    }
    try {
      // Whoever listens stands in for the recipient.
      const checks = { systemTitle: header.recipientSystemTitle, verificationKeyOf: () => verificationKey };
      return { plain: verifyGeneral(checks, octets).content, authenticated: true };
    } catch (error) {
      if (error instanceof SecurityError && error.code === "signature-invalid") {
        const sender = formatSystemTitle(header.originatorSystemTitle);
        return {
          error: "the signature does not verify: wrong key, or changed on the way",
          hint: `check the verification key of ${sender}, or leave it out to see what the APDU says`,
        };
      }
      return refusal(error);
    }
  }

  #openCiphered(apdu: CipheredApdu): Opening {
    const { control, systemTitle, header } = apdu;
    const unusable = control.compressed
      ? "compressed (V.44), which is not supported"
      : misfitOf(control, { "authentication key": this.#keys.authenticationKey });
    if (unusable !== undefined) return { error: unusable };
    try {
      if (systemTitle !== undefined && systemTitle.length > 0) checkSystemTitle(systemTitle);
      const ways = header === undefined ? this.#waysOf(apdu) : generalWays(apdu, header, this.#keys, this.#ring);
      if (systemTitle !== undefined) this.#titles.learn(systemTitle, undefined);
      if (typeof ways === "string") return closed(apdu, ways);
      return ways.length === 0 ? closed(apdu, "needs the encryption key") : this.#try(apdu, ways);
    } catch (error) {
      return refusal(error);
    }
  }

  /** Ways to open an APDU whose key follows from its form, or what there is missing for any. */
  #waysOf({ kind, protection, systemTitle, control, content }: CipheredApdu): readonly Way[] | string {
    const { authenticationKey } = this.#keys;
    const dedicated = protection === "dedicated" || protection === "general-ded-ciphering";
    const keys = dedicated ? this.#ring.dedicated : control.broadcast ? this.#ring.broadcast : this.#ring.unicast;
    if (keys.length === 0) return `needs the ${dedicated ? "dedicated key" : control.broadcast ? "broadcast key" : "encryption key"}`;
    const named = systemTitle !== undefined && systemTitle.length > 0;
    const senders = named ? [systemTitle] : this.#titles.sendersOf(kind);
    if (senders.length === 0) return "needs the system title of the sender";
    return keys.flatMap(({ name, key }) =>
      senders.map((sender): Way => {
        const options = { key, authenticationKey, systemTitle: sender, acceptUnauthenticated: true };
        return {
          keyName: name,
          key,
          sender,
          open: () => unprotect(options, sender, content),
          peek: () => decipherUnverified(options, sender, content),
        };
      }),
    );
  }

  #try(apdu: CipheredApdu, ways: readonly Way[]): Opening {
    const { control } = apdu;
    let refused: SecurityError | undefined;
    const open: Way[] = [];
    for (const way of ways) {
      const opened = attempt(control, way, way.open);
      if (opened instanceof SecurityError) {
        if (opened.code === "deciphering-failed") open.push(way);
        else refused ??= opened;
      } else if (control.authenticated || this.#isBelieved(apdu, way, opened.plain)) {
        return this.#opened(way, opened.plain, control.authenticated);
      } else {
        open.push(way);
      }
    }
    if (refused === undefined || open.length > 0) return this.#explainFailure(apdu, open);
    return refused.code === "unknown-key" ? closed(apdu, refused.message) : refusal(refused);
  }

  #explainFailure(apdu: CipheredApdu, ways: readonly Way[]): Opening {
    const { authenticationKey } = this.#keys;
    const { authenticated, encrypted } = apdu.control;
    const known = ways.some((way) => this.#proven.has(nameOf(way)));
    const senders = [...new Set(ways.map(({ sender }) => formatSystemTitle(sender)))].join(", ");
    const changed = {
      error: `changed on the way: ${authenticated ? "the tag does not match" : "no APDU comes out"}`,
      hint: `the same keys open other APDUs of ${apdu.systemTitle?.length ? "this sender" : `${senders}, if that is the sender`}`,
    };
    const keyNames = [...new Set(ways.map(({ keyName }) => keyName))].join(", ");
    if (!encrypted) {
      if (authenticationKey === undefined) return closed(apdu, "needs the authentication key");
      if (known) return changed;
      return {
        error: "wrong key, or changed on the way: the tag does not match",
        hint: `check the ${keyNames}, the authentication key and the system title of the sender (${senders}), or leave the authentication key out to see what the APDU says`,
      };
    }
    for (const way of authenticated ? ways : []) {
      const opened = attempt(apdu.control, way, way.peek);
      if (opened instanceof SecurityError || !this.#isBelieved(apdu, way, opened.plain)) continue;
      if (authenticationKey === undefined)
        return { ...this.#opened(way, opened.plain, false), note: "not authenticated: needs the authentication key" };
      if (known) return changed;
      return {
        error: "wrong authentication key, or changed on the way: the tag does not match",
        hint: `the ${way.keyName} gives a lawful ${kindOf(opened.plain)}; check the authentication key, or leave it out to see what the APDU says`,
      };
    }
    if (known) return changed;
    return {
      error: "wrong key, or changed on the way: no APDU comes out",
      hint: `check the ${keyNames} and the system title of the sender (${senders})`,
    };
  }

  #opened({ keyName, remark, ...way }: Way, plain: Uint8Array, authenticated: boolean): Opening {
    this.#proven.add(nameOf({ keyName, ...way }));
    return { plain, authenticated, key: keyName, ...(remark !== undefined && { note: remark }) };
  }

  /** Whether octets that no tag vouches for are what the APDU promises: a wrong key makes noise. */
  #isBelieved({ kind, control, protection }: CipheredApdu, way: Way, plain: Uint8Array): boolean {
    if (!control.encrypted) return true;
    const promised = protection === "global" || protection === "dedicated" ? kind : undefined;
    // Some meters leave octets behind their APDUs; without a promise of what is inside, that would let too much noise pass.
    const found = this.#proven.has(nameOf(way)) ? kindOf(plain) : lawfulKind(plain, promised === undefined);
    return found !== undefined && (promised === undefined || promised === found);
  }
}

function nameOf({ keyName, sender }: Pick<Way, "keyName" | "sender">): string {
  return `${keyName} ${formatSystemTitle(sender)}`;
}

function kindOf(plain: Uint8Array): ApduKind | undefined {
  return tagMeaning(plain[0] ?? -1)?.kind;
}

/** What cannot be opened for want of something, which leaves to be read what is in clear. */
function closed(apdu: CipheredApdu, want: string): Opening {
  if (apdu.control.encrypted) return { note: `ciphered: ${want}` };
  const { start, end } = bodyOf(apdu);
  return { plain: apdu.content.subarray(start, end), authenticated: false, note: `not authenticated: ${want}` };
}

function attempt(control: SecurityFlags, { keyName, key }: Way, action: () => Unprotected): Unprotected | SecurityError {
  const misfit = misfitOf(control, { [keyName]: key });
  if (misfit !== undefined) return new SecurityError("suite-mismatch", misfit);
  try {
    return action();
  } catch (error) {
    if (error instanceof SecurityError) return error;
    throw error;
  }
}

/** An error of the APDU as what came of it; our own faults are passed on. */
function refusal(error: unknown): Opening {
  if (error instanceof SecurityError || error instanceof DecodeError)
    return { error: error.message, ...(error.hint !== undefined && { hint: error.hint }) };
  throw error;
}
