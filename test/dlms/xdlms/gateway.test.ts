import { decodeApdu, encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { describeVectors } from "../../support/vectors.ts";

describeVectors({ title: "Gateway prefix", file: "xdlms-gateway.json", decode: decodeApdu, encode: encodeApdu });
