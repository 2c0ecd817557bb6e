/** Repackages Opus from Ogg for browsers that play it only from other containers (Safari), without re-encoding. */
import {
  BlobSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  Input,
  Mp4OutputFormat,
  OGG,
  Output,
  WebMOutputFormat,
} from "mediabunny";

const CONTAINERS = [
  { type: "audio/mp4", format: () => new Mp4OutputFormat() },
  { type: "audio/webm", format: () => new WebMOutputFormat() },
] as const;

export type Container = (typeof CONTAINERS)[number]["type"];

/** The recording in this container. */
export async function rewrapOgg(ogg: Blob, type: Container): Promise<Blob> {
  const track = await new Input({ formats: [OGG], source: new BlobSource(ogg) }).getPrimaryAudioTrack();
  const config = await track?.getDecoderConfig();
  if (!track || !config) throw new Error("The recording has no sound.");
  const target = new BufferTarget();
  const container = CONTAINERS.find((known) => known.type === type) ?? CONTAINERS[0];
  const output = new Output({ format: container.format(), target });
  const source = new EncodedAudioPacketSource("opus");
  output.addAudioTrack(source);
  await output.start();
  for await (const packet of new EncodedPacketSink(track).packets()) await source.add(packet, { decoderConfig: config });
  await output.finalize();
  if (target.buffer === null) throw new Error("The recording could not be written.");
  return new Blob([target.buffer], { type });
}
