/** The registers a ClearCredit token names; other numbers are reserved. */
export const creditRegisters = {
  electricity: 0x0000,
  water: 0x0001,
  gas: 0x0002,
  time: 0x0003,
  "currency-electricity": 0x0004,
  "currency-water": 0x0005,
  "currency-gas": 0x0006,
  "currency-time": 0x0007,
  all: 0xffff,
} as const satisfies Readonly<Record<string, number>>;

/** The name of a credit register. */
export type CreditRegister = keyof typeof creditRegisters;

/** The name of a register number, undefined for a reserved one. */
export function creditRegisterOf(register: number): CreditRegister | undefined {
  return (Object.keys(creditRegisters) as CreditRegister[]).find((name) => creditRegisters[name] === register);
}
