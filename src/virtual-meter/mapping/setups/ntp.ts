import { NtpSetup } from "../../../cosem-objects/classes/ntp-setup.ts";
import { Register } from "../../../cosem-objects/classes/register.ts";
import type { LogicalName } from "../../../cosem-objects/logical-name.ts";
import { bind, type CosemObject, refuse } from "../../../cosem-objects/object.ts";
import { anyData } from "../../../dlms/axdr/data.ts";
import type { Meter } from "../../../meter-model/index.ts";
import { quantities, quantityData } from "../quantity.ts";
import { parameter } from "./parameter.ts";
import { named, parametersOf, upTo, within } from "./parameters-of.ts";

/** Port of time servers (RFC 5905). */
const ntpPort = 123;

/** Deviation, in seconds, within which a time server may set the clock. */
const synchronisationWindow: LogicalName = "1.0.0.9.9.255";

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
    bind(Register, {
      logicalName: synchronisationWindow,
      attributes: {
        value: parameter(meter, {
          logicalName: synchronisationWindow,
          attribute: Register.attributes.value.id,
          schema: anyData,
          initial: quantityData(quantities.shortSeconds, 10),
          permits: ({ type }) => type === quantities.shortSeconds.type,
        }),
        scalerUnit: { scaler: quantities.shortSeconds.scaler, unit: quantities.shortSeconds.unit },
      },
    }),
  ];
}
