import { readFile } from "node:fs/promises";
import { BlobSource, EncodedPacketSink, Input, MP4, OGG, WEBM, type InputFormat } from "mediabunny";
import { expect, it } from "vitest";
import { findContainer } from "./playable";
import { rewrapOgg } from "./rewrapOgg";

const none = () => false;

it.each([
  ["audio/ogg", () => true, null],
  ["audio/ogg", (type: string) => type.startsWith("audio/mp4"), "audio/mp4"],
  ["audio/ogg; codecs=opus", (type: string) => type.startsWith("audio/webm"), "audio/webm"],
  ["audio/ogg", none, null],
  ["audio/mpeg", none, null],
] as const)("plays %s from the container that the browser knows", (type, plays, container) => {
  expect(findContainer(type, plays)).toBe(container);
});

async function packetsOf(blob: Blob, format: InputFormat): Promise<number[]> {
  const track = await new Input({ formats: [format], source: new BlobSource(blob) }).getPrimaryAudioTrack();
  if (track === null) throw new Error("No track.");
  const sizes: number[] = [];
  for await (const packet of new EncodedPacketSink(track).packets()) sizes.push(packet.data.length);
  return sizes;
}

it.each([
  ["audio/mp4", MP4],
  ["audio/webm", WEBM],
] as const)("repackages a voice note as %s, packet by packet", async (type, format) => {
  const ogg = new Blob([await readFile("../sandbox/page/voice-note.ogg")], { type: "audio/ogg" });
  const before = await packetsOf(ogg, OGG);
  expect(before.length).toBeGreaterThan(50);
  expect(await packetsOf(await rewrapOgg(ogg, type), format)).toEqual(before);
});
