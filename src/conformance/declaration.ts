import type { AssociationOptions, OpenWay } from "../client/connect.ts";
import type { HdlcAddressOptions } from "../hdlc/address.ts";
import type { HdlcParameters } from "../hdlc/parameters.ts";
import type { Timers } from "../session/timers.ts";
import type { TraceSink } from "../transport/trace.ts";

/** An application association that the device is said to have. */
export interface DeclaredAssociation {
  /** For people. */
  readonly name: string;
  /** Addresses, mechanism and keys; asked for each time, since a dedicated key is good for one association. */
  readonly options: () => AssociationOptions & { readonly clientSap: number; readonly serverSap: number };
  /** Ids of client users, where the device keeps a list of them: one that is on it, and one that is not. */
  readonly users?: { readonly known: number; readonly unknown: number } | undefined;
}

/**
 * The conformance test information (CTI): what is declared of the device under test, without which nobody could tell a
 * feature that fails from one that is not there.
 */
export interface Declaration {
  /** Opens a new way to the device; each is closed before the next is opened. */
  readonly open: () => Promise<OpenWay>;
  readonly timers: Timers;
  /** Milliseconds the device may take to answer; what does not come by then is silence. */
  readonly answerTime: number;
  /** At least one; the first is the one that most cases use. */
  readonly associations: readonly DeclaredAssociation[];
  /** The HDLC address of the management logical device, as it is called by default. */
  readonly hdlcAddress: HdlcAddressOptions;
  /** Further forms of it that the device is said to take. */
  readonly hdlcAddressForms: readonly HdlcAddressOptions[];
  /** What the link may be asked for at most. */
  readonly hdlcProposal: HdlcParameters;
  /** Logical device name, where it is known beforehand. */
  readonly logicalDeviceName?: string | undefined;
  /** Logical names of objects to leave alone. */
  readonly excluded: ReadonlySet<string>;
  /** Write back what was read, to find out what can be written; false leaves the device as it is. */
  readonly mayWrite: boolean;
  /** Change keys and put them back; takes the master key. */
  readonly masterKey?: Uint8Array | undefined;
  /** The longest the tester waits on purpose, in ms, for the time-outs of the device. */
  readonly patience: number;
  /** Hears of all that crosses the line, besides the log of each subtest. */
  readonly trace?: TraceSink | undefined;
}
