import type { AssociationOptions } from "../../src/client/connect.ts";
import { bitsOfProtection } from "../../src/cosem-objects/required-protection.ts";
import type { ProtectionLevel } from "../../src/dlms/association/protection.ts";
import { InvocationCounterSender } from "../../src/dlms/security/invocation-counter.ts";
import type { SecretKey } from "../../src/dlms/security/secret-key.ts";
import { secureRandom } from "../../src/dlms/security/secure-random.ts";
import type { SecuritySuite } from "../../src/dlms/security/suite.ts";
import type { DlmsServer } from "../../src/server/dlms-server.ts";
import { VirtualTimers } from "../../src/session/timers.ts";
import { MeterCounters } from "../../src/virtual-meter/meter-counters.ts";
import { type MeterRole, securitySetupName } from "../../src/virtual-meter/roles.ts";
import { AssociationKeys, credentialsOf } from "../../src/virtual-meter/security/association-keys.ts";
import type { KeyRing } from "../../src/virtual-meter/security/key-ring.ts";
import { type KeyStore, MemoryKeyStore } from "../../src/virtual-meter/security/key-store.ts";
import { SecuritySetup, type SecuritySetupOptions } from "../../src/virtual-meter/security/security-setup.ts";
import { type MeterAssociation, virtualMeterServer } from "../../src/virtual-meter/virtual-meter.ts";
import { Counters, clientTitle, keys, serverTitle } from "../dlms/association/secure-pair.ts";
import { identity, readerPassword, sampleMeter } from "./sample-meter.ts";

export const both: ProtectionLevel = { authenticated: true, encrypted: true };
const signedToo = { signed: false, ...both };

/** Client SAPs of the roles, those of the demonstration. */
export const clients = { management: 1, reader: 2, technician: 3, vending: 4, firmware: 5, public: 16, "pre-established": 102 } as const;

/** The keys of a meter when it leaves the factory. */
export const factoryKeys = (suite: SecuritySuite) => ({
  "global-unicast": keys.global(suite),
  authentication: keys.authentication(suite),
  "global-broadcast": keys.broadcast(suite),
  master: keys.other(suite),
});

export interface SecuredMeterOptions extends Partial<SecuritySetupOptions> {
  readonly suite?: SecuritySuite;
  readonly mechanism?: "gmac" | "ecdsa";
  readonly roles?: readonly MeterRole[];
  readonly ring?: Partial<KeyRing>;
  readonly counters?: MeterCounters;
}

const secured: ReadonlySet<MeterRole> = new Set(["technician", "management", "vending", "firmware", "pre-established"]);

/** A meter whose roles but public are under keys, though the reader may do without, as it starts with what its store has. */
export class SecuredMeter {
  readonly store: KeyStore;
  readonly counters: MeterCounters;
  readonly server: DlmsServer;
  readonly meter = sampleMeter(3_600_000);
  readonly setups = new Map<MeterRole, SecuritySetup>();

  constructor(options: SecuredMeterOptions & { readonly server?: Partial<Parameters<typeof virtualMeterServer>[0]> } = {}) {
    const {
      suite = 0,
      mechanism = "gmac",
      store = new MemoryKeyStore(),
      counters = new MeterCounters(undefined),
      ring,
      server,
      ...more
    } = options;
    const { roles = ["public", "reader", "technician", "management", "vending", "firmware", "pre-established"] } = options;
    this.store = store;
    this.counters = counters;
    const associations = roles.map((role): MeterAssociation => {
      const clientSap = clients[role];
      if (role === "public") return { role, clientSap, authentication: { mechanism: "none" } };
      const setup = new SecuritySetup({
        logicalName: securitySetupName(role),
        version: 1,
        suite,
        serverSystemTitle: serverTitle,
        store,
        random: secureRandom,
        initial: {
          policy: secured.has(role) ? bitsOfProtection({ request: signedToo, response: signedToo }) : 0,
          keys: factoryKeys(suite),
          ...ring,
        },
        ...more,
      });
      this.setups.set(role, setup);
      const security = new AssociationKeys(setup, counters);
      const preEstablished = { conformance: new Set(["set", "action", "access"] as const), clientMaxReceivePduSize: 0xffff };
      if (role === "reader") return { role, clientSap, authentication: { mechanism: "lls", password: readerPassword }, setup, security };
      return role === "pre-established"
        ? { role, clientSap, authentication: { mechanism: "none" }, setup, security, preEstablished }
        : {
            role,
            clientSap,
            authentication: { mechanism: "hls", credentials: credentialsOf(mechanism, setup, security), systemTitle: serverTitle },
            setup,
            security,
          };
    });
    this.server = virtualMeterServer({
      meter: this.meter,
      identity,
      associations,
      onFailure: (error) => {
        throw error;
      },
      // Nobody waits for connections that tests leave open.
      timers: new VirtualTimers(),
      ...server,
    });
  }
}

/** One sending counter for each encryption key, as a client has to have it. */
const senders = new Map<string, InvocationCounterSender>();

/** Options of a client under keys. */
export function asClient(
  role: MeterRole,
  suite: SecuritySuite,
  globalKey: SecretKey = keys.global(suite),
  authenticationKey: SecretKey = keys.authentication(suite),
): AssociationOptions {
  const name = Buffer.from(globalKey.exposeSecret()).toString("hex");
  const sendCounter = senders.get(name) ?? new InvocationCounterSender({ next: 1 });
  senders.set(name, sendCounter);
  return {
    clientSap: clients[role],
    timeout: 60_000,
    authentication: {
      mechanism: "hls",
      credentials: { mechanism: "hls-gmac", suite, key: globalKey, authenticationKey },
      systemTitle: clientTitle,
      random: secureRandom,
    },
    security: {
      suite,
      systemTitle: clientTitle,
      globalKey,
      authenticationKey,
      policy: both,
      sendCounter,
      receiveCounter: new Counters().receive,
    },
  };
}
