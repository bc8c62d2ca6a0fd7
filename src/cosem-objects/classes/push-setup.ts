import { anyData } from "../../dlms/axdr/data.ts";
import {
  arrayOf,
  doubleLongUnsigned,
  enumeration,
  integer,
  longUnsigned,
  octetString,
  structure,
  unsigned,
} from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { bareDateTime } from "../bare-date-time.ts";
import { captureObjects } from "../capture-object.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";
import { timeWindow } from "./auto-connect.ts";

/** Which rows of a profile are meant: by date, by entry, or all with a null value. */
export const restrictionElement = structure({ type: enumeration({ none: 0, date: 1, entry: 2 }), value: anyData });

/** An attribute to push, and which part of it. */
export const restrictedObject = structure({
  classId: longUnsigned,
  logicalName,
  attribute: integer,
  dataIndex: longUnsigned,
  restriction: restrictionElement,
});
export type RestrictedObject = Infer<typeof restrictedObject>;

const pushObjectV2 = structure({
  classId: longUnsigned,
  logicalName,
  attribute: integer,
  dataIndex: longUnsigned,
  restriction: restrictionElement,
  columns: captureObjects,
});

/** Where to and how a push goes; message types from 128 on are the manufacturer's. */
export const sendDestinationAndMethod = structure({
  transportService: enumeration({
    tcp: 0,
    udp: 1,
    ftp: 2,
    smtp: 3,
    sms: 4,
    hdlc: 5,
    "m-bus": 6,
    zigbee: 7,
    "dlms-gateway": 8,
    "coap-reliable": 9,
    "coap-unreliable": 10,
  }),
  destination: octetString,
  message: enumeration({ "a-xdr": 0, xml: 1 }),
});
export type SendDestinationAndMethod = Infer<typeof sendDestinationAndMethod>;

/** Protection of a push, with the parameters of general-ciphering. */
export const pushProtectionParameters = structure({
  protectionType: enumeration({ authentication: 0, encryption: 1, "authentication-and-encryption": 2, "digital-signature": 3 }),
  protectionOptions: structure({
    transactionId: octetString,
    originatorSystemTitle: octetString,
    recipientSystemTitle: octetString,
    otherInformation: octetString,
    keyInfo: anyData,
  }),
});

const identification = attribute(1, logicalName, "r", "identifies the object");

const sending = {
  sendDestinationAndMethod: attribute(3, sendDestinationAndMethod, "rw", "where to and how it is sent"),
  communicationWindow: attribute(4, arrayOf(timeWindow), "rw", "when it may be sent; always where there is none"),
  randomisationStartInterval: attribute(5, longUnsigned, "rw", "seconds within which sending begins at random"),
  numberOfRetries: attribute(6, unsigned, "rw", "how often it is sent again"),
} as const;

const repetitionDelay = attribute(7, longUnsigned, "rw", "seconds until it is sent again");

const sinceV1 = {
  portReference: attribute(8, logicalName, "rw", "setup of the port it goes through"),
  pushClientSap: attribute(9, integer, "rw", "SAP of the client"),
  pushProtectionParameters: attribute(10, arrayOf(pushProtectionParameters), "rw", "how it is protected"),
} as const;

const push = method(1, integer, "pushes now");

/** Push setup, class 40 version 0 (Blue Book 4.4.8). */
export const PushSetupV0 = defineClass({
  classId: 40,
  version: 0,
  name: "Push setup",
  attributes: {
    logicalName: identification,
    pushObjectList: attribute(2, captureObjects, "rw", "what is sent, in order"),
    ...sending,
    repetitionDelay,
  },
  methods: { push },
  firstMethodOffset: 0x38,
});

/** Push setup, class 40 version 1: parts of profiles, a port and protection (Blue Book 4.4.8). */
export const PushSetupV1 = defineClass({
  classId: 40,
  version: 1,
  name: "Push setup",
  attributes: {
    logicalName: identification,
    pushObjectList: attribute(2, arrayOf(restrictedObject), "rw", "what is sent, in order"),
    ...sending,
    repetitionDelay,
    ...sinceV1,
  },
  methods: { push },
});

/** Push setup, class 40 version 2: columns of profiles, growing delays and confirmation (Blue Book 4.4.8). */
export const PushSetupV2 = defineClass({
  classId: 40,
  version: 2,
  name: "Push setup",
  attributes: {
    logicalName: identification,
    pushObjectList: attribute(2, arrayOf(pushObjectV2), "rw", "what is sent, in order"),
    ...sending,
    repetitionDelay: attribute(
      7,
      structure({ least: longUnsigned, exponent: longUnsigned, most: longUnsigned }),
      "rw",
      "seconds until it is sent again, which grow by the exponent in percent",
    ),
    ...sinceV1,
    pushOperationMethod: attribute(
      11,
      enumeration({ "retry-on-failure": 0, "retry-without-confirmation": 1, confirmed: 2 }),
      "rw",
      "when it is sent again",
    ),
    confirmationParameters: attribute(
      12,
      structure({ startDate: bareDateTime, interval: doubleLongUnsigned }),
      "rw",
      "from when on, and in what interval in seconds, entries are to be confirmed",
    ),
    lastConfirmationDateTime: attribute(13, bareDateTime, "r", "until when entries are confirmed", { dynamic: true }),
  },
  methods: { push, reset: method(2, integer, "gives up what waits to be sent") },
});
