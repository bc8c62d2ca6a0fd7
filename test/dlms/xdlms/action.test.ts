import { decodeApdu, encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { describeVectors } from "../../support/vectors.ts";

describeVectors({ title: "ACTION", file: "xdlms-action.json", decode: decodeApdu, encode: encodeApdu });
