import { NtpSetup } from "../../../cosem-objects/classes/ntp-setup.ts";
import { bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import type { Meter } from "../../../meter-model/index.ts";
import { named, parametersOf, upTo, within } from "./parameters-of.ts";

/** Port of time servers (RFC 5905). */
const ntpPort = 123;

/** The setup of a time server, which the virtual meter keeps; there is nobody in it to ask one, so `synchronize` is not available. */
export function ntpObjects(meter: Meter): readonly CosemObject[] {
  const logicalName = "0.0.25.10.0.255";
  const at = parametersOf(meter, NtpSetup, logicalName);
  const keys = at("authenticationKeys", []);
  const without = (keyId: number) => keys.get().filter((key) => key.keyId !== keyId);
  return [
    bind(NtpSetup, {
      logicalName,
      attributes: {
        activated: at("activated", false),
        serverAddress: at("serverAddress", new Uint8Array(), upTo(255)),
        serverPort: at("serverPort", ntpPort, within(1, 0xffff)),
        authenticationMethod: at("authenticationMethod", "none", named),
        authenticationKeys: keys,
        clientKey: at("clientKey", new Uint8Array()),
      },
      methods: {
        addAuthenticationKey: (key) => keys.set([...without(key.keyId), key]),
        deleteAuthenticationKey: (keyId) =>
          keys.get().some((key) => key.keyId === keyId) ? keys.set(without(keyId)) : refuse("other-reason"),
      },
    }),
  ];
}
