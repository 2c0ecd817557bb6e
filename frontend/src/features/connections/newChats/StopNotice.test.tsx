import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { createRoutes } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import { makeAccount, makeMe } from "@/testing/factories";
import type { Account, NewChats } from "@/types/wire";
import { NewChatFacts } from "./NewChatFacts";
import { StopNotice } from "./StopNotice";

const NONE: NewChats = { allowed: 50, begun: 3, next_at: null, stopped_until: null, stopped_by: null, first_messages: 0, unanswered: 0 };
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

function show(account: Partial<Account>, counted: Partial<NewChats> = {}) {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  vi.spyOn(api, "fetchNewChats").mockResolvedValue({ ...NONE, ...counted });
  const resume = vi.spyOn(api, "resumeNewChats").mockResolvedValue(NONE);
  const client = new QueryClient();
  client.setQueryData(ME_KEY, makeMe());
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <StopNotice account={makeAccount(account)} />
        <dl>
          <NewChatFacts account={makeAccount(account)} />
        </dl>
      </ApiContext>
    </QueryClientProvider>,
  );
  return resume;
}

it("says until when a restricted number starts none, and its owner resumes after a question", async () => {
  const resume = show({ new_chats_stopped_until: inHours(20), role: "owner" });
  expect((await screen.findByTestId("new-chats-stopped")).textContent).toMatch(/WhatsApp has restricted this number.*until/);
  await userEvent.click(screen.getByTestId("new-chats-resume"));
  expect(resume).not.toHaveBeenCalled();
  await userEvent.click(screen.getByTestId("confirm-resume"));
  expect(resume).toHaveBeenCalledExactlyOnceWith(1);
});

it("offers agents nothing to resume", async () => {
  show({ new_chats_stopped_until: inHours(20), role: "agent" });
  await screen.findByTestId("new-chats-stopped");
  expect(screen.queryByTestId("new-chats-resume")).toBeNull();
});

it("says when the day has room again, which no owner can resume", async () => {
  show({ role: "owner" }, { begun: 50, next_at: inHours(2) });
  expect((await screen.findByTestId("new-chats-stopped")).textContent).toContain("new chats of the day");
  expect(screen.queryByTestId("new-chats-resume")).toBeNull();
});

it("forgets a stop that is over", async () => {
  show({ new_chats_stopped_until: inHours(-1) });
  await screen.findByTestId("account-new-chats");
  expect(screen.queryByTestId("new-chats-stopped")).toBeNull();
});

it.each([
  [{ first_messages: 0 }, "3 of 50", null],
  [{ allowed: null, first_messages: 12, unanswered: 9 }, "3", "9 of 12"],
])("counts new chats, and those without an answer: %o", async (counted, today, unanswered) => {
  show({}, counted);
  expect((await screen.findByTestId("account-new-chats")).textContent).toBe(today);
  expect(screen.queryByTestId("account-unanswered")?.textContent ?? null).toBe(unanswered);
});
