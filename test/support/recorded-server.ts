import { expect } from "chai";
import { decodeAare } from "../../src/dlms/acse/codec.ts";
import { DlmsServerConnection } from "../../src/dlms/association/server-connection.ts";
import type { ServerAuthentication } from "../../src/dlms/association/server-options.ts";
import type { ServiceRequest } from "../../src/dlms/association/services.ts";
import { decodeApdu } from "../../src/dlms/xdlms/apdu.ts";
import type { Conformance } from "../../src/dlms/xdlms/conformance.ts";
import { HdlcStation } from "../../src/hdlc/index.ts";
import { hour } from "../../src/meter-model/index.ts";
import { ServedTransport } from "../../src/server/served-transport.ts";
import { virtualMeterServer } from "../../src/virtual-meter/virtual-meter.ts";
import { WrapperStation } from "../../src/wrapper/index.ts";
import type { Serve } from "./recorded-client.ts";
import { type RecordedService, services } from "./recorded-services.ts";
import { exchanges, type Recording, recordedPassword } from "./recordings.ts";
import { identity, sampleMeter } from "./sample-meter.ts";
import { plain } from "./vectors.ts";

/** What the recorded server demanded of its client. */
function authenticationOf({ authentication }: Recording): ServerAuthentication {
  return authentication === "none" ? { mechanism: "none" } : { mechanism: "lls", password: recordedPassword };
}

const meter = sampleMeter(9 * hour);

/** SAP that no recorded client has. */
const anotherClient = 99;

/** The sample meter; it knows the recorded client if the recorded server did. */
export function sampleMeterFor(recording: Recording): Serve {
  const clientSap = recording.name.endsWith("unknown-client") ? anotherClient : recording.clientSap;
  return (transport, timers) => {
    const server = virtualMeterServer({
      meter,
      identity: { ...identity, managementSap: recording.serverSap },
      associations: [{ role: "reader", clientSap, authentication: authenticationOf(recording) }],
      timers,
      onFailure: fail,
    });
    server.serve(recording.link, transport);
  };
}

/** What a twin does otherwise than the recorded server. */
export interface TwinOptions {
  readonly conformance?: Conformance;
  /** Longest APDU that is sent, in octets. */
  readonly maxSendPduSize?: number;
}

/**
 * Our protocol with the recorded server's values: the services must come as they were recorded, and are answered so.
 * What it agrees to and the sizes of its APDUs are the recorded server's too, unless the options say otherwise.
 */
export function twinOf(recording: Recording, options: TwinOptions = {}): Serve {
  return (transport, timers) => {
    const { clientSap, serverSap, link } = recording;
    const recorded = services(recording);
    const script = recorded[Symbol.iterator]();
    const logicalDevices = [serverSap];
    const agreement = agreementOf(recording);
    new ServedTransport({
      transport,
      timers,
      link: link === "wrapper" ? new WrapperStation({ logicalDevices }) : new HdlcStation({ physicalAddress: 17, logicalDevices }),
      connect: (channel) => {
        expect(channel).to.deep.equal({ clientSap, serverSap });
        return new DlmsServerConnection({
          ...channel,
          authentication: authenticationOf(recording),
          maxReceivePduSize: agreement.maxPduSize,
          maxSendPduSize: options.maxSendPduSize ?? agreement.maxPduSize,
          supportedConformance: options.conformance ?? conformanceOf(agreement.conformance, recorded),
          servesShortNames: true,
        });
      },
      handler: () => ({
        handle: (request) => {
          const { value } = script.next();
          expect(plain(bare(request))).to.deep.equal(plain(value?.request));
          if (value?.result === undefined) throw new TypeError("the transcript has no answer to this");
          return value.result;
        },
      }),
      observer: {},
      maxAnswerLength: Number.POSITIVE_INFINITY,
      onFailure: fail,
      onClosed: () => {},
    });
  };
}

/** Gurux sends blocks where they were not agreed on (its Java server always, the C server to its public client). */
function conformanceOf(agreed: Conformance, recorded: readonly RecordedService[]): Conformance {
  const inBlocks = recorded.some(({ exchanges: { length } }) => length > 1);
  return inBlocks ? new Set([...agreed, "block-transfer-with-get-or-read"] as const) : agreed;
}

/** What the recorded server agreed to; it sends no longer APDUs than it takes. */
export function agreementOf(recording: Recording): { readonly maxPduSize: number; readonly conformance: Conformance } {
  const [first] = exchanges(recording);
  const initiate = first?.answer === undefined ? undefined : decodeAare(first.answer).userInformation;
  const apdu = initiate === undefined ? undefined : decodeApdu(initiate);
  if (apdu?.type !== "initiate-response") throw new TypeError(`${recording.name} has no association`);
  return { maxPduSize: apdu.serverMaxReceivePduSize, conformance: apdu.negotiatedConformance };
}

/** An indication without what else its APDU holds. */
function bare(request: ServiceRequest): ServiceRequest {
  if (request.service !== "get" && request.service !== "set") return request;
  return { ...request, attributes: request.attributes.map(({ attribute, selection }) => ({ attribute, selection })) };
}

function fail(error: unknown): never {
  throw error;
}
