import { fromHex } from "../../../src/bytes/hex.ts";
import type { ClientAssociationOptions } from "../../../src/dlms/association/client-options.ts";
import type { AssociationSecurity, ProtectionLevel } from "../../../src/dlms/association/protection.ts";
import type { ServerAssociationOptions } from "../../../src/dlms/association/server-options.ts";
import type { HlsCredentials } from "../../../src/dlms/security/hls.ts";
import { InvocationCounterReceiver, InvocationCounterSender } from "../../../src/dlms/security/invocation-counter.ts";
import { SecretKey } from "../../../src/dlms/security/secret-key.ts";
import type { SecuritySuite } from "../../../src/dlms/security/suite.ts";
import type { SystemTitle } from "../../../src/dlms/security/system-title.ts";

export const both: ProtectionLevel = { authenticated: true, encrypted: true };
export const authenticatedOnly: ProtectionLevel = { authenticated: true, encrypted: false };
export const encryptedOnly: ProtectionLevel = { authenticated: false, encrypted: true };

export const clientTitle = fromHex("4D4D4D0000BC614E");
export const serverTitle = fromHex("4D4D4D0000000001");

const material = (octet: number, suite: SecuritySuite): SecretKey =>
  SecretKey.from(Uint8Array.from({ length: suite === 2 ? 32 : 16 }, (_, index) => octet + index));

export const keys = {
  global: (suite: SecuritySuite = 0) => material(0x00, suite),
  authentication: (suite: SecuritySuite = 0) => material(0xd0, suite),
  broadcast: (suite: SecuritySuite = 0) => material(0x40, suite),
  dedicated: (suite: SecuritySuite = 0) => material(0x80, suite),
  other: (suite: SecuritySuite = 0) => material(0x20, suite),
};

/** Counters of one end, for each peer and key. */
export class Counters {
  readonly #received = new Map<string, InvocationCounterReceiver>();

  readonly receive = (originator: SystemTitle, key: string): InvocationCounterReceiver => {
    const name = `${[...originator].join()}/${key}`;
    const counter = this.#received.get(name) ?? new InvocationCounterReceiver();
    this.#received.set(name, counter);
    return counter;
  };
}

/** One end's security, with counters of its own unless some are given. */
export function security(systemTitle: Uint8Array, fields: Partial<AssociationSecurity> = {}): AssociationSecurity {
  const { suite = 0 } = fields;
  return {
    suite,
    systemTitle,
    globalKey: keys.global(suite),
    authenticationKey: keys.authentication(suite),
    policy: both,
    sendCounter: new InvocationCounterSender(),
    receiveCounter: new Counters().receive,
    ...fields,
  };
}

let state = 1;

/** Octets that do not come again within any test, and are the same from run to run. */
export const random = (length: number): Uint8Array =>
  Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });

export const gmac = (suite: SecuritySuite = 0, key = keys.global(suite)): HlsCredentials => ({
  mechanism: "hls-gmac",
  suite,
  key,
  authenticationKey: keys.authentication(suite),
});

/** Options of both ends for one association with HLS and GMAC, everything authenticated and encrypted. */
export function secureOptions(
  client: Partial<AssociationSecurity> = {},
  server: Partial<AssociationSecurity> = {},
): { readonly client: Partial<ClientAssociationOptions>; readonly server: Partial<ServerAssociationOptions> } {
  const { suite = 0 } = server;
  return {
    client: {
      security: security(clientTitle, client),
      authentication: { mechanism: "hls", credentials: gmac(suite), systemTitle: clientTitle, random },
    },
    server: {
      security: security(serverTitle, server),
      authentication: { mechanism: "hls", credentials: gmac(suite), systemTitle: serverTitle },
      random,
    },
  };
}
