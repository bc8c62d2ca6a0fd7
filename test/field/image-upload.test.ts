import { expect } from "chai";
import fc from "fast-check";
import { bitString } from "../../src/bytes/bit-string.ts";
import type { ImageTransferStatus } from "../../src/cosem-objects/classes/image-transfer.ts";
import { ActionError, ImageTransferError, TransportError } from "../../src/errors.ts";
import { activateImage, type ImageUploadOptions, uploadImage, verifyImage } from "../../src/field/image-upload.ts";
import { scaled } from "../support/scale.ts";

/** A meter of somebody else: it knows the image transfer by the book, is busy at times, and can be cut off. */
class Device {
  blockSize = 16;
  enabled = true;
  status: ImageTransferStatus = "not-initiated";
  blocks: (Uint8Array | undefined)[] = [];
  initiated = 0;
  /** Blocks that are taken and forgotten, once each. */
  readonly forgets = new Set<number>();
  /** Answers "temporary failure" so many times. */
  busy = 0;
  /** Looks at the status until what was begun is done. */
  lasting = 0;
  outcome: "successful" | "failed" = "successful";
  /** Exchanges until the line is cut. */
  left = Number.POSITIVE_INFINITY;

  readonly client = {
    get: async (_class: unknown, _name: unknown, attribute: string) => {
      this.#exchange();
      const there = this.blocks.flatMap((block, number) => (block === undefined ? [] : [number]));
      const first = this.blocks.indexOf(undefined);
      if (attribute === "imageTransferStatus") this.#look();
      return {
        imageTransferEnabled: this.enabled,
        imageBlockSize: this.blockSize,
        transferredBlocksStatus: bitString(this.blocks.length, there),
        firstNotTransferredBlockNumber: first < 0 ? this.blocks.length : first,
        imageTransferStatus: this.status,
      }[attribute];
    },
    invoke: async (_class: unknown, _name: unknown, method: string, parameter: unknown) => {
      this.#exchange();
      if (this.busy > 0) {
        this.busy -= 1;
        throw new ActionError("temporary-failure", "later");
      }
      if (method === "initiate") {
        this.initiated += 1;
        this.blocks = Array.from({ length: Math.ceil((parameter as { size: number }).size / this.blockSize) });
        this.status = "initiated";
      }
      if (method === "transferBlock") {
        const { number, value } = parameter as { number: number; value: Uint8Array };
        if (!this.forgets.delete(number)) this.blocks[number] = value.slice();
      }
      if (method === "verify" || method === "activate") {
        this.status = method === "verify" ? "verification-initiated" : "activation-initiated";
        if (this.lasting > 0) throw new ActionError("temporary-failure", "at it");
      }
    },
  } as unknown as ImageUploadOptions["client"];

  get image(): Uint8Array {
    return Uint8Array.from(this.blocks.flatMap((block) => [...(block ?? [])]));
  }

  #exchange(): void {
    this.left -= 1;
    if (this.left < 0) throw new TransportError("closed", "the cable fell off");
  }

  #look(): void {
    const [under] = /^(verification|activation)(?=-initiated)/.exec(String(this.status)) ?? [];
    if (under === undefined) return;
    if (this.lasting-- > 0) return;
    this.status = `${under}-${this.outcome}` as ImageTransferStatus;
  }
}

const image = Uint8Array.from({ length: 330 }, (_, index) => (index * 7) & 0xff);
const identifier = Uint8Array.of(1, 2, 3);
const wait = () => Promise.resolve();
const upload = (device: Device, restart = false) => uploadImage({ client: device.client, image, identifier, wait, restart });

/** The class of the error that a promise ends with. */
async function failure(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("An image on its way to a meter", () => {
  it("arrives block by block", async () => {
    const device = new Device();
    expect(await upload(device)).to.deep.equal({ blocks: 21, blockSize: 16, resumedAt: 0, sent: 21 });
    expect(device.image).to.deep.equal(image);
  });

  it("goes on where it was cut off, as often as that happens", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 8 }), async (cuts) => {
        const device = new Device();
        for (const cut of cuts) {
          device.left = cut;
          const error = await failure(upload(device));
          if (error !== undefined) expect(error).to.be.instanceOf(TransportError);
        }
        device.left = Number.POSITIVE_INFINITY;
        await upload(device);
        expect(device.image).to.deep.equal(image);
      }),
      { numRuns: scaled(100, 5000) },
    );
  });

  it("is not begun again for that", async () => {
    const device = new Device();
    device.left = 12;
    await failure(upload(device));
    device.left = Number.POSITIVE_INFINITY;
    const { resumedAt, sent } = await upload(device);
    expect([device.initiated, resumedAt + sent]).to.deep.equal([1, 21]);
    expect(resumedAt).to.be.greaterThan(0);
  });

  it("is begun again where that is wanted, or the meter has begun with one of another size", async () => {
    const device = new Device();
    await upload(device);
    expect((await upload(device, true)).sent).to.equal(21);
    device.status = "initiated";
    device.blocks = [Uint8Array.of(9), undefined];
    expect((await upload(device)).resumedAt).to.equal(0);
    expect(device.image).to.deep.equal(image);
  });

  it("has blocks filled in that the meter lost", async () => {
    const device = new Device();
    for (const number of [0, 7, 20]) device.forgets.add(number);
    expect((await upload(device)).sent).to.equal(24);
    expect(device.image).to.deep.equal(image);
  });

  it("is given up where a block never arrives", async () => {
    const device = new Device();
    device.forgets.add(3);
    device.forgets.delete = () => true;
    expect(await failure(upload(device))).to.include({ code: "incomplete" });
  });

  it("waits for a meter that is busy, and not for ever", async () => {
    const device = new Device();
    device.busy = 5;
    await upload(device);
    expect(device.image).to.deep.equal(image);
    device.blocks = device.blocks.map(() => undefined);
    device.status = "initiated";
    device.busy = 50;
    expect(await failure(upload(device))).to.be.instanceOf(ActionError);
  });

  it("is refused by a meter that takes none, and where it is empty", async () => {
    const device = new Device();
    device.enabled = false;
    expect(await failure(upload(device))).to.include({ code: "disabled" });
    expect(await failure(uploadImage({ client: device.client, image: new Uint8Array(), identifier, wait }))).to.include({ code: "empty" });
    device.enabled = true;
    device.blockSize = 0;
    expect(await failure(upload(device))).to.include({ code: "block-size" });
  });

  for (const [name, work] of [
    ["verification", verifyImage],
    ["activation", activateImage],
  ] as const) {
    it(`is waited for during ${name}`, async () => {
      const device = new Device();
      await upload(device);
      device.lasting = 30;
      expect(await work({ client: device.client, wait })).to.equal(`${name}-successful`);
      device.outcome = "failed";
      expect(await failure(work({ client: device.client, wait })))
        .to.be.instanceOf(ImageTransferError)
        .and.include({ code: `${name}-failed` });
    });
  }

  it("is activated by a meter that restarts for it", async () => {
    const device = new Device();
    await upload(device);
    device.lasting = 30;
    device.left = 3;
    expect(await activateImage({ client: device.client, wait })).to.equal("activation-initiated");
  });
});
