import { BufferTarget, EncodedAudioPacketSource, EncodedPacket, Output, WebMOutputFormat } from "mediabunny";
import { expect, it } from "vitest";
import { rewrapAsOgg } from "./voiceNote";

const FRAME_SECONDS = 0.02;
const HEAD = new Uint8Array([...Buffer.from("OpusHead"), 1, 1, 0x38, 0x01, 0x80, 0xbb, 0, 0, 0, 0, 0]);

/** As Chromium's recorder creates it: one mono track of Opus frames, 20 ms each. */
async function makeWebm(frames: number): Promise<ArrayBuffer> {
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const source = new EncodedAudioPacketSource("opus");
  output.addAudioTrack(source);
  await output.start();
  const decoderConfig = { codec: "opus", numberOfChannels: 1, sampleRate: 48_000, description: HEAD };
  for (let n = 0; n < frames; n++) {
    // 0x78: CELT, 20 ms, mono; the rest distinguishes the frames.
    const packet = new EncodedPacket(new Uint8Array([0x78, n, 1, 2, 3]), "key", n * FRAME_SECONDS, FRAME_SECONDS);
    await source.add(packet, { decoderConfig });
  }
  await output.finalize();
  return target.buffer ?? new ArrayBuffer();
}

interface OggPage {
  readonly flags: number;
  readonly position: bigint;
  readonly body: Buffer;
}

function readPages(ogg: ArrayBuffer): OggPage[] {
  const data = Buffer.from(ogg);
  const pages: OggPage[] = [];
  for (let at = 0; at < data.length; ) {
    expect(data.toString("latin1", at, at + 4)).toBe("OggS");
    const count = data.readUInt8(at + 26);
    const size = data.subarray(at + 27, at + 27 + count).reduce((sum, part) => sum + part, 0);
    const begin = at + 27 + count;
    pages.push({ flags: data.readUInt8(at + 5), position: data.readBigInt64LE(at + 6), body: data.subarray(begin, begin + size) });
    at = begin + size;
  }
  return pages;
}

it("moves every packet of a recording into Ogg, unchanged and in order, with its duration", async () => {
  const [first, tags, ...sound] = readPages(await rewrapAsOgg(await makeWebm(150)));
  expect(first?.body.toString("latin1", 0, 8)).toBe("OpusHead");
  expect(first?.flags).toBe(2);
  expect(tags?.body.toString("latin1", 0, 8)).toBe("OpusTags");
  const bodies = Buffer.concat(sound.map(({ body }) => body));
  expect(bodies.length).toBe(150 * 5);
  expect([...Array(150).keys()].map((n) => bodies.readUInt8(n * 5 + 1))).toEqual([...Array(150).keys()]);
  const last = sound.at(-1);
  expect((last?.flags ?? 0) & 4).toBe(4);
  const seconds = Number(last?.position ?? 0) / 48_000;
  expect(seconds).toBeGreaterThan(2.9);
  expect(seconds).toBeLessThan(3.1);
});

it("rejects files that are no recordings", async () => {
  await expect(rewrapAsOgg(new ArrayBuffer(100))).rejects.toThrow();
});
