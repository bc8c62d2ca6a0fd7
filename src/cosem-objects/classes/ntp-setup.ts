import {
  arrayOf,
  boolean,
  doubleLongUnsigned,
  enumeration,
  integer,
  longUnsigned,
  octetString,
  structure,
} from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** A key that client and time server share. */
export const ntpKey = structure({ keyId: doubleLongUnsigned, key: octetString });
export type NtpKey = Infer<typeof ntpKey>;

/** NTP setup, class 100 version 0 (Blue Book 4.9.7). */
export const NtpSetup = defineClass({
  classId: 100,
  version: 0,
  name: "NTP setup",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    activated: attribute(2, boolean, "rw", "whether the clock follows the time server"),
    serverAddress: attribute(3, octetString, "rw", "address of the time server"),
    serverPort: attribute(4, longUnsigned, "rw", "UDP port of the time server"),
    authenticationMethod: attribute(
      5,
      enumeration({ none: 0, "shared-secrets": 1, "autokey-iff": 2 }),
      "rw",
      "how the time server proves itself",
    ),
    authenticationKeys: attribute(6, arrayOf(ntpKey), "w", "keys that client and server share"),
    clientKey: attribute(7, octetString, "w", "public key of the server (autokey)"),
  },
  methods: {
    synchronize: method(1, integer, "asks the time server now"),
    addAuthenticationKey: method(2, ntpKey, "adds a key, or replaces that with the same number"),
    deleteAuthenticationKey: method(3, doubleLongUnsigned, "removes the key with a number"),
  },
});
