/**
 * Makes a picture of a video's beginning in the browser. It reads only the parts of the file that it needs: the index and
 * the first frame. Why the server does not: docs/adr/0018.
 */
import { CustomSource, EncodedPacketSink, Input, MP4, QTFF, WEBM, type InputVideoTrack } from "mediabunny";
import { LIMITS_MS, withDeadline } from "@/lib/limits";

/** As wide as a bubble shows it on a dense screen. */
const WIDTH_PX = 480;
const QUALITY = 0.8;

type Read = (from: number, to: number) => Promise<Blob>;

/** Null if this browser cannot decode the video. */
export async function makePoster(size: number, read: Read): Promise<Blob | null> {
  const source = new CustomSource({ getSize: () => size, read: async (from, to) => (await read(from, to)).stream() });
  const input = new Input({ formats: [MP4, QTFF, WEBM], source });
  try {
    const track = await input.getPrimaryVideoTrack();
    return track === null ? null : await drawFirstFrame(track);
  } finally {
    input.dispose();
  }
}

/** Without mediabunny's own canvas sink, whose timers run in a worker that the Content-Security-Policy refuses. */
async function drawFirstFrame(track: InputVideoTrack): Promise<Blob | null> {
  const config = await track.getDecoderConfig();
  const packet = await new EncodedPacketSink(track).getFirstPacket();
  if (config === null || packet === null || !("VideoDecoder" in globalThis)) return null;
  const { supported } = await VideoDecoder.isConfigSupported(config);
  if (supported !== true) return null;
  const frame = await decode(config, packet.toEncodedVideoChunk());
  try {
    return await draw(frame, await track.getDisplayWidth(), await track.getDisplayHeight(), await track.getRotation());
  } finally {
    frame.close();
  }
}

function decode(config: VideoDecoderConfig, chunk: EncodedVideoChunk): Promise<VideoFrame> {
  return withDeadline(
    LIMITS_MS.play,
    () =>
      new Promise((resolve, reject) => {
        const decoder = new VideoDecoder({ output: resolve, error: reject });
        decoder.configure({ ...config, optimizeForLatency: true });
        decoder.decode(chunk);
        decoder.flush().then(() => decoder.close(), reject);
      }),
  );
}

/** Upright, whatever way the phone was held. */
async function draw(frame: VideoFrame, width: number, height: number, degrees: number): Promise<Blob> {
  const scale = Math.min(1, WIDTH_PX / width);
  const canvas = new OffscreenCanvas(Math.round(width * scale), Math.round(height * scale));
  const pen = canvas.getContext("2d");
  if (pen === null) throw new Error("There is no canvas.");
  const isSideways = degrees % 180 !== 0;
  const [drawnWidth, drawnHeight] = isSideways ? [canvas.height, canvas.width] : [canvas.width, canvas.height];
  pen.translate(canvas.width / 2, canvas.height / 2);
  pen.rotate((degrees * Math.PI) / 180);
  pen.drawImage(frame, -drawnWidth / 2, -drawnHeight / 2, drawnWidth, drawnHeight);
  return canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
}
