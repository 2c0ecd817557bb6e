import { beforeEach, expect, it, vi } from "vitest";
import { Playback } from "./playback";

const load = () => Promise.resolve(new Blob(["sound"]));
const started: HTMLMediaElement[] = [];

beforeEach(() => {
  started.length = 0;
  localStorage.clear();
  URL.createObjectURL = vi.fn(() => "blob:one");
  URL.revokeObjectURL = vi.fn();
  vi.spyOn(HTMLMediaElement.prototype, "play").mockImplementation(function play(this: HTMLMediaElement) {
    started.push(this);
    this.onplay?.(new Event("play"));
    return Promise.resolve();
  });
  vi.spyOn(HTMLMediaElement.prototype, "pause").mockImplementation(function pause(this: HTMLMediaElement) {
    this.onpause?.(new Event("pause"));
  });
});

it("plays one recording at a time", async () => {
  const playback = new Playback();
  await playback.toggle("one", load);
  await playback.toggle("two", load);
  expect(started).toHaveLength(2);
  expect(started[0]?.onplay).toBeNull();
  expect(playback.getState()).toMatchObject({ key: "two", status: "playing" });
});

it("pauses and goes on where it was", async () => {
  const playback = new Playback();
  await playback.toggle("one", load);
  await playback.toggle("one", load);
  expect(playback.getState().status).toBe("paused");
  await playback.toggle("one", load);
  expect([playback.getState().status, started[1] === started[0]]).toEqual(["playing", true]);
});

it("keeps the speed for the next recording and the next visit", async () => {
  const playback = new Playback();
  playback.nextSpeed();
  await playback.toggle("one", load);
  expect(started[0]?.playbackRate).toBe(1.5);
  playback.nextSpeed();
  expect(started[0]?.playbackRate).toBe(2);
  expect(new Playback().getState().speed).toBe(2);
  playback.nextSpeed();
  expect(playback.getState().speed).toBe(1);
  localStorage.setItem("confab.playbackSpeed", "17");
  expect(new Playback().getState().speed).toBe(1);
});

it("tells when a recording was played to its end, and starts it again from the beginning", async () => {
  const playback = new Playback();
  const ended = vi.fn();
  playback.onEnd(ended);
  await playback.toggle("one", load);
  playback.seek(3);
  started[0]?.onended?.(new Event("ended"));
  expect(ended).toHaveBeenCalledExactlyOnceWith("one");
  expect(playback.getState()).toMatchObject({ status: "paused", at: 0 });
});

it("does not play what was no longer wanted when it was loaded", async () => {
  const playback = new Playback();
  let arrive: (blob: Blob) => void = () => undefined;
  const slow = new Promise<Blob>((resolve) => (arrive = resolve));
  const waiting = playback.toggle("one", () => slow);
  playback.stop();
  arrive(new Blob());
  await waiting;
  expect(started).toHaveLength(0);
  expect(playback.getState().key).toBeNull();
});

it("is idle again after a recording could not be loaded", async () => {
  const playback = new Playback();
  await playback.toggle("one", () => Promise.reject(new Error("offline")));
  expect(playback.getState()).toMatchObject({ key: null, status: "idle" });
});
