import type {
  FleetRow,
  KeypadKey,
  LiveMeter,
  PageAction,
  PageActionResult,
  PageAttribute,
  PageCredit,
  PageDecoded,
  PageEvent,
  PageInfo,
  PageKeypad,
  PageObject,
  PageProfile,
  PageRows,
  PageToken,
  PageTrace,
} from "./contract.ts";

/** Ends a subscription; calling it again does nothing. */
export type Unsubscribe = () => void;

/** What changed since the last telling. */
export interface BoardChange {
  /** Ids of meters that are new or whose values, state or description changed. */
  readonly changed: readonly string[];
  /** Ids of meters that are no more. */
  readonly removed: readonly string[];
}

/** Where present values come from. */
export interface PageSource {
  /** Every meter, in the order of the configuration. */
  rows(): readonly FleetRow[];
  row(meterId: string): FleetRow | undefined;
  meter(meterId: string): LiveMeter | undefined;
  /** Tells of changes, a few times a second at most. */
  subscribe(listener: (change: BoardChange) => void): Unsubscribe;
}

/** Which rows of a profile: the newest, or those stamped from ... to, in milliseconds since 1970. */
export type RowSelection =
  | { readonly kind: "last"; readonly count: number }
  | { readonly kind: "range"; readonly from: number; readonly to: number };

/** An attribute of an object, by numbers. */
export interface AttributeName {
  readonly classId: number;
  readonly logicalName: string;
  readonly attribute: number;
}

/** Reads what is not polled, over the gateway's own association. Everything may throw a DlmsError with what the meter answered. */
export interface PageReader {
  profiles(meterId: string): Promise<readonly PageProfile[]>;
  rows(meterId: string, logicalName: string, selection: RowSelection): Promise<PageRows>;
  objects(meterId: string): Promise<readonly PageObject[]>;
  attribute(meterId: string, name: AttributeName): Promise<PageAttribute>;
  /** The newest `last` lines of each log, newest first. */
  events(meterId: string, last: number): Promise<readonly PageEvent[]>;
  tokens(meterId: string): Promise<readonly PageToken[]>;
  credits(meterId: string): Promise<readonly PageCredit[]>;
}

/** What is to be done to a meter. */
export type ActionRequest =
  | { readonly action: Extract<PageAction, "relay">; readonly state: "disconnect" | "reconnect" }
  | { readonly action: Extract<PageAction, "token">; readonly token: string }
  | { readonly action: Extract<PageAction, "clock"> };

/** Does what changes a meter; what the meter refuses is a result, what cannot be asked a DlmsError. */
export interface PageActions {
  act(meterId: string, request: ActionRequest): Promise<PageActionResult>;
}

/** The keypad units beside the meters. */
export interface PageKeypads {
  /** Tells the view now and after every change; undefined for a meter without a unit. */
  subscribe(meterId: string, listener: (keypad: PageKeypad) => void): Unsubscribe | undefined;
  press(meterId: string, key: KeypadKey): void;
}

/** What crosses the lines to the meters. */
export interface PageTraces {
  /** Undefined for a meter whose line cannot be listened to. Nothing is made into text while nobody listens. */
  subscribe(meterId: string, listener: (trace: PageTrace) => void): Unsubscribe | undefined;
}

/** Octets to explain, with the keys to open them. */
export interface DecodeRequest {
  readonly hex: string;
  /** As hex digits. */
  readonly encryptionKey?: string;
  readonly authenticationKey?: string;
  readonly systemTitle?: string;
  /** Whose keys and titles are tried as well. */
  readonly meter?: string;
}

/** Explains octets; what is wrong with them is in the answer. */
export interface PageTranslator {
  decode(request: DecodeRequest): PageDecoded;
}

/** What stands behind a page. A port that is left out is answered with 404. */
export interface DashboardPorts {
  readonly info: Pick<PageInfo, "version" | "source" | "price">;
  readonly source: PageSource;
  /** Asked anew with every request: a way to the meters may come and go. */
  readonly reader?: PageReader | undefined;
  readonly actions?: PageActions | undefined;
  readonly keypads?: PageKeypads | undefined;
  readonly traces?: PageTraces | undefined;
  readonly translator?: PageTranslator | undefined;
}
