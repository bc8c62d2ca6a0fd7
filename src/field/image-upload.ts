import { bitAt } from "../bytes/bit-string.ts";
import type { DlmsClient } from "../client/dlms-client.ts";
import { ImageTransfer, type ImageTransferStatus } from "../cosem-objects/classes/image-transfer.ts";
import { ActionError, ImageTransferError, TransportError } from "../errors.ts";

const transfer = "0.0.44.0.0.255";
/** How often a meter that is busy is asked again, and how long it is left alone before; ms. */
const mostOffers = 10;
const offerPause = 500;
/** How often missing blocks are filled in before the meter is given up. */
const mostRounds = 5;
/** Between looks at a meter that verifies or activates, ms; and how many there are. */
const lookPause = 1000;
const mostLooks = 900;

export interface ImageUploadOptions {
  readonly client: Pick<DlmsClient, "get" | "set" | "invoke">;
  /** The image as it comes from its maker. */
  readonly image: Uint8Array;
  /** By what the meter is told which image it is. */
  readonly identifier: Uint8Array;
  /** Begins anew also where the meter has blocks of an image of this size already. */
  readonly restart?: boolean;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly onProgress?: (blocks: number, total: number) => void;
}

/** How an image came to the meter. */
export interface ImageUploadResult {
  readonly blocks: number;
  readonly blockSize: number;
  /** Blocks the meter had already. */
  readonly resumedAt: number;
  /** Blocks sent, those that were sent again included. */
  readonly sent: number;
}

/**
 * Brings an image to a meter block by block (Blue Book 4.4.6, Green Book annex on image transfer, steps 1 to 3). Where the meter has
 * begun with an image of as many blocks, it goes on at the first block that is missing.
 * @throws ImageTransferError where the meter takes no images or blocks do not arrive; ActionError for other refusals
 */
export async function uploadImage(options: ImageUploadOptions): Promise<ImageUploadResult> {
  const { client, image, identifier, restart = false, onProgress } = options;
  if (image.length === 0) throw new ImageTransferError("empty", "the image is empty");
  if (!(await client.get(ImageTransfer, transfer, "imageTransferEnabled"))) {
    throw new ImageTransferError("disabled", `${transfer} takes no images: image_transfer_enabled is false`, {
      hint: `a client with the right may set it: dlms set TARGET ${transfer}:imageTransferEnabled true`,
    });
  }
  const blockSize = await client.get(ImageTransfer, transfer, "imageBlockSize");
  if (blockSize === 0) throw new ImageTransferError("block-size", `${transfer} gives a block size of 0`);
  const blocks = Math.ceil(image.length / blockSize);
  const resumedAt = restart ? 0 : await blocksThere(client, blocks);
  if (resumedAt === 0)
    await whenReady(options.wait, () => client.invoke(ImageTransfer, transfer, "initiate", { identifier, size: image.length }));
  let sent = 0;
  const send = async (number: number): Promise<void> => {
    const value = image.subarray(number * blockSize, (number + 1) * blockSize);
    await whenReady(options.wait, () => client.invoke(ImageTransfer, transfer, "transferBlock", { number, value }));
    sent += 1;
    onProgress?.(Math.min(blocks, resumedAt + sent), blocks);
  };
  for (let number = resumedAt; number < blocks; number++) await send(number);
  for (let round = 0; ; round++) {
    const missing = await missingBlocks(client, blocks);
    if (missing.length === 0) return { blocks, blockSize, resumedAt, sent };
    if (round === mostRounds) {
      throw new ImageTransferError("incomplete", `${missing.length} of ${blocks} blocks do not arrive, the first is ${missing[0]}`);
    }
    for (const number of missing) await send(number);
  }
}

/**
 * Has the meter verify the image (step 5), waiting for as long as it says that it is at it.
 * @throws ImageTransferError `verification-failed` or `busy`; ActionError for other refusals
 */
export function verifyImage(options: Pick<ImageUploadOptions, "client" | "wait">): Promise<ImageTransferStatus> {
  return command(options, "verify", "verification-failed");
}

/**
 * Has the meter activate the image (step 7). `activation-initiated` is the answer where it restarts for it and is away before it says more.
 * @throws ImageTransferError `activation-failed` or `busy`; ActionError for other refusals
 */
export function activateImage(options: Pick<ImageUploadOptions, "client" | "wait">): Promise<ImageTransferStatus> {
  return command(options, "activate", "activation-failed");
}

/** How many blocks the meter has from the first on, of an image of this many. */
async function blocksThere(client: ImageUploadOptions["client"], blocks: number): Promise<number> {
  if ((await client.get(ImageTransfer, transfer, "imageTransferStatus")) !== "initiated") return 0;
  const { length } = await client.get(ImageTransfer, transfer, "transferredBlocksStatus");
  if (length !== blocks) return 0;
  return Math.min(blocks, await client.get(ImageTransfer, transfer, "firstNotTransferredBlockNumber"));
}

async function missingBlocks(client: ImageUploadOptions["client"], blocks: number): Promise<readonly number[]> {
  const first = await client.get(ImageTransfer, transfer, "firstNotTransferredBlockNumber");
  if (first >= blocks) return [];
  const there = await client.get(ImageTransfer, transfer, "transferredBlocksStatus");
  const missing = Array.from({ length: blocks - first }, (_, index) => first + index).filter((number) => !bitAt(there, number));
  return missing.length === 0 ? [first] : missing;
}

async function whenReady(wait: ImageUploadOptions["wait"], work: () => Promise<void>): Promise<void> {
  for (let offers = 1; ; offers++) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error) || offers === mostOffers) throw error;
      await wait(offerPause);
    }
  }
}

async function command(
  { client, wait }: Pick<ImageUploadOptions, "client" | "wait">,
  method: "verify" | "activate",
  failed: "verification-failed" | "activation-failed",
): Promise<ImageTransferStatus> {
  const status = () => client.get(ImageTransfer, transfer, "imageTransferStatus");
  try {
    await client.invoke(ImageTransfer, transfer, method, 0);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    // "Temporary failure" is how a meter says that it is at it (Blue Book 4.4.6.3).
    if (!isBusy(error)) throw (await status()) === failed ? refused(failed, error) : error;
  }
  const under = method === "verify" ? "verification-initiated" : "activation-initiated";
  for (let looks = 0; looks < mostLooks; looks++) {
    let now: ImageTransferStatus;
    try {
      now = await status();
    } catch (error) {
      if (method === "activate" && error instanceof TransportError) return under;
      throw error;
    }
    if (now === failed) throw refused(failed, undefined);
    // A meter that answers success and stays as it was has nothing more to say.
    if (now !== under) return now;
    await wait(lookPause);
  }
  throw new ImageTransferError("busy", `the meter is at ${method} for more than ${(mostLooks * lookPause) / 60_000} minutes`);
}

function refused(status: "verification-failed" | "activation-failed", cause: unknown): ImageTransferError {
  const [what, hint] =
    status === "verification-failed"
      ? ["verified", "it may be damaged, or not for this meter; --restart sends all of it again"]
      : ["activated", "the firmware it has stays in use"];
  return new ImageTransferError(status, `${transfer} image_transfer_status is ${status}: the image could not be ${what}`, { hint, cause });
}

function isBusy(error: unknown): boolean {
  return error instanceof ActionError && error.code === "temporary-failure";
}
