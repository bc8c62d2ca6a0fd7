/** Fields of xDLMS APDUs that hold a key in the open: shown by their length alone. */
export const secretFields: ReadonlySet<string> = new Set(["dedicatedKey"]);
