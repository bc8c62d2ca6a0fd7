/** A client of one meter: connect, read, write, invoke. */

export type { DataLink, DiscardedEvent, LinkEvent, LinkFailedEvent } from "../session/data-link.ts";
export { ClientAssociation, type ClientAssociationOptions, type ProgressListener } from "./association.ts";
export { type AssociationOptions, associate, connect, type MeterAddress } from "./connect.ts";
export { type AttributeAddress, type AttributeOutcome, DlmsClient } from "./dlms-client.ts";
export {
  NotificationListener,
  type NotificationListenerOptions,
  type NotificationSource,
} from "./notification-listener.ts";
export { type AttributeReading, type DeviceView, ObjectReader, readDeviceView } from "./object-reader.ts";
export {
  type ColumnSpan,
  describeProfiles,
  type ProfileClient,
  type ProfileSelection,
  readProfile,
  readProfiles,
  rowsAddress,
  type Scalers,
  type WantedProfile,
} from "./profile-reader.ts";
export { SharedLine } from "./shared-line.ts";
