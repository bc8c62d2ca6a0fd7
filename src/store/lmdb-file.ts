import { closeSync, fstatSync, openSync, readSync } from "node:fs";

const magic = 0xbeef_c0de;
/** Where the header of a meta page may end: 16 bytes in LMDB 0.9, 24 in 1.0. */
const headerLengths = [16, 24];
/** From the magic number on: page size, last page, transaction. */
const pageSizeOffset = 24;
const lastPageOffset = 120;
const transactionOffset = 128;

/**
 * What is wrong with a data file, undefined when it may be opened. LMDB maps the file and trusts it: one that is cut
 * short or is something else would end the process with a signal instead of an error.
 */
export function damageOf(path: string): string | undefined {
  const file = openSync(path, "r");
  try {
    // A process killed while it created the store leaves it empty; that is a new one.
    if (fstatSync(file).size === 0) return undefined;
    const first = readMeta(file, 0);
    if (first === undefined) return "it is not an LMDB file";
    const second = readMeta(file, first.pageSize);
    const newest = second !== undefined && second.transaction > first.transaction ? second : first;
    const needed = (newest.lastPage + 1) * newest.pageSize;
    // Asked for after what needs it: another process that writes makes the file longer before it says so.
    const { size } = fstatSync(file);
    return size < needed ? `it is cut short: ${size} bytes of ${needed}` : undefined;
  } finally {
    closeSync(file);
  }
}

function readMeta(file: number, position: number): { pageSize: number; lastPage: number; transaction: number } | undefined {
  const page = new DataView(new ArrayBuffer(256));
  if (readSync(file, page, 0, page.byteLength, position) < page.byteLength) return undefined;
  const start = headerLengths.find((length) => page.getUint32(length, true) === magic);
  if (start === undefined) return undefined;
  return {
    pageSize: page.getUint32(start + pageSizeOffset, true),
    lastPage: Number(page.getBigUint64(start + lastPageOffset, true)),
    transaction: Number(page.getBigUint64(start + transactionOffset, true)),
  };
}
