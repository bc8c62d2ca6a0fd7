import { isClockTime } from "../../cosem-objects/capture-object.ts";
import { profileNames } from "../../cosem-objects/names.ts";
import type { ProfileColumn, ProfileTable } from "../../cosem-objects/profile-table.ts";
import type { PageColumn, PageProfile, PageRows, PageValue } from "../../dashboard/index.ts";
import { factorOf, type Scaling } from "../../gateway/readings.ts";
import { instantOfStamp, pageValue } from "./page-values.ts";

type TableHead = Pick<ProfileTable, "logicalName" | "capturePeriod" | "columns">;

/** What a profile is called: by the short names of `dlms profile`, or by its own. */
export function pageProfile({ logicalName, capturePeriod, columns }: TableHead, name: string): PageProfile {
  const short = Object.entries(profileNames).find(([, known]) => known === logicalName)?.[0];
  return { logicalName, name: short ?? name, capturePeriod, columns: valueColumns(columns).map(({ column }) => pageColumn(column)) };
}

/** Rows as a page plots them: stamps apart, values on the customer's side of the transformers as in the state. */
export function pageRows(table: ProfileTable, scaling: Scaling): PageRows {
  const clock = table.columns.findIndex(isClockTime);
  const rows = Array.from({ length: table.rowCount }, (_, row) => row);
  const stamps = rows.map((row) => stampOf(table, row, clock));
  const columns = valueColumns(table.columns);
  return {
    columns: columns.map(({ column }) => pageColumn(column)),
    times: stamps.map(instantOfStamp),
    stamps,
    cells: columns.map(({ column, index }) => {
      const factor = factorOf(column.logicalName, column.unit, scaling);
      return rows.map((row) => multiplied(pageValue(table.cell(row, index)), factor));
    }),
  };
}

/** The first clock stamps the row, and is no column of its own. */
function valueColumns(columns: readonly ProfileColumn[]): readonly { readonly column: ProfileColumn; readonly index: number }[] {
  const clock = columns.findIndex(isClockTime);
  return columns.flatMap((column, index) => (index === clock ? [] : [{ column, index }]));
}

function pageColumn({ logicalName, attribute, name, unit }: ProfileColumn): PageColumn {
  return { logicalName, attribute, name, unit: unit ?? null };
}

function stampOf(table: ProfileTable, row: number, clock: number): string {
  const stamp = clock < 0 ? null : table.cell(row, clock);
  return stamp === null ? "" : String(stamp);
}

function multiplied(value: PageValue, factor: number): PageValue {
  return factor !== 1 && typeof value === "number" ? value * factor : value;
}
