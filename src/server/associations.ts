import type { AccessRole } from "../cosem-objects/access.ts";
import type { AssociationSecurity } from "../dlms/association/protection.ts";
import type { ServerAuthentication } from "../dlms/association/server-options.ts";
import type { Conformance } from "../dlms/xdlms/conformance.ts";
import { InvariantError } from "../errors.ts";

/** What both sides know of an association that is never opened (Green Book 9.4.2). */
export interface PreEstablished {
  readonly conformance: Conformance;
  /** Longest APDU the client takes, in octets. */
  readonly clientMaxReceivePduSize: number;
}

/** An association that a server foresees: who may open it, how, and what for. */
export interface AssociationDeclaration {
  readonly clientSap: number;
  readonly role: AccessRole;
  readonly authentication: ServerAuthentication;
  /** Keys under which everything is, with their counters; undefined in clear. */
  readonly security?: AssociationSecurity;
  /** The association stands without being opened: for unconfirmed services, broadcast and notifications. */
  readonly preEstablished?: PreEstablished;
}

/** The associations of a server, by client SAP; they hold for every logical device. */
export class AssociationTable {
  readonly #byClient = new Map<number, AssociationDeclaration>();

  /** @throws InvariantError when two associations share a client SAP */
  constructor(declarations: readonly AssociationDeclaration[]) {
    for (const declaration of declarations) {
      if (this.#byClient.has(declaration.clientSap)) throw new InvariantError(`two associations for client ${declaration.clientSap}`);
      this.#byClient.set(declaration.clientSap, declaration);
    }
  }

  find(clientSap: number): AssociationDeclaration | undefined {
    return this.#byClient.get(clientSap);
  }

  [Symbol.iterator](): IterableIterator<AssociationDeclaration> {
    return this.#byClient.values();
  }
}
