import { AutoAnswer } from "../../../cosem-objects/classes/auto-answer.ts";
import { AutoConnect } from "../../../cosem-objects/classes/auto-connect.ts";
import { GprsModemSetup } from "../../../cosem-objects/classes/gprs-modem-setup.ts";
import { GsmDiagnostic } from "../../../cosem-objects/classes/gsm-diagnostic.ts";
import { ModemConfiguration } from "../../../cosem-objects/classes/modem-configuration.ts";
import { bind, type CosemObject } from "../../../cosem-objects/object.ts";
import { unspecifiedDateTime } from "../../../dlms/axdr/date-time.ts";
import type { Meter } from "../../../meter-model/index.ts";
import { named, parametersOf, upTo, within } from "./parameters-of.ts";

/** Setups of a modem and what it finds. The virtual meter has none: it keeps the settings and never connects by itself. */
export function modemObjects(meter: Meter): readonly CosemObject[] {
  return [modemConfiguration(meter), autoConnect(meter), autoAnswer(meter), gprs(meter), gsmDiagnostic()];
}

function modemConfiguration(meter: Meter): CosemObject {
  const logicalName = "0.0.2.0.0.255";
  const at = parametersOf(meter, ModemConfiguration, logicalName);
  return bind(ModemConfiguration, {
    logicalName,
    attributes: {
      commSpeed: at("commSpeed", "9600", named),
      initializationString: at("initializationString", []),
      modemProfile: at("modemProfile", []),
    },
  });
}

function autoConnect(meter: Meter): CosemObject {
  const logicalName = "0.0.2.1.0.255";
  const at = parametersOf(meter, AutoConnect, logicalName);
  return bind(AutoConnect, {
    logicalName,
    attributes: {
      mode: at("mode", "never", named),
      repetitions: at("repetitions", 3),
      repetitionDelay: at("repetitionDelay", 60),
      callingWindow: at("callingWindow", []),
      destinationList: at("destinationList", []),
    },
  });
}

function autoAnswer(meter: Meter): CosemObject {
  const logicalName = "0.0.2.2.0.255";
  const at = parametersOf(meter, AutoAnswer, logicalName);
  return bind(AutoAnswer, {
    logicalName,
    attributes: {
      mode: at("mode", 0),
      listeningWindow: at("listeningWindow", []),
      status: "inactive",
      numberOfCalls: at("numberOfCalls", 0),
      numberOfRings: at("numberOfRings", { inWindow: 1, outOfWindow: 0 }),
      listOfAllowedCallers: at("listOfAllowedCallers", []),
    },
  });
}

function gprs(meter: Meter): CosemObject {
  const logicalName = "0.0.25.4.0.255";
  const at = parametersOf(meter, GprsModemSetup, logicalName);
  /** 0 subscribes to whatever the network gives. */
  const subscribed = { precedence: 0, delay: 0, reliability: 0, peakThroughput: 0, meanThroughput: 0 };
  return bind(GprsModemSetup, {
    logicalName,
    attributes: {
      apn: at("apn", new Uint8Array(), upTo(100)),
      pinCode: at("pinCode", 0, within(0, 9999)),
      qualityOfService: at("qualityOfService", { least: subscribed, requested: subscribed }),
    },
  });
}

/** Not known, for signal quality and bit error rate (3GPP TS 27.007, +CSQ). */
const unknownQuality = 99;

function gsmDiagnostic(): CosemObject {
  return bind(GsmDiagnostic, {
    logicalName: "0.0.25.6.0.255",
    attributes: {
      operator: "",
      status: "not-registered",
      circuitSwitchedAttachment: "inactive",
      packetSwitchedStatus: "inactive",
      cellInfo: {
        cellId: 0,
        locationId: 0,
        signalQuality: unknownQuality,
        bitErrorRate: unknownQuality,
        mobileCountryCode: 0,
        mobileNetworkCode: 0,
        channelNumber: 0,
      },
      adjacentCells: [],
      captureTime: unspecifiedDateTime,
    },
  });
}
