import { fromHex } from "../../bytes/hex.ts";
import type { AssociationSecurity } from "../../dlms/association/protection.ts";
import { InvocationCounterReceiver, InvocationCounterSender } from "../../dlms/security/invocation-counter.ts";
import { SecretKey } from "../../dlms/security/secret-key.ts";
import { parseSystemTitle } from "../../dlms/security/system-title.ts";
import { protectionLevels } from "../keys/protection-level.ts";

/** The client of the measured server that has keys. */
export const securedClient = 1;

const systemTitles = { client: "4D4D4D0000BC614E", meter: "4D4D4D0000000001" } as const;

/** Security of one end: suite 0, authenticated and encrypted, under keys that protect nothing but the measurement. */
export function benchSecurity(side: keyof typeof systemTitles): AssociationSecurity {
  const receiver = new InvocationCounterReceiver();
  return {
    suite: 0,
    systemTitle: parseSystemTitle(systemTitles[side]),
    globalKey: SecretKey.from(fromHex("000102030405060708090A0B0C0D0E0F")),
    authenticationKey: SecretKey.from(fromHex("D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF")),
    policy: protectionLevels.both,
    sendCounter: new InvocationCounterSender(),
    receiveCounter: () => receiver,
  };
}
