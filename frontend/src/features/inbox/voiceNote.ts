/** Takes Opus out of WebM and puts it into Ogg, packet by packet: nothing is encoded anew. */
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
