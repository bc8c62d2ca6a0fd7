import { decodeApdu, encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { describeVectors } from "../../support/vectors.ts";

describeVectors({ title: "ACCESS", file: "xdlms-access.json", decode: decodeApdu, encode: encodeApdu });
