import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { FeedContext } from "@/lib/socket/context";
import type { Feed, FeedListener } from "@/lib/socket/feed";
import { RefusedBanner } from "./RefusedBanner";

function show() {
  const listeners = new Set<FeedListener>();
  const feed = { listen: (listener: FeedListener) => (listeners.add(listener), () => listeners.delete(listener)) };
  render(
    <FeedContext value={feed as unknown as Feed}>
      <RefusedBanner />
    </FeedContext>,
  );
  return (data: unknown) => {
    act(() => {
      for (const listener of listeners) listener.onChange?.("account:refused", data, null);
    });
  };
}

const REFUSED = { provider: "whatsapp", phone: "+5511988880000", error: { code: "plan_limit", message: "The plan includes one number." } };

it("says which number was refused and why, until it is read", async () => {
  const refuse = show();
  expect(screen.queryByTestId("refused-banner")).toBeNull();
  refuse(REFUSED);
  expect(screen.getByRole("status").textContent).toContain("+5511988880000 was not connected. The plan includes one number.");
  await userEvent.click(screen.getByRole("button", { name: "Dismiss" }));
  expect(screen.queryByTestId("refused-banner")).toBeNull();
});

it("says nothing of what it does not understand", () => {
  show()({ error: "x" });
  expect(screen.queryByTestId("refused-banner")).toBeNull();
});
