/** What is sent before the outbox is loaded: once, and only if it is still what the field shows. */
import { renderHook } from "@testing-library/react";
import type { ReactNode } from "react";
import { expect, it, vi } from "vitest";
import { InboxContext, type Inbox } from "@/features/inbox/context";
import { LateOutbox } from "@/features/inbox/data/lateOutbox";
import { Outbox } from "@/features/inbox/data/outbox";
import { useWaitForOutbox } from "./useWaitForOutbox";

function start(text: string) {
  const draft = { text };
  const outbox = new LateOutbox({ onChange: vi.fn(), onRows: vi.fn() });
  const inbox = { drafts: { read: () => draft }, store: { outbox } } as unknown as Inbox;
  const wrapper = ({ children }: { readonly children: ReactNode }) => <InboxContext value={inbox}>{children}</InboxContext>;
  const { result } = renderHook(() => useWaitForOutbox(10), { wrapper });
  const attach = () => outbox.attach((hooks) => new Outbox({ ...hooks, post: vi.fn(), explain: () => ({ isPassing: false, sentence: "No." }) }));
  return { draft, wait: result.current, attach };
}

it("sends once what was sent twice", async () => {
  const { wait, attach } = start("Hi");
  const [first, second] = [wait("Hi"), wait("Hi")];
  attach();
  expect(await Promise.all([first, second])).toEqual([true, false]);
});

it("does not send what was changed meanwhile", async () => {
  const { draft, wait, attach } = start("Hi");
  const sent = wait("Hi");
  draft.text = "Hi, Bia";
  attach();
  expect(await sent).toBe(false);
});
