import { decodeApdu, encodeApdu } from "../../../src/dlms/xdlms/apdu.ts";
import { describeVectors } from "../../support/vectors.ts";

describeVectors({ title: "General block transfer", file: "gbt.json", decode: decodeApdu, encode: encodeApdu });
