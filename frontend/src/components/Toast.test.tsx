import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ToastQueue } from "./toastQueue";
import { ToastProvider, useToasts } from "./Toast";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

function Page({ onToasts }: { readonly onToasts: (toasts: ReturnType<typeof useToasts>) => void }) {
  onToasts(useToasts());
  return <input aria-label="field" />;
}

function open() {
  const onToasts = vi.fn<(toasts: ReturnType<typeof useToasts>) => void>();
  render(
    <ToastProvider>
      <Page onToasts={onToasts} />
    </ToastProvider>,
  );
  const toasts = onToasts.mock.calls[0]?.[0];
  if (toasts === undefined) throw new Error("The page was not rendered.");
  const show = (text: string, run?: () => void) => {
    act(() => {
      toasts.show(run === undefined ? { text } : { text, action: { label: "Undo", run } });
    });
  };
  return { toasts, show };
}

const pass = (ms: number) => {
  act(() => {
    vi.advanceTimersByTime(ms);
  });
};
const shown = () => screen.queryByTestId("toast")?.textContent ?? null;

it("announces the text and closes after 6 seconds", () => {
  const { show } = open();
  expect(screen.getByRole("status").textContent).toBe("");
  show("Archived");
  expect(screen.getByRole("status").textContent).toBe("Archived");
  pass(5_900);
  expect(shown()).toBe("Archived");
  pass(200);
  expect(shown()).toBeNull();
});

it("stays while the pointer or the focus is on it", () => {
  const { show } = open();
  show("Archived", vi.fn());
  fireEvent.pointerEnter(screen.getByTestId("toast"));
  pass(60_000);
  expect(shown()).toContain("Archived");
  fireEvent.pointerLeave(screen.getByTestId("toast"));
  act(() => screen.getByTestId("toast-action").focus());
  pass(60_000);
  expect(shown()).toContain("Archived");
  act(() => screen.getByTestId("toast-action").blur());
  pass(6_100);
  expect(shown()).toBeNull();
});

it("shows one after the other, the first for a shorter time, and drops the oldest of many that wait", () => {
  const { show } = open();
  for (const text of ["1", "2", "3", "4", "5"]) show(text);
  const seen = [shown()];
  for (let step = 0; step < 4; step += 1) {
    pass(1_600);
    seen.push(shown());
  }
  expect(seen).toEqual(["1", "3", "4", "5", "5"]);
});

it("undoes by the button once, and returns the focus", () => {
  const { toasts, show } = open();
  const run = vi.fn();
  screen.getByLabelText("field").focus();
  show("Archived", run);
  act(() => screen.getByTestId("toast-action").focus());
  fireEvent.click(screen.getByTestId("toast-action"));
  expect(run).toHaveBeenCalledOnce();
  expect(shown()).toBeNull();
  expect(document.activeElement).toBe(screen.getByLabelText("field"));
  expect(toasts.undo()).toBe(false);
});

it("undoes the newest first, also after its toast closed, for 30 seconds", () => {
  const { toasts, show } = open();
  const undone: string[] = [];
  for (const text of ["first", "second"]) show(text, () => undone.push(text));
  show("Copied");
  for (let toast = 0; toast < 3; toast += 1) pass(6_100);
  expect(shown()).toBeNull();
  expect(toasts.undo()).toBe(true);
  expect(toasts.undo()).toBe(true);
  expect(toasts.undo()).toBe(false);
  expect(undone).toEqual(["second", "first"]);
  show("third", () => undone.push("third"));
  pass(31_000);
  expect(toasts.undo()).toBe(false);
  expect(undone).toHaveLength(2);
});

it("takes back a toast whose action failed, and its undo", () => {
  const queue = new ToastQueue();
  const run = vi.fn<() => void>();
  const withdraw = queue.show({ text: "Archived", action: { label: "Undo", run } });
  withdraw();
  expect([queue.getSnapshot(), queue.undo()]).toEqual([[], false]);
  expect(run).not.toHaveBeenCalled();
});
