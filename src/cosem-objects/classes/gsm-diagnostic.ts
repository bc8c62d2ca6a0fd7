import {
  arrayOf,
  doubleLongUnsigned,
  enumeration,
  longUnsigned,
  structure,
  unsigned,
  visibleString,
} from "../../dlms/axdr/data-schemas.ts";
import { bareDateTime } from "../bare-date-time.ts";
import { attribute, defineClass } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** The cell that the modem uses: signal quality as 3GPP TS 27.007 counts it, 99 for not known. */
export const cellInfo = structure({
  cellId: doubleLongUnsigned,
  locationId: longUnsigned,
  signalQuality: unsigned,
  bitErrorRate: unsigned,
  mobileCountryCode: longUnsigned,
  mobileNetworkCode: longUnsigned,
  channelNumber: doubleLongUnsigned,
});

/** GSM diagnostic, class 47 version 1 (Blue Book 4.7.8). */
export const GsmDiagnostic = defineClass({
  classId: 47,
  version: 1,
  name: "GSM diagnostic",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    operator: attribute(2, visibleString, "r", "name of the network", { dynamic: true }),
    status: attribute(
      3,
      enumeration({ "not-registered": 0, home: 1, searching: 2, denied: 3, unknown: 4, roaming: 5 }),
      "r",
      "registration of the modem",
      { dynamic: true },
    ),
    circuitSwitchedAttachment: attribute(4, enumeration({ inactive: 0, "incoming-call": 1, active: 2 }), "r", "circuit switched status", {
      dynamic: true,
    }),
    packetSwitchedStatus: attribute(
      5,
      enumeration({
        inactive: 0,
        gprs: 1,
        edge: 2,
        umts: 3,
        hsdpa: 4,
        lte: 5,
        cdma: 6,
        "lte-cat-m1": 7,
        "lte-cat-nb1": 8,
        "lte-cat-nb2": 9,
      }),
      "r",
      "packet switched status",
      { dynamic: true },
    ),
    cellInfo: attribute(6, cellInfo, "r", "the cell in use", { dynamic: true }),
    adjacentCells: attribute(7, arrayOf(structure({ cellId: doubleLongUnsigned, signalQuality: unsigned })), "r", "cells beside it", {
      dynamic: true,
    }),
    captureTime: attribute(8, bareDateTime, "r", "when all this was found", { dynamic: true }),
  },
  methods: {},
});
