/** The members of a group: how many are shown, who can be written to, and a failed load. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import type { Api } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import { makeAccount, makeChat, makeMe, makeSender } from "@/testing/factories";
import { Members } from "./Members";

function show(listChatContacts: Api["listChatContacts"], role: "owner" | "viewer" = "owner") {
  const client = new QueryClient();
  client.setQueryData(ME_KEY, makeMe());
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={{ listChatContacts } as unknown as Api}>
        <Members account={makeAccount({ role })} chat={makeChat({ kind: "group" })} />
      </ApiContext>
    </QueryClientProvider>,
  );
}

const members = Array.from({ length: 12 }, (_, n) => ({ id: n, ...makeSender({ provider_id: `p${n}`, name: `Member ${n}`, phone: n === 0 ? null : `+4930123450${n}` }) }));

it("shows a few members, and all on request", async () => {
  show(() => Promise.resolve({ items: members, files: 0 }));
  const region = within(await screen.findByRole("region", { name: "Members" }));
  expect(await region.findByText("You and 12 others")).toBeTruthy();
  expect(region.getAllByRole("listitem")).toHaveLength(8);
  await userEvent.click(region.getByRole("button", { name: "Show all 12" }));
  expect(region.getAllByRole("listitem")).toHaveLength(12);
});

it("offers to write to members with a number, to users who may", async () => {
  show(() => Promise.resolve({ items: members.slice(0, 2), files: 0 }));
  expect(await screen.findByRole("button", { name: "Write to Member 1" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Write to Member 0" })).toBeNull();
});

it("offers nothing to users who may only read", async () => {
  show(() => Promise.resolve({ items: members.slice(0, 2), files: 0 }), "viewer");
  expect(await screen.findByText("Member 1")).toBeTruthy();
  expect(screen.queryByRole("button")).toBeNull();
});

it("reports a failed load, and retries on request", async () => {
  const listChatContacts = vi.fn<Api["listChatContacts"]>().mockRejectedValueOnce(new ApiError(502, { code: "provider_failed", message: "UniPile failed.", fields: {}, requestId: null }));
  listChatContacts.mockResolvedValue({ items: members.slice(0, 1), files: 0 });
  show(listChatContacts);
  await userEvent.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Member 0")).toBeTruthy();
});
