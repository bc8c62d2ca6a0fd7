import type { DlmsClient } from "../../client/dlms-client.ts";
import { type DeviceView, ObjectReader } from "../../client/object-reader.ts";

/** What an association shows, and how to keep what was learnt of it. */
export interface KeptView {
  readonly view: DeviceView;
  readonly save: () => void;
}

/** A meter that a job is connected to. What the association shows is read when a step first asks for it. */
export class ConnectedMeter implements AsyncDisposable {
  readonly client: DlmsClient;
  readonly #readView: (client: DlmsClient) => Promise<KeptView>;
  #kept: KeptView | undefined;

  constructor(client: DlmsClient, readView: (client: DlmsClient) => Promise<KeptView>) {
    this.client = client;
    this.#readView = readView;
  }

  async view(): Promise<DeviceView> {
    this.#kept ??= await this.#readView(this.client);
    return this.#kept.view;
  }

  async reader(): Promise<ObjectReader> {
    return new ObjectReader(this.client, await this.view());
  }

  /** Releases the association; never rejects. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
    this.#kept?.save();
  }
}
