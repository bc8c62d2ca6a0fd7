/** What a decoder key was made for: initialisation of the meter (DITK), default (DDTK), unique (DUTK), common (DCTK). */
export type KeyType = 0 | 1 | 2 | 3;

/** The numbers of the key types. */
export const keyTypes = { initialisation: 0, default: 1, unique: 2, common: 3 } as const satisfies Readonly<Record<string, KeyType>>;

/** Where a key change may lead from each type of key. Common keys are for magnetic cards only, so they are another question. */
const changes: Readonly<Record<KeyType, readonly KeyType[]>> = {
  [keyTypes.initialisation]: [keyTypes.initialisation, keyTypes.default, keyTypes.unique],
  [keyTypes.default]: [keyTypes.default, keyTypes.unique],
  [keyTypes.unique]: [keyTypes.default, keyTypes.unique],
  [keyTypes.common]: [keyTypes.default, keyTypes.unique],
};

/**
 * Whether a key change may replace a key of one type by one of another. `magneticCard` is for meters of token carrier type 01:
 * they alone take common keys, though never for a unique one; what is entered at a keypad or comes over a network never does.
 */
export function allowsKeyTypeChange(from: KeyType, to: KeyType, magneticCard = false): boolean {
  if (to === keyTypes.common) return magneticCard && from !== keyTypes.unique;
  return changes[from].includes(to);
}
