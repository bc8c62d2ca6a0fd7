import type { ConformanceCase } from "../../case.ts";
import { addressCases } from "./addresses.ts";
import { noLinkCases, unknownControlCases } from "./control-fields.ts";
import { damagedFrameCases, wrongCheckCases } from "./damaged-frames.ts";
import { everybodyCases } from "./everybody.ts";
import { informationCases } from "./information.ts";
import { linkStateCases } from "./link-states.ts";
import { negotiationCases } from "./negotiation.ts";
import { octetStreamCases } from "./octet-stream.ts";
import { retransmissionCases } from "./retransmission.ts";
import { sequenceNumberCases } from "./sequence-numbers.ts";
import { setUpCases } from "./set-up.ts";

/** The data link layer over HDLC: the abstract test suite ATS_DL V5 of the DLMS UA. */
export const hdlcCases: readonly ConformanceCase[] = [
  ...setUpCases,
  ...damagedFrameCases,
  ...unknownControlCases,
  ...wrongCheckCases,
  ...addressCases,
  ...negotiationCases,
  ...informationCases,
  ...sequenceNumberCases,
  ...noLinkCases,
];

/** What holds over HDLC beyond the abstract test suite. */
export const hdlcExtraCases: readonly ConformanceCase[] = [
  ...retransmissionCases,
  ...linkStateCases,
  ...everybodyCases,
  ...octetStreamCases,
];
