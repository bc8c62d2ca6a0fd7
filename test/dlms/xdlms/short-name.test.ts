import { decodeApdu, encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { describeVectors } from "../../support/vectors.ts";

describeVectors({ title: "Read and Write", file: "xdlms-short-name.json", decode: decodeApdu, encode: encodeApdu });
