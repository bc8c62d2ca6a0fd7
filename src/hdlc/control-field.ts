/** Frames without sequence numbers. */
export type UnnumberedKind = "snrm" | "disc" | "ua" | "dm" | "frmr" | "ui";

/**
 * The control field (IEC 62056-46 6.4.3). `pollFinal` grants the turn when the client sends it and returns it when the
 * server does; sequence numbers count modulo 8.
 */
export type ControlField =
  | { readonly kind: "i"; readonly sendSequence: number; readonly receiveSequence: number; readonly pollFinal: boolean }
  | { readonly kind: "rr" | "rnr"; readonly receiveSequence: number; readonly pollFinal: boolean }
  | { readonly kind: UnnumberedKind; readonly pollFinal: boolean }
  /** An octet the profile does not define; a server in NRM answers it with FRMR. */
  | { readonly kind: "unknown"; readonly octet: number; readonly pollFinal: boolean };

const pollFinalBit = 0x10;

const supervisory = { rr: 0x01, rnr: 0x05 } as const;

const unnumbered = { snrm: 0x83, disc: 0x43, ua: 0x63, dm: 0x0f, frmr: 0x87, ui: 0x03 } as const satisfies Record<UnnumberedKind, number>;

/** The octet of a control field. */
export function encodeControl(control: ControlField): number {
  const pollFinal = control.pollFinal ? pollFinalBit : 0;
  switch (control.kind) {
    case "i":
      return (control.receiveSequence << 5) | (control.sendSequence << 1) | pollFinal;
    case "rr":
    case "rnr":
      return (control.receiveSequence << 5) | supervisory[control.kind] | pollFinal;
    case "unknown":
      return control.octet;
    default:
      return unnumbered[control.kind] | pollFinal;
  }
}

/** The meaning of a control octet; total, what the profile does not define becomes `unknown`. */
export function decodeControl(octet: number): ControlField {
  return controls[octet & 0xff] as ControlField;
}

function interpret(octet: number): ControlField {
  const pollFinal = (octet & pollFinalBit) !== 0;
  const receiveSequence = octet >> 5;
  if ((octet & 1) === 0) return { kind: "i", sendSequence: (octet >> 1) & 7, receiveSequence, pollFinal };
  for (const kind of ["rr", "rnr"] as const) {
    if ((octet & 0x0f) === supervisory[kind]) return { kind, receiveSequence, pollFinal };
  }
  for (const kind of ["snrm", "disc", "ua", "dm", "frmr", "ui"] as const) {
    if ((octet & ~pollFinalBit) === unnumbered[kind]) return { kind, pollFinal };
  }
  return { kind: "unknown", octet, pollFinal };
}

const controls: readonly ControlField[] = Array.from({ length: 256 }, (_, octet) => Object.freeze(interpret(octet)));
