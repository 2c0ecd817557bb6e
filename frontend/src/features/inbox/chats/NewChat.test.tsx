import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useLocation } from "@/lib/navigation";
import { At } from "@/testing/At";
import { expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import { makeAccount, makeChat, makeMe, makeMessage } from "@/testing/factories";
import { InboxContext } from "@/features/inbox/context";
import { Drafts } from "@/features/inbox/composer/drafts/drafts";
import { NewChat } from "./NewChat";
import { makeInboxStore } from "@/testing/store";
import { makeNotebook } from "@/testing/notebook";

function LocationProbe() {
  return <p data-testid="place">{useLocation().pathname}</p>;
}

async function show() {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const startChat = vi.spyOn(api, "startChat");
  vi.spyOn(api, "fetchNewChats").mockReturnValue(new Promise(() => undefined));
  const store = makeInboxStore();
  const client = new QueryClient();
  client.setQueryData(ME_KEY, makeMe());
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <InboxContext value={{ userId: 7, store, notes: makeNotebook(), drafts: new Drafts(7) }}>
          <At path="/inbox">
            <NewChat accounts={[makeAccount()]} selected={null} />
            <LocationProbe />
          </At>
        </InboxContext>
      </ApiContext>
    </QueryClientProvider>,
  );
  await userEvent.click(screen.getByTestId("new-chat"));
  return startChat;
}

async function fill(phone: string) {
  await userEvent.type(await screen.findByTestId("new-chat-phone"), phone);
  await userEvent.type(screen.getByTestId("new-chat-text"), "Hello");
  await userEvent.click(screen.getByTestId("new-chat-send"));
}

it("asks for the country code before it asks the server", async () => {
  const startChat = await show();
  await fill("0911 22");
  expect(screen.getByRole("alert").textContent).toContain("country code");
  expect(startChat).not.toHaveBeenCalled();
});

it("sends, and opens the new chat", async () => {
  const startChat = await show();
  startChat.mockResolvedValue({ chat: makeChat({ id: 77 }), message: makeMessage({ chat_id: 77 }) });
  await fill("+55 (11) 99999-0000");
  expect(startChat.mock.calls[0]?.slice(0, 3)).toEqual([1, "+5511999990000", "Hello"]);
  await vi.waitFor(() => expect(screen.getByTestId("place").textContent).toBe("/inbox/1/77"));
});

it.each([
  ["\u202a+55 11 99999\u20110000\u202c", "+5511999990000"],
  ["https://wa.me/5511999990000", "+5511999990000"],
  ["+44 (0)20 7946 0958", "+442079460958"],
  ["+٥٥ ١١ ٩٩٩٩٩ ٠٠٠٠", "+5511999990000"],
  ["5511999990000", "5511999990000"],
])("sends a pasted number as it is dialled: %s", async (pasted, phone) => {
  const startChat = await show();
  startChat.mockResolvedValue({ chat: makeChat({ id: 77 }), message: makeMessage({ chat_id: 77 }) });
  await fill(pasted);
  expect(startChat.mock.calls[0]?.[1]).toBe(phone);
});

it("says until when the number starts no new chats, and keeps the text", async () => {
  const startChat = await show();
  const details = { reason: "rejected", until: new Date(Date.now() + 3_600_000).toISOString() };
  startChat.mockRejectedValue(new ApiError(429, { code: "new_chats_stopped", message: "", fields: {}, requestId: null, details }));
  await fill("+5511999990000");
  expect((await screen.findByTestId("new-chat-stopped")).textContent).toMatch(/starts no new chats until/);
  expect(screen.getByTestId<HTMLTextAreaElement>("new-chat-text").value).toBe("Hello");
});

it.each([
  [422, { to: ["This number is not on WhatsApp."] }, "Some fields are wrong.", "This number is not on WhatsApp."],
  [402, {}, "Your plan's chats are used up.", "Your plan's chats are used up."],
  [403, {}, "Your role may only read.", "Your role may only read."],
])("shows an error %i in the server's words", async (status, fields, message, sentence) => {
  const startChat = await show();
  startChat.mockRejectedValue(new ApiError(status, { code: "refused", message, fields, requestId: null }));
  await fill("+5511999990000");
  expect(await screen.findByText(sentence)).toBeTruthy();
});
