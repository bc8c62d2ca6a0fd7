import { decodeData } from "../../../dlms/axdr/data.ts";
import { DlmsError } from "../../../errors.ts";
import type { Tester } from "../../tester.ts";
import { VerdictError } from "../../verdict.ts";
import { associated } from "./linked.ts";

/** IEC HDLC setup of the first port, class 23 (Blue Book 4.7.2). */
const hdlcSetup = { classId: 23, logicalName: Uint8Array.of(0, 0, 22, 0, 0, 255) } as const;

/** ms between two octets of a frame, and s without a frame. */
export const timeOuts = { interOctet: 7, inactivity: 8 } as const;

/** A time-out that the device has in its setup object; undefined where no declared association with the device reads it. */
export async function readTimeOut(tester: Tester, attributeId: number): Promise<number | undefined> {
  const { associations, hdlcAddress } = tester.declaration;
  for (const declared of associations.filter(({ options }) => options().serverSap === hdlcAddress.logical)) {
    try {
      const answer = await (await associated(tester, undefined, declared)).get({ ...hdlcSetup, attributeId });
      const value = answer.type === "get-response-normal" && answer.result.data !== undefined ? decodeData(answer.result.data) : undefined;
      if (value?.type === "long-unsigned") return value.value;
    } catch (error) {
      // Another association may come about.
      if (!(error instanceof VerdictError || error instanceof DlmsError)) throw error;
    }
  }
  return undefined;
}
