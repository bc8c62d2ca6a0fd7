/** The class of a token, its two bits outside the ciphered block: credit, test and display, management, reserved. */
export type TokenClass = 0 | 1 | 2 | 3;
