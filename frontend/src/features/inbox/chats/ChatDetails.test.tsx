import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import type { Api } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import { makeChat, makeMe } from "@/testing/factories";
import type { Chat } from "@/types/wire";
import { ChatDetails } from "./ChatDetails";

function show(fields: Partial<Chat>, listChatContacts: Api["listChatContacts"]) {
  HTMLDialogElement.prototype.showModal = function showModal(this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = vi.fn();
  const fetchAvatar = vi.fn<Api["fetchAvatar"]>().mockResolvedValue(new Blob(["x"]));
  URL.createObjectURL = () => "blob:picture";
  URL.revokeObjectURL = vi.fn();
  const client = new QueryClient();
  client.setQueryData(ME_KEY, makeMe());
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={{ listChatContacts, fetchAvatar } as unknown as Api}>
        <ChatDetails chat={makeChat(fields)} onClose={vi.fn()} />
      </ApiContext>
    </QueryClientProvider>,
  );
  return fetchAvatar;
}

const ana = { provider_id: "1@lid", name: "Ana", phone: "+491511", avatar: "a1" };

it("shows a contact with phone, if known, and picture", async () => {
  const fetchAvatar = show({ contact: { id: 3, ...ana } }, () => Promise.resolve({ items: [ana], files: 2 }));
  expect(screen.getByText("+491511")).toBeTruthy();
  expect(await screen.findByText("2 pictures, recordings and files")).toBeTruthy();
  expect((await screen.findByTestId("avatar-picture")).getAttribute("src")).toBe("blob:picture");
  expect(fetchAvatar).toHaveBeenCalledOnce();
});

it("shows no number where WhatsApp hides it", () => {
  show({ contact: { id: 3, ...ana, phone: null } }, () => new Promise(() => undefined));
  expect(screen.getByText("WhatsApp does not show the number")).toBeTruthy();
});

it("lists the members of a group, each picture read once", async () => {
  const items = [ana, { ...ana, provider_id: "2@lid", name: null, phone: "+492" }];
  const fetchAvatar = show({ kind: "group", title: "Crew" }, () => Promise.resolve({ items, files: 0 }));
  const members = within(await screen.findByRole("region", { name: "Members" }));
  expect(members.getByText("You and 2 others")).toBeTruthy();
  expect(members.getAllByRole("listitem").map((item) => item.querySelector(".details-member")?.textContent)).toEqual(["Ana+491511", "+492"]);
  expect(await members.findAllByTestId("avatar-picture")).toHaveLength(2);
  expect(fetchAvatar).toHaveBeenCalledOnce();
});

it("reports a failed load, and retries on request", async () => {
  const listChatContacts = vi.fn<Api["listChatContacts"]>().mockRejectedValueOnce(new ApiError(502, { code: "provider_failed", message: "UniPile failed.", fields: {}, requestId: null }));
  listChatContacts.mockResolvedValue({ items: [], files: 1 });
  show({ kind: "group" }, listChatContacts);
  await userEvent.click(await screen.findByRole("button", { name: "Try again" }));
  expect(await screen.findByText("1 picture, recording or file")).toBeTruthy();
});
