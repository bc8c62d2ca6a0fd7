import { randomBytes } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import { ClientCounters, type CounterBook } from "../../client/client-counters.ts";
import { keyId } from "../../dlms/security/key-id.ts";
import type { SecretKey } from "../../dlms/security/secret-key.ts";
import { formatSystemTitle, parseSystemTitle, type SystemTitle } from "../../dlms/security/system-title.ts";

/** Three letters that no manufacturer of meters has, and five octets drawn once. */
const manufacturer = "DGW";
const drawnOctets = 5;

/** What an installation needs of its folder. */
interface InstallationBook extends CounterBook {
  text(name: string, make: () => string): string;
}

/**
 * What makes this installation a client of its own: a system title, drawn when the folder is made, and the invocation
 * counters of its keys. They are lost together, so that a lost folder repeats no counter under the title it was used with.
 */
export class Installation {
  static readonly #open = new Map<string, Installation>();

  /** The name of this side, unless a target names another. */
  readonly systemTitle: SystemTitle;
  readonly #book: InstallationBook;
  readonly #counters = new Map<string, ClientCounters>();

  private constructor(book: InstallationBook) {
    this.#book = book;
    this.systemTitle = parseSystemTitle(book.text("system-title", () => manufacturer + randomBytes(drawnOctets).toString("hex")));
  }

  /** The installation of a folder, the same one each time in this process. @throws StoreError */
  static async open(folder: string): Promise<Installation> {
    // Loaded here, so that commands without keys do not wait for a database.
    const { LmdbCounterStore } = await import("../../store/lmdb-counter-store.ts");
    const known = Installation.#open.get(folder);
    if (known !== undefined) return known;
    const opened = new Installation(new LmdbCounterStore(folder));
    Installation.#open.set(folder, opened);
    return opened;
  }

  /** The counters of a key under a system title, for every association of this process that uses both. */
  counters(systemTitle: SystemTitle, key: SecretKey): ClientCounters {
    const id = keyId(key);
    const name = `${formatSystemTitle(systemTitle)}/${id}`;
    const known = this.#counters.get(name);
    if (known !== undefined) return known;
    const counters = new ClientCounters(this.#book, systemTitle, id);
    this.#counters.set(name, counters);
    return counters;
  }

  /** Notes that a dedicated key is used; false where it was before. */
  readonly claimDedicatedKey = (key: SecretKey): boolean => this.#book.allot(`dedicated/${keyId(key)}`, 1) === 0;
}

/** Where the commands of a user keep their counters: not among what may be deleted at any time. */
export function userInstallationFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const base = environment["XDG_STATE_HOME"];
  return join(base === undefined || base === "" ? join(homedir(), ".local", "state") : base, "dlms-gateway", "counters");
}
