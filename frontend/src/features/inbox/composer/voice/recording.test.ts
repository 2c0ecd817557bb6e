// @vitest-environment jsdom
/** Recorders and microphones as they occur in practice: unplugged, silent, stopped too soon, not responding. */
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LIMITS_MS } from "@/lib/limits";
import { startRecording, TooShortError } from "./recording";

class FakeTrack extends EventTarget {
  readonly stop = vi.fn();
}

/** Delivers a chunk every second and when it is stopped, as MediaRecorder does. */
class FakeRecorder extends EventTarget {
  static isTypeSupported = () => true;
  static last: FakeRecorder;
  readonly mimeType = "audio/ogg;codecs=opus";
  state: RecordingState = "inactive";
  isDeaf = false;

  constructor(readonly stream: MediaStream) {
    super();
    FakeRecorder.last = this;
  }

  start(): void {
    this.state = "recording";
  }

  pause(): void {
    this.state = "paused";
  }

  resume(): void {
    this.state = "recording";
  }

  requestData(): void {
    this.give(oggOf(1));
  }

  give(bytes: BlobPart): void {
    this.dispatchEvent(Object.assign(new Event("dataavailable"), { data: new Blob([bytes]) }));
  }

  stop(): void {
    if (this.state === "inactive") throw new DOMException("inactive", "InvalidStateError");
    this.state = "inactive";
    if (!this.isDeaf) this.dispatchEvent(new Event("stop"));
  }
}

/** One Ogg page whose position gives the duration. */
function oggOf(seconds: number): ArrayBuffer {
  const page = new ArrayBuffer(27);
  new Uint8Array(page).set([0x4f, 0x67, 0x67, 0x53]);
  new DataView(page).setBigInt64(6, BigInt(Math.round(seconds * 48_000)), true);
  return page;
}

const onEnd = vi.fn();
let track: FakeTrack;

beforeEach(() => {
  onEnd.mockReset();
  track = new FakeTrack();
  const stream = { getTracks: () => [track], getAudioTracks: () => [track] };
  vi.stubGlobal("MediaRecorder", FakeRecorder);
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: () => Promise.resolve(stream) } });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("keeps what was recorded before the microphone was unplugged, and reports it", async () => {
  const recording = await startRecording(onEnd);
  FakeRecorder.last.give(oggOf(4));
  track.dispatchEvent(new Event("ended"));
  expect(onEnd).toHaveBeenCalledTimes(1);
  expect((await recording.finish()).size).toBe(27);
});

it("keeps what was recorded when the browser stops the recorder", async () => {
  const recording = await startRecording(onEnd);
  FakeRecorder.last.give(oggOf(2));
  FakeRecorder.last.stop();
  expect(onEnd).toHaveBeenCalledTimes(1);
  expect((await recording.finish()).size).toBe(27);
});

it("does not wait forever for a recorder that does not respond", async () => {
  const recording = await startRecording(onEnd);
  FakeRecorder.last.give(oggOf(3));
  FakeRecorder.last.isDeaf = true;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const file = recording.finish();
  await vi.advanceTimersByTimeAsync(LIMITS_MS.recorder);
  vi.useRealTimers();
  expect((await file).size).toBe(27);
});

it.each([
  ["nothing at all", []],
  ["a head without sound", [oggOf(0)]],
  ["less than half a second", [oggOf(0.4)]],
])("rejects a recording with %s", async (_, chunks) => {
  const recording = await startRecording(onEnd);
  for (const chunk of chunks) FakeRecorder.last.give(chunk);
  await expect(recording.finish()).rejects.toBeInstanceOf(TooShortError);
  expect(track.stop).toHaveBeenCalled();
  expect(onEnd).not.toHaveBeenCalled();
});

it("releases the microphone when the recording is discarded, even after it ended by itself", async () => {
  const recording = await startRecording(onEnd);
  FakeRecorder.last.stop();
  recording.drop();
  await Promise.resolve();
  expect(track.stop).toHaveBeenCalled();
});

it("hands out a copy of what was recorded so far, and goes on", async () => {
  const recording = await startRecording(onEnd);
  FakeRecorder.last.give(oggOf(2));
  recording.pause();
  expect((await recording.listen()).size).toBe(2 * 27);
  recording.resume();
  expect(FakeRecorder.last.state).toBe("recording");
  expect((await recording.finish()).size).toBe(2 * 27);
  expect(onEnd).not.toHaveBeenCalled();
});

it("counts the seconds without the pauses", async () => {
  const now = vi.spyOn(performance, "now").mockReturnValue(1_000);
  const recording = await startRecording(onEnd);
  now.mockReturnValue(4_000);
  recording.pause();
  now.mockReturnValue(60_000);
  expect(recording.seconds()).toBe(3);
  recording.resume();
  now.mockReturnValue(61_000);
  expect(recording.seconds()).toBe(4);
});
