import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FeedContext } from "@/lib/socket/context";
import { Feed } from "@/lib/socket/feed";
import { makeChat } from "@/testing/factories";
import { createSockets } from "@/testing/fakeSocket";
import { RowPreview } from "@/features/inbox/chats/row/RowPreview";
import { Drafts } from "@/features/inbox/composer/drafts/drafts";
import { InboxContext } from "@/features/inbox/context";
import { makeInboxStore } from "@/testing/store";
import { Collision, Faces, HeadLine } from "./Colleagues";
import { PresenceProvider } from "./presenceContext";
import { TYPING_PAUSE_MS, TYPING_REPEAT_MS, useOpenChat, useTyping } from "./ownPresence";
import { makeNotebook } from "@/testing/notebook";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const store = makeInboxStore({ isThreadCached: () => false });
const ANA = { user_id: 8, name: "Ana" };
const BEA = { user_id: 9, name: "Bea" };
const ME = { user_id: 7, name: "Me" };

function Field() {
  const note = useTyping(10);
  useOpenChat(10);
  return <input aria-label="field" onChange={(event) => note(event.target.value)} />;
}

function show() {
  const { create, latest } = createSockets();
  const api = { listChanges: vi.fn(), listOwnChanges: vi.fn(), fetchAccount: vi.fn() };
  const feed = new Feed({ api, url: "", userId: 7, token: () => "t", renew: () => Promise.resolve("t"), createSocket: create });
  const view = render(
    <FeedContext value={feed}>
      <PresenceProvider userId={7}>
        <HeadLine chatId={10} usual="via Nordlicht" />
        <Faces chatId={10} />
        <Collision chatId={10} />
        <InboxContext value={{ userId: 7, store, notes: makeNotebook(), drafts: new Drafts(7) }}>
          <RowPreview chat={makeChat()} isSelected={false} />
        </InboxContext>
        <Field />
      </PresenceProvider>
    </FeedContext>,
  );
  act(() => feed.start());
  act(() => latest().welcome());
  const pushUsers = (event: string, ...users: object[]) =>
    act(() => latest().deliver({ event, account_id: 1, data: { chat_id: 10, users } }));
  const type = (value: string) => fireEvent.change(screen.getByLabelText("field"), { target: { value } });
  const sentTyping = () => latest().sent.filter(({ event }) => event === "typing").map(({ data }) => data.on);
  return { feed, latest, pushUsers, type, sentTyping, ...view };
}

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

describe("colleagues", () => {
  it("are named while they are here, except the user themselves", () => {
    const { pushUsers, feed } = show();
    pushUsers("presence", ME);
    expect(screen.queryByTestId("thread-here")).toBeNull();
    pushUsers("presence", ME, ANA);
    expect(screen.getByTestId("thread-here").textContent).toBe("Ana is viewing · via Nordlicht");
    expect(screen.getByRole("img", { name: "Ana is viewing" }).textContent).toBe("A");
    pushUsers("presence", ANA, BEA, ME);
    expect(screen.getByTestId("thread-here").textContent).toBe("Ana and Bea are viewing · via Nordlicht");
    pushUsers("presence");
    expect(screen.getByText("via Nordlicht")).toBeTruthy();
    feed.stop();
  });

  it("who are typing are shown in the head, in the list, and above the composer", () => {
    const { pushUsers, feed } = show();
    pushUsers("typing", ANA, ME);
    expect(screen.getByTestId("thread-typing").textContent).toBe("Ana is replying…");
    expect(screen.getByTestId("chat-typing").textContent).toBe("Ana is replying…");
    expect(screen.getByRole("status").textContent).toBe("Ana is replying…");
    pushUsers("typing", ANA, BEA, { user_id: 10, name: "Cid" });
    expect(screen.getByTestId("thread-typing").textContent).toBe("Ana and 2 others are replying…");
    pushUsers("typing", ME);
    expect(screen.getByRole("status").textContent).toBe("");
    expect(screen.getByText("Hello")).toBeTruthy();
    feed.stop();
  });

  it("are dropped when the connection is lost", async () => {
    const { pushUsers, latest, feed } = show();
    pushUsers("presence", ANA);
    pushUsers("typing", ANA);
    act(() => latest().end(1006));
    expect(screen.getByText("via Nordlicht")).toBeTruthy();
    await pass(1_000);
    feed.stop();
  });
});

describe("what is reported to colleagues", () => {
  it("the open chat, until it is closed", () => {
    const { latest, unmount, feed } = show();
    expect(latest().last).toMatchObject({ event: "join-chat", data: { chat_id: 10 } });
    unmount();
    expect(latest().last).toMatchObject({ event: "leave-chat", data: { chat_id: 10 } });
    feed.stop();
  });

  it("typing, repeated, and its end", async () => {
    const { type, sentTyping, feed } = show();
    for (const text of ["H", "He", "Hel"]) type(text);
    expect(sentTyping()).toEqual([true]);
    await pass(TYPING_REPEAT_MS);
    type("Hell");
    expect(sentTyping()).toEqual([true, true]);
    await pass(TYPING_PAUSE_MS);
    expect(sentTyping()).toEqual([true, true, false]);
    type("Hello");
    type("");
    expect(sentTyping()).toEqual([true, true, false, true, false]);
    await pass(TYPING_PAUSE_MS);
    expect(sentTyping()).toHaveLength(5);
    feed.stop();
  });
});
