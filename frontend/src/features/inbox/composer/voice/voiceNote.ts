/** Repackages Opus from WebM to Ogg packet by packet, without re-encoding. */
import { BufferSource, BufferTarget, EncodedAudioPacketSource, EncodedPacketSink, Input, OggOutputFormat, Output, WEBM } from "mediabunny";

export async function rewrapAsOgg(webm: ArrayBuffer): Promise<ArrayBuffer> {
  const track = await new Input({ formats: [WEBM], source: new BufferSource(webm) }).getPrimaryAudioTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) throw new Error("The recording has no sound.");
  const target = new BufferTarget();
  const output = new Output({ format: new OggOutputFormat(), target });
  const source = new EncodedAudioPacketSource("opus");
  output.addAudioTrack(source);
  await output.start();
  for await (const packet of new EncodedPacketSink(track).packets()) await source.add(packet, { decoderConfig: config });
  await output.finalize();
  if (target.buffer === null) throw new Error("The recording could not be written.");
  return target.buffer;
}

const PAGE = [0x4f, 0x67, 0x67, 0x53];
const POSITION_AT = 6;
/** Opus timestamps are always in 48 kHz, whatever the input rate. */
const RATE = 48_000;

/** The duration of an Ogg Opus file from its last page; 0 if it has no sound. */
export function secondsOf(ogg: ArrayBuffer): number {
  const bytes = new Uint8Array(ogg);
  for (let at = bytes.length - POSITION_AT - 8; at >= 0; at -= 1) {
    if (!PAGE.every((byte, index) => bytes[at + index] === byte)) continue;
    const position = Number(new DataView(ogg).getBigInt64(at + POSITION_AT, true));
    // A page on which no packet ends has -1.
    if (position >= 0) return position / RATE;
  }
  return 0;
}
