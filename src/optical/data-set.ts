import { DecodeError } from "../errors.ts";
import { quote } from "./quote.ts";
import { type DottedName, logicalNameOfAddress } from "./telegram-address.ts";

/** What stands between brackets: "value*unit". */
export interface DataSetValue {
  readonly value: string;
  readonly unit?: string;
}

/** One data set: "address(value*unit)(value)..." */
export interface DataSet {
  /** As it stands; empty where the message has values alone. */
  readonly address: string;
  /** The logical name the address most likely means. */
  readonly logicalName?: DottedName;
  readonly values: readonly DataSetValue[];
  /** Lines of values alone that follow, the rows of a profile. */
  readonly rows?: readonly (readonly DataSetValue[])[];
}

const elements = /([^()]*)\(([^()]*)\)/y;
const unitMark = "*";

/**
 * Reads a data block (IEC 62056-21, 6.3.4): lines of data sets, of which one may have many values and a line many sets.
 * @throws DecodeError `bad-tag` for a line that is no data set
 */
export function parseDataSets(text: string): readonly DataSet[] {
  const sets: { address: string; values: DataSetValue[]; rows: DataSetValue[][] }[] = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    let values: DataSetValue[] | undefined;
    const content = line.trimEnd();
    elements.lastIndex = 0;
    while (elements.lastIndex < content.length) {
      const at = elements.lastIndex;
      const [, address, inside] = elements.exec(content) ?? fail(offset + at, content);
      const last = sets.at(-1);
      if (address !== "" || last === undefined) sets.push({ address: address as string, values: (values = []), rows: [] });
      else if (values === undefined) last.rows.push((values = []));
      values.push(parseValue(inside as string));
    }
    offset += line.length + 1;
  }
  return sets.map(({ address, values, rows }) => {
    const logicalName = logicalNameOfAddress(address);
    return { address, ...(logicalName === undefined ? {} : { logicalName }), values, ...(rows.length === 0 ? {} : { rows }) };
  });
}

function parseValue(inside: string): DataSetValue {
  const mark = inside.indexOf(unitMark);
  return mark < 0 ? { value: inside } : { value: inside.slice(0, mark), unit: inside.slice(mark + 1) };
}

function fail(offset: number, line: string): never {
  throw new DecodeError("bad-tag", "data set", offset, `data set: ${quote(line)} is none, at offset ${offset} of the data block`, {
    layer: "optical",
  });
}
