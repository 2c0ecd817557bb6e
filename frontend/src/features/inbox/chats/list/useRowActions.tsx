/** The menu and the swipes of the rows, for users who may change the chats of an account. */
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import { lazyPart } from "@/lib/lazyPart";
import { useCan } from "@/lib/rights";
import type { Account, Chat } from "@/types/wire";
import { archive, toggleRead, type ChatAction } from "@/features/inbox/chats/actions/chatActions";
import { useChatActions } from "@/features/inbox/chats/actions/useChatActions";
import type { MenuPlace, RowActions } from "@/features/inbox/chats/ChatRow";
import type { SwipeSide } from "@/features/inbox/chats/row/useSwipe";

const RowMenu = lazyPart(async () => (await import("@/features/inbox/chats/row/RowMenu")).RowMenu);

interface OpenMenu {
  readonly chat: Chat;
  readonly place: MenuPlace;
}

/** What a swipe does; null where it does nothing. */
function swiped(chat: Chat, side: SwipeSide): ChatAction | null {
  if (side === "end") return archive(chat);
  return chat.kind === "channel" ? null : toggleRead(chat);
}

/** The same actions from render to render, so that rows need not be drawn again. */
function useLatest(actions: RowActions): RowActions {
  const latest = useRef(actions);
  useLayoutEffect(() => {
    latest.current = actions;
  });
  return useMemo(
    () => ({
      openMenu: (chat, place) => latest.current.openMenu(chat, place),
      swipe: (chat, side) => latest.current.swipe(chat, side),
    }),
    [],
  );
}

export function useRowActions(accounts: readonly Account[], selectedId: number | null) {
  const can = useCan();
  const run = useChatActions();
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const close = () => setMenu(null);
  const writable = new Set(accounts.filter((account) => can("send", account)).map(({ id }) => id));
  const actions = useLatest({
    openMenu: (chat: Chat, place: MenuPlace) => setMenu(menu?.chat.id === chat.id && place instanceof HTMLElement ? null : { chat, place }),
    swipe: (chat: Chat, side: SwipeSide) => {
      const what = swiped(chat, side);
      if (what !== null) run(chat, what);
    },
  });
  return {
    close,
    isOpen: menu !== null,
    actionsOf: (chat: Chat) => (writable.has(chat.account_id) ? actions : null),
    element: menu !== null && (
      <RowMenu chat={menu.chat} place={menu.place} isOpen={menu.chat.id === selectedId} onChoose={(action) => run(menu.chat, action)} onClose={close} />
    ),
  };
}
