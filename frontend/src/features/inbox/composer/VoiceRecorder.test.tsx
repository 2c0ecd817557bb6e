import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { describeRecorderError, MissingPartError, startRecording, TooShortError, type Recording } from "./recording";
import { VoiceRecorder } from "./VoiceRecorder";

vi.mock(import("./recording"), async (original) => ({ ...(await original()), startRecording: vi.fn<() => Promise<Recording>>() }));

const start = vi.mocked(startRecording);
const file = new File(["OggS"], "Voice message.ogg", { type: "audio/ogg" });
const drop = vi.fn();
const finish = vi.fn(() => Promise.resolve(file));
const reported = { onSend: vi.fn(), onProblem: vi.fn(), onClose: vi.fn() };

beforeEach(() => {
  vi.resetAllMocks();
  finish.mockResolvedValue(file);
  start.mockResolvedValue({ finish, drop });
});

const phase = () => screen.getByTestId("voice-recorder").dataset.phase;

async function show() {
  const shown = render(<VoiceRecorder {...reported} />);
  await waitFor(() => expect(phase()).toBe("recording"));
  return shown;
}

it("sends the recording on Enter", async () => {
  await show();
  expect(screen.getByRole("timer").textContent).toBe("Recording 0:00");
  await userEvent.keyboard("{Enter}");
  expect(reported.onSend).toHaveBeenCalledExactlyOnceWith(file);
  expect(reported.onClose).toHaveBeenCalledTimes(1);
});

it("discards it on Escape, and stops the key event", async () => {
  const outside = vi.fn((event: KeyboardEvent) => event.defaultPrevented);
  document.addEventListener("keydown", outside);
  const { unmount } = await show();
  await userEvent.keyboard("{Escape}");
  document.removeEventListener("keydown", outside);
  expect(reported.onClose).toHaveBeenCalledTimes(1);
  expect(outside).toHaveReturnedWith(true);
  unmount();
  expect(drop).toHaveBeenCalledTimes(1);
  expect(reported.onSend).not.toHaveBeenCalled();
});

it("explains what to do when the microphone is denied", async () => {
  start.mockRejectedValue(new DOMException("", "NotAllowedError"));
  render(<VoiceRecorder {...reported} />);
  await waitFor(() => expect(reported.onClose).toHaveBeenCalled());
  expect(reported.onProblem).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("allow it for this page"));
});

it.each([
  ["NotFoundError", "no microphone"],
  ["NotReadableError", "Another program"],
  ["NotAllowedError", "allow it"],
])("knows %s", (name, text) => expect(describeRecorderError(new DOMException("", name))).toContain(text));

it("releases a microphone that was allowed too late", async () => {
  let allow: (recording: Recording) => void = () => undefined;
  start.mockReturnValue(new Promise((resolve) => (allow = resolve)));
  const { unmount } = render(<VoiceRecorder {...reported} />);
  expect(screen.getByRole("status").textContent).toContain("microphone");
  await userEvent.keyboard("{Enter}");
  expect(reported.onSend).not.toHaveBeenCalled();
  unmount();
  allow({ finish, drop });
  await waitFor(() => expect(drop).toHaveBeenCalledTimes(1));
});

it("reports when the recording cannot be created", async () => {
  finish.mockRejectedValue(new Error("no sound"));
  await show();
  await userEvent.click(screen.getByTestId("voice-send"));
  expect(reported.onProblem).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("Try again"));
  expect(reported.onClose).toHaveBeenCalledTimes(1);
});

it("reports an unplugged microphone, and sends what was recorded", async () => {
  await show();
  act(() => start.mock.calls[0]?.[0]());
  expect(screen.getByRole("status").textContent).toContain("disconnected");
  await userEvent.click(screen.getByTestId("voice-send"));
  expect(reported.onSend).toHaveBeenCalledExactlyOnceWith(file);
});

it("reports a recording that is too short", async () => {
  finish.mockRejectedValue(new TooShortError());
  await show();
  await userEvent.keyboard("{Enter}");
  expect(reported.onProblem).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("too short"));
  expect(reported.onSend).not.toHaveBeenCalled();
});

it("offers to reload after a new version was deployed", async () => {
  start.mockRejectedValue(new MissingPartError());
  render(<VoiceRecorder {...reported} />);
  expect(await screen.findByRole("button", { name: "Reload" })).toBeTruthy();
  expect(reported.onClose).not.toHaveBeenCalled();
});
