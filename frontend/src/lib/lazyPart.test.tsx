/** Parts in chunks of their own: what is shown until they are loaded, when they cannot be, and when they were before. */
import { act, render, screen } from "@testing-library/react";
import { Component, type ReactNode } from "react";
import { expect, it, vi } from "vitest";
import { lazyPart, startPreloading } from "./lazyPart";

interface DialogProps {
  readonly name: string;
  readonly onClose: () => void;
}

const Dialog = ({ name }: DialogProps) => <p>{`Dialog of ${name}`}</p>;
const Waiting = () => <p>Waiting</p>;

it("shows what waits, then the part", async () => {
  const Part = lazyPart(() => Promise.resolve(Dialog), { Waiting });
  render(<Part name="Ana" onClose={vi.fn()} />);
  expect(screen.getByText("Waiting")).toBeTruthy();
  expect(await screen.findByText("Dialog of Ana")).toBeTruthy();
});

it("shows a part that was loaded before at once", async () => {
  const load = vi.fn(() => Promise.resolve(Dialog));
  const Part = lazyPart(load, { Waiting });
  await Part.preload();
  render(<Part name="Ana" onClose={vi.fn()} />);
  expect(screen.getByText("Dialog of Ana")).toBeTruthy();
  expect(load).toHaveBeenCalledTimes(1);
});

it("leaves out what the page is complete without, until the connection is back", async () => {
  const load = vi.fn().mockRejectedValueOnce(new TypeError("offline")).mockResolvedValue(() => <p>Extra</p>);
  const Part = lazyPart<object>(load, { isExtra: true });
  render(<Part />);
  await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(1));
  await Promise.resolve();
  window.dispatchEvent(new Event("online"));
  expect(await screen.findByText("Extra")).toBeTruthy();
});

it("closes a part that cannot be loaded, and loads it when it is next shown", async () => {
  const load = vi.fn().mockRejectedValueOnce(new TypeError("offline")).mockResolvedValue(Dialog);
  const Part = lazyPart<DialogProps>(load);
  const onClose = vi.fn();
  const { unmount } = render(<Part name="Ana" onClose={onClose} />);
  await vi.waitFor(() => expect(onClose).toHaveBeenCalledTimes(1));
  unmount();
  render(<Part name="Ana" onClose={onClose} />);
  expect(await screen.findByText("Dialog of Ana")).toBeTruthy();
});

class Boundary extends Component<{ readonly children: ReactNode }, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };
  static getDerivedStateFromError = () => ({ hasFailed: true });
  override render = () => (this.state.hasFailed ? <p>Failed</p> : this.props.children);
}

it("reports a part that can be neither loaded nor closed", async () => {
  vi.spyOn(console, "error").mockReturnValue();
  const Part = lazyPart(() => Promise.reject<() => null>(new TypeError("offline")));
  render(
    <Boundary>
      <Part />
    </Boundary>,
  );
  expect(await screen.findByText("Failed")).toBeTruthy();
});

it("asks again for what the page is complete without", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const load = vi.fn().mockRejectedValueOnce(new TypeError("restarting")).mockResolvedValue(() => <p>Extra</p>);
  const Part = lazyPart<object>(load, { isExtra: true });
  render(<Part />);
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(1));
  await act(() => vi.advanceTimersByTimeAsync(5_000));
  expect(screen.getByText("Extra")).toBeTruthy();
});

it("does not load what follows the page before it is shown", async () => {
  const load = vi.fn(() => Promise.resolve(Dialog));
  const Part = lazyPart(load, { preloading: "page" });
  render(<Part name="Ana" onClose={vi.fn()} />);
  await Promise.resolve();
  expect(load).not.toHaveBeenCalled();
  startPreloading();
  expect(await screen.findByText("Dialog of Ana")).toBeTruthy();
});

it("loads parts while the browser is idle, once the page is shown, but not those that few need", async () => {
  const order: string[] = [];
  const loader = (name: string) => () => {
    order.push(name);
    return Promise.resolve(Dialog);
  };
  lazyPart(loader("second"));
  lazyPart(loader("first"), { preloading: "first" });
  lazyPart(loader("rare"), { preloading: "never" });
  expect(order).toEqual([]);
  startPreloading();
  await vi.waitFor(() => expect(order).toEqual(["first", "second"]), { timeout: 5_000 });
  lazyPart(loader("late"));
  await vi.waitFor(() => expect(order).toEqual(["first", "second", "late"]), { timeout: 5_000 });
});
