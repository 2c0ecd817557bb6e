/** What is sent before the outbox is loaded: once, and only if it is still what the field shows. */
import { renderHook } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { LateOutbox } from "@/features/inbox/data/lateOutbox";
import { Outbox } from "@/features/inbox/data/outbox";
import { useWaitForOutbox } from "./useWaitForOutbox";

function start() {
  const draft = { text: "Hi " };
  const outbox = new LateOutbox({ onChange: vi.fn(), onRows: vi.fn() });
  const { result } = renderHook(() => useWaitForOutbox(outbox, () => draft.text));
  const attach = () => outbox.attach((hooks) => new Outbox({ ...hooks, post: vi.fn(), explain: () => ({ isPassing: false, sentence: "No." }) }));
  return { draft, wait: result.current, attach };
}

it("sends once what was sent twice", async () => {
  const { wait, attach } = start();
  const [first, second] = [wait(), wait()];
  attach();
  expect(await Promise.all([first, second])).toEqual([true, false]);
});

it("does not send what was changed meanwhile", async () => {
  const { draft, wait, attach } = start();
  const sent = wait();
  draft.text = "Hi, Bia";
  attach();
  expect(await sent).toBe(false);
});
