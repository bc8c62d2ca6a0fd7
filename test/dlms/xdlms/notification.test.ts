import { decodeApdu, encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { describeVectors } from "../../support/vectors.ts";

describeVectors({ title: "Notification", file: "xdlms-notification.json", decode: decodeApdu, encode: encodeApdu });
