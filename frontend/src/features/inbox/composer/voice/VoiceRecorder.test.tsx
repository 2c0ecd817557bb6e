import { act, fireEvent, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { describeRecorderError, MissingPartError, startRecording, TooShortError, type Recording } from "./recording";
import { VoiceRecorder } from "./VoiceRecorder";

vi.mock(import("./recording"), async (original) => ({ ...(await original()), startRecording: vi.fn<() => Promise<Recording>>() }));

const start = vi.mocked(startRecording);
const file = new File(["OggS"], "Voice message.ogg", { type: "audio/ogg" });
const recording = { pause: vi.fn(), resume: vi.fn(), seconds: vi.fn(), level: vi.fn(), listen: vi.fn(), finish: vi.fn(), drop: vi.fn() };
const reported = { onSend: vi.fn(), onKeep: vi.fn(), onDiscard: vi.fn(), onProblem: vi.fn(), onClose: vi.fn() };
const VOICE = { file, seconds: 2 };

beforeEach(() => {
  vi.resetAllMocks();
  URL.createObjectURL = vi.fn(() => "blob:one");
  URL.revokeObjectURL = vi.fn();
  recording.seconds.mockReturnValue(2);
  recording.level.mockReturnValue(0.5);
  recording.listen.mockResolvedValue(file);
  recording.finish.mockResolvedValue(file);
  start.mockResolvedValue(recording);
});

const phase = () => screen.getByTestId("voice-recorder").dataset.phase;

async function show() {
  const shown = render(<VoiceRecorder {...reported} />);
  await waitFor(() => expect(phase()).toBe("recording"));
  return shown;
}

it("pauses on Enter, so that nothing is sent by accident", async () => {
  await show();
  await userEvent.keyboard("{Enter}");
  expect(phase()).toBe("paused");
  expect(recording.pause).toHaveBeenCalledTimes(1);
  expect(reported.onSend).not.toHaveBeenCalled();
  await userEvent.keyboard("{Enter}");
  expect(phase()).toBe("recording");
  expect(recording.resume).toHaveBeenCalledTimes(1);
});

it("plays what was recorded while it is paused", async () => {
  await show();
  await userEvent.click(screen.getByTestId("voice-pause"));
  expect(await screen.findByRole("button", { name: "Listen to the recording" })).toBeTruthy();
  await userEvent.click(screen.getByTestId("voice-pause"));
  expect(screen.queryByRole("button", { name: "Listen to the recording" })).toBeNull();
});

it("sends the recording", async () => {
  await show();
  await userEvent.click(screen.getByTestId("voice-send"));
  expect(reported.onSend).toHaveBeenCalledExactlyOnceWith(file);
  expect(reported.onClose).toHaveBeenCalledTimes(1);
});

it("discards it on Escape, stops the key event, and can bring it back", async () => {
  const outside = vi.fn((event: KeyboardEvent) => event.defaultPrevented);
  document.addEventListener("keydown", outside);
  const { unmount } = await show();
  await userEvent.keyboard("{Escape}");
  document.removeEventListener("keydown", outside);
  expect(outside).toHaveReturnedWith(true);
  expect(reported.onClose).toHaveBeenCalledTimes(1);
  unmount();
  await waitFor(() => expect(reported.onDiscard).toHaveBeenCalledExactlyOnceWith(VOICE));
  expect([reported.onSend.mock.calls, reported.onKeep.mock.calls]).toEqual([[], []]);
});

it("keeps the recording when another chat is opened", async () => {
  const { unmount } = await show();
  unmount();
  await waitFor(() => expect(reported.onKeep).toHaveBeenCalledExactlyOnceWith(VOICE));
});

it("keeps nothing of what is too short", async () => {
  recording.finish.mockRejectedValue(new TooShortError());
  const { unmount } = await show();
  unmount();
  await act(() => Promise.resolve());
  expect(reported.onKeep).not.toHaveBeenCalled();
});

it("pauses when a dialog takes the focus", async () => {
  await show();
  const dialog = document.body.appendChild(document.createElement("dialog"));
  const button = dialog.appendChild(document.createElement("button"));
  fireEvent.focusIn(button);
  dialog.remove();
  expect(phase()).toBe("paused");
});

it("explains what to do when the microphone is denied", async () => {
  start.mockRejectedValue(new DOMException("", "NotAllowedError"));
  render(<VoiceRecorder {...reported} />);
  await waitFor(() => expect(reported.onClose).toHaveBeenCalled());
  expect(reported.onProblem).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("Allow it"));
});

it.each([
  ["NotFoundError", "No microphone"],
  ["NotReadableError", "another app"],
  ["NotAllowedError", "Allow it"],
])("knows %s", (name, text) => expect(describeRecorderError(new DOMException("", name))).toContain(text));

it("releases a microphone that was allowed too late", async () => {
  let allow: (recording: Recording) => void = () => undefined;
  start.mockReturnValue(new Promise((resolve) => (allow = resolve)));
  const { unmount } = render(<VoiceRecorder {...reported} />);
  expect(screen.getByRole("status").textContent).toContain("microphone");
  await userEvent.click(screen.getByTestId("voice-send"));
  expect(reported.onSend).not.toHaveBeenCalled();
  unmount();
  allow(recording);
  await waitFor(() => expect(recording.drop).toHaveBeenCalledTimes(1));
});

it("reports an unplugged microphone, and sends what was recorded", async () => {
  await show();
  act(() => start.mock.calls[0]?.[0]());
  expect(screen.getByRole("status").textContent).toContain("disconnected");
  expect(await screen.findByRole("button", { name: "Listen to the recording" })).toBeTruthy();
  await userEvent.click(screen.getByTestId("voice-send"));
  expect(reported.onSend).toHaveBeenCalledExactlyOnceWith(file);
});

it.each<[string, Error, string]>([
  ["too short", new TooShortError(), "Too short"],
  ["not readable", new Error("no sound"), "Try again"],
])("reports a recording that is %s", async (_, error, text) => {
  recording.finish.mockRejectedValue(error);
  await show();
  await userEvent.click(screen.getByTestId("voice-send"));
  expect(reported.onProblem).toHaveBeenCalledExactlyOnceWith(expect.stringContaining(text));
  expect(reported.onSend).not.toHaveBeenCalled();
  expect(reported.onClose).toHaveBeenCalledTimes(1);
});

it("offers to reload after a new version was deployed", async () => {
  start.mockRejectedValue(new MissingPartError());
  render(<VoiceRecorder {...reported} />);
  expect(await screen.findByRole("button", { name: "Reload" })).toBeTruthy();
  expect(reported.onClose).not.toHaveBeenCalled();
});
