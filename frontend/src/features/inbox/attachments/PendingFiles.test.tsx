import userEvent from "@testing-library/user-event";
import { render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";
import { PendingFiles, shareOfEach } from "./PendingFiles";

beforeEach(() => {
  URL.createObjectURL = vi.fn(() => "blob:one");
  URL.revokeObjectURL = vi.fn();
});

it.each([
  [[10, 30], 0, [0, 0]],
  [[10, 30], 0.125, [0.5, 0]],
  [[10, 30], 0.625, [1, 0.5]],
  [[10, 30], 1, [1, 1]],
  [[0, 10], 0.5, [0.5, 0.5]],
  [[], 0.5, []],
])("files of %j at %d are uploaded by %j", (sizes, share, wanted) => {
  expect(shareOfEach(sizes, share)).toEqual(wanted);
});

it("shows each file with its own progress", () => {
  const files = [new File(["x".repeat(10)], "cat.png", { type: "image/png" }), new File(["x".repeat(30)], "offer.pdf")];
  render(<PendingFiles files={files} share={0.625} />);
  expect(screen.getByRole<HTMLProgressElement>("progressbar", { name: "Uploading cat.png" }).value).toBe(1);
  expect(screen.getByRole<HTMLProgressElement>("progressbar", { name: "Uploading offer.pdf" }).value).toBe(0.5);
});

it("can be cancelled while it is uploaded", async () => {
  const onCancel = vi.fn();
  render(<PendingFiles files={[new File(["x"], "offer.pdf")]} share={0.5} onCancel={onCancel} />);
  await userEvent.click(screen.getByRole("button", { name: "Cancel upload" }));
  expect(onCancel).toHaveBeenCalledTimes(1);
});
