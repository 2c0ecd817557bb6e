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
const told = { onSend: vi.fn(), onProblem: vi.fn(), onClose: vi.fn() };

beforeEach(() => {
  vi.resetAllMocks();
  finish.mockResolvedValue(file);
  start.mockResolvedValue({ finish, drop });
});

const phase = () => screen.getByTestId("voice-recorder").dataset.phase;

async function show() {
  const shown = render(<VoiceRecorder {...told} />);
  await waitFor(() => expect(phase()).toBe("recording"));
  return shown;
}

it("sends on Enter what was said", async () => {
  await show();
  expect(screen.getByRole("timer").textContent).toBe("Recording 0:00");
  await userEvent.keyboard("{Enter}");
  expect(told.onSend).toHaveBeenCalledExactlyOnceWith(file);
  expect(told.onClose).toHaveBeenCalledTimes(1);
});

it("throws it away on Escape, and nobody else hears of the key", async () => {
  const outside = vi.fn((event: KeyboardEvent) => event.defaultPrevented);
  document.addEventListener("keydown", outside);
  const { unmount } = await show();
  await userEvent.keyboard("{Escape}");
  document.removeEventListener("keydown", outside);
  expect(told.onClose).toHaveBeenCalledTimes(1);
  expect(outside).toHaveReturnedWith(true);
  unmount();
  expect(drop).toHaveBeenCalledTimes(1);
  expect(told.onSend).not.toHaveBeenCalled();
});

it("says what to do when the microphone is refused", async () => {
  start.mockRejectedValue(new DOMException("", "NotAllowedError"));
  render(<VoiceRecorder {...told} />);
  await waitFor(() => expect(told.onClose).toHaveBeenCalled());
  expect(told.onProblem).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("allow it for this page"));
});

it.each([
  ["NotFoundError", "no microphone"],
  ["NotReadableError", "Another program"],
  ["NotAllowedError", "allow it"],
])("knows %s", (name, words) => expect(describeRecorderError(new DOMException("", name))).toContain(words));

it("lets go of a microphone that was allowed too late", async () => {
  let allow: (recording: Recording) => void = () => undefined;
  start.mockReturnValue(new Promise((resolve) => (allow = resolve)));
  const { unmount } = render(<VoiceRecorder {...told} />);
  expect(screen.getByRole("status").textContent).toContain("microphone");
  await userEvent.keyboard("{Enter}");
  expect(told.onSend).not.toHaveBeenCalled();
  unmount();
  allow({ finish, drop });
  await waitFor(() => expect(drop).toHaveBeenCalledTimes(1));
});

it("says so when the recording cannot be made", async () => {
  finish.mockRejectedValue(new Error("no sound"));
  await show();
  await userEvent.click(screen.getByTestId("voice-send"));
  expect(told.onProblem).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("Try again"));
  expect(told.onClose).toHaveBeenCalledTimes(1);
});

it("says that the microphone was pulled out, and sends what was said", async () => {
  await show();
  act(() => start.mock.calls[0]?.[0]());
  expect(screen.getByRole("status").textContent).toContain("disconnected");
  await userEvent.click(screen.getByTestId("voice-send"));
  expect(told.onSend).toHaveBeenCalledExactlyOnceWith(file);
});

it("says that a recording was too short", async () => {
  finish.mockRejectedValue(new TooShortError());
  await show();
  await userEvent.keyboard("{Enter}");
  expect(told.onProblem).toHaveBeenCalledExactlyOnceWith(expect.stringContaining("too short"));
  expect(told.onSend).not.toHaveBeenCalled();
});

it("offers to reload when the page was replaced by a newer one", async () => {
  start.mockRejectedValue(new MissingPartError());
  render(<VoiceRecorder {...told} />);
  expect(await screen.findByRole("button", { name: "Reload" })).toBeTruthy();
  expect(told.onClose).not.toHaveBeenCalled();
});
