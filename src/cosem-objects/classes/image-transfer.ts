import {
  arrayOf,
  bitString,
  boolean,
  doubleLongUnsigned,
  enumeration,
  integer,
  octetString,
  structure,
} from "../../dlms/axdr/data-schemas.ts";
import type { Infer } from "../../dlms/axdr/schema.ts";
import { attribute, defineClass, method } from "../define.ts";
import { logicalName } from "../logical-name.ts";

/** How far the transfer of an image is. */
export const imageTransferStatus = enumeration({
  "not-initiated": 0,
  initiated: 1,
  "verification-initiated": 2,
  "verification-successful": 3,
  "verification-failed": 4,
  "activation-initiated": 5,
  "activation-successful": 6,
  "activation-failed": 7,
});
export type ImageTransferStatus = Infer<typeof imageTransferStatus>;

/** An image that was verified; the size is in octets. */
export const imageToActivate = structure({ size: doubleLongUnsigned, identification: octetString, signature: octetString });
export type ImageToActivate = Infer<typeof imageToActivate>;

/** Image transfer, class 18 version 0 (Blue Book 4.4.6). */
export const ImageTransfer = defineClass({
  classId: 18,
  version: 0,
  name: "Image transfer",
  attributes: {
    logicalName: attribute(1, logicalName, "r", "identifies the object"),
    imageBlockSize: attribute(2, doubleLongUnsigned, "r", "octets of each block but the last"),
    transferredBlocksStatus: attribute(3, bitString, "r", "a bit for each block that has arrived", { dynamic: true }),
    firstNotTransferredBlockNumber: attribute(4, doubleLongUnsigned, "r", "first block that is missing, or how many there are", {
      dynamic: true,
    }),
    imageTransferEnabled: attribute(5, boolean, "rw", "whether images are taken"),
    imageTransferStatus: attribute(6, imageTransferStatus, "r", "how far the transfer is", { dynamic: true }),
    imageToActivateInfo: attribute(7, arrayOf(imageToActivate), "r", "images that were verified", { dynamic: true }),
  },
  methods: {
    initiate: method(1, structure({ identifier: octetString, size: doubleLongUnsigned }), "begins the transfer of an image"),
    transferBlock: method(2, structure({ number: doubleLongUnsigned, value: octetString }), "takes one block; the first has number 0"),
    verify: method(3, integer, "verifies the image"),
    activate: method(4, integer, "activates the image"),
  },
  firstMethodOffset: 0x40,
});
