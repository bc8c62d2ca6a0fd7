import { bitString } from "../../../bytes/bit-string.ts";
import { ImageTransfer } from "../../../cosem-objects/classes/image-transfer.ts";
import { bind, type CosemObject, type Refusal, refuse } from "../../../cosem-objects/object.ts";
import { type ImageRefusal, imageBlockSize, type Meter } from "../../../meter-model/index.ts";
import { digestOf, parseImage } from "./image-format.ts";

/** The image transfer: blocks in any order, verification by the image's own digest, activation at once. */
export function imageTransferObjects(meter: Meter): readonly CosemObject[] {
  const { firmware } = meter;
  const whileSupplied = (act: () => ImageRefusal | undefined): Refusal<"temporary-failure" | "other-reason"> | undefined => {
    if (!meter.supplied) return refuse("temporary-failure");
    return act() === undefined ? undefined : refuse("other-reason");
  };
  const verify = (): ImageRefusal | undefined => {
    const { unverifiable, image } = firmware;
    if (unverifiable !== undefined) return unverifiable;
    firmware.settleVerification(image && parseImage(image));
    return firmware.status === "verification-failed" ? "out-of-range" : undefined;
  };
  return [
    bind(ImageTransfer, {
      logicalName: "0.0.44.0.0.255",
      attributes: {
        imageBlockSize,
        transferredBlocksStatus: () => bitString(firmware.blockCount, firmware.blockNumbers),
        firstNotTransferredBlockNumber: () => firmware.firstMissing,
        imageTransferEnabled: {
          get: () => firmware.enabled,
          set: (enabled) => {
            if (!meter.supplied) return refuse("temporary-failure");
            firmware.enabled = enabled;
            return undefined;
          },
        },
        imageTransferStatus: () => firmware.status,
        imageToActivateInfo: () => {
          const { image, verified, identifier, size } = firmware;
          return verified === undefined || image === undefined ? [] : [{ size, identification: identifier, signature: digestOf(image) }];
        },
      },
      methods: {
        initiate: ({ identifier, size }) => whileSupplied(() => firmware.initiate(identifier, size)),
        transferBlock: ({ number, value }) => whileSupplied(() => firmware.transfer(number, value)),
        verify: () => whileSupplied(verify),
        activate: () => whileSupplied(() => refusalOf(firmware.activate())),
      },
    }),
  ];
}

function refusalOf(outcome: ReturnType<Meter["firmware"]["activate"]>): ImageRefusal | undefined {
  return typeof outcome === "string" ? outcome : undefined;
}
