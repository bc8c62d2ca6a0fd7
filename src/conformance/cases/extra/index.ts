import type { ConformanceCase } from "../../case.ts";
import { accessCases } from "./access.ts";
import { blockTransferCases } from "./block-transfer.ts";
import { longTransferCases } from "./long-transfers.ts";

/** Cases of services beyond the abstract test suites. */
export const serviceCases: readonly ConformanceCase[] = [...longTransferCases, ...blockTransferCases, ...accessCases];
