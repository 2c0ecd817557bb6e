/** One chat of the list: opened by a click, acted on from its menu or by a swipe. */
import { memo, useRef, type MouseEvent, type PointerEvent } from "react";
import { Link, useLocation } from "@/lib/navigation";
import { Icon, type IconName } from "@/components/Icon";
import type { Elements } from "@/components/Text";
import { t } from "@/i18n/translate";
import { usePhoneFormat } from "@/lib/phoneFormat";
import { isolate } from "@/lib/texts";
import type { Account, Chat } from "@/types/wire";
import { useRowSelection } from "@/features/inbox/selection/useRowSelection";
import { useLongPress } from "@/features/inbox/thread/bubble/longPress";
import { classes } from "@/components/classes";
import { ContactAvatar } from "./ContactAvatar";
import { nameChat } from "./nameChat";
import { RowBody } from "./row/RowBody";
import { useSwipe, type SwipeSide } from "./row/useSwipe";
import styles from "./chat-row.module.css";

/** Where the menu of a row opens: at its button, or at the pointer. */
export type MenuPlace = HTMLElement | { readonly x: number; readonly y: number };

/** What can be done from a row. */
export interface RowActions {
  readonly openMenu: (chat: Chat, place: MenuPlace) => void;
  readonly swipe: (chat: Chat, side: SwipeSide) => void;
}

interface ChatRowProps {
  readonly chat: Chat;
  /** Shown when the list mixes several accounts. */
  readonly account: Account | undefined;
  readonly isSelected: boolean;
  /** Whether the Tab key reaches this row. */
  readonly isActive?: boolean | undefined;
  readonly isWaitShown?: boolean;
  readonly isDueShown?: boolean;
  /** The name with what was found in it marked. */
  readonly found?: Elements;
  /** Null for a user who may only read. */
  readonly actions?: RowActions | null;
}

/**
 * Right click, long press and the keyboard's menu key open the menu; a finger swipes the row. The elements are the same
 * without actions: when the rights arrive, the focus stays where it is.
 */
export const ChatRow = memo(function ChatRow({ actions = null, ...row }: ChatRowProps) {
  const { chat, isSelected } = row;
  usePhoneFormat();
  const { moving, shown, handlers } = useSwipe<HTMLDivElement>((side) => actions?.swipe(chat, side));
  const { isPicked, isSelecting, takeClick, begin } = useRowSelection(chat, actions !== null);
  const { press, guardClick } = useMenuPress((place) => actions?.openMenu(chat, place), begin);
  const onClick = (event: MouseEvent) => {
    guardClick(event);
    if (!event.defaultPrevented) takeClick(event);
  };
  return (
    <div
      role="presentation"
      className={classes(styles.row, isSelected && styles.selected, isPicked && styles.picked, chat.unread_count > 0 && styles.new)}
      onClickCapture={onClick}
      {...(actions === null ? {} : combine(press, handlers))}
    >
      {shown !== null && <SwipeHint chat={chat} side={shown.side} isFar={shown.isFar} />}
      <div ref={moving} className={styles.moving}>
        <RowLink {...row} pick={isSelecting ? isPicked : null} />
      </div>
      {actions !== null && !isSelecting && <MoreButton chat={chat} actions={actions} />}
    </div>
  );
});

type PointerHandlers = ReturnType<typeof useSwipe>["handlers"];

/** Both follow the pointer; only the first has other events too. */
function combine<T extends PointerHandlers>(first: T, second: PointerHandlers): T {
  const both = (name: keyof PointerHandlers) => (event: PointerEvent) => {
    first[name](event);
    second[name](event);
  };
  return { ...first, onPointerDown: both("onPointerDown"), onPointerMove: both("onPointerMove"), onPointerUp: both("onPointerUp"), onPointerCancel: both("onPointerCancel") };
}

interface RowLinkProps extends Omit<ChatRowProps, "actions"> {
  /** While chats are selected: whether this one is. */
  readonly pick: boolean | null;
}

function RowLink({ chat, account, isSelected, isActive, isWaitShown, isDueShown, found, pick }: RowLinkProps) {
  const { search } = useLocation();
  return (
    <Link
      className={styles.link}
      to={`/inbox/${chat.account_id}/${chat.id}${search}`}
      aria-current={isSelected ? "true" : undefined}
      tabIndex={isActive === false ? -1 : undefined}
      draggable={false}
      data-testid="chat-item"
      data-chat-id={chat.id}
    >
      {pick === true ? <Picked /> : <ContactAvatar accountId={chat.account_id} name={nameChat(chat)} avatar={chat.contact?.avatar} isGroup={chat.kind !== "direct"} />}
      <RowBody chat={chat} account={account} isSelected={isSelected} found={found} isWaitShown={isWaitShown} isDueShown={isDueShown} />
    </Link>
  );
}

function Picked() {
  return (
    <span className={styles.check} data-testid="chat-picked">
      <Icon name="check" />
      <span className="visually-hidden">{t("selection.picked")}</span>
    </span>
  );
}

/** A finger that holds the row down selects it, and must not open the chat when it lets go. */
function useMenuPress(open: (place: MenuPlace) => void, select: (() => void) | null) {
  const wasHeld = useRef(false);
  const at = useRef({ x: 0, y: 0 });
  const longPress = useLongPress(() => {
    wasHeld.current = true;
    if (select === null) open(at.current);
    else select();
  });
  const press = {
    ...longPress,
    onPointerDown: (event: PointerEvent) => {
      wasHeld.current = false;
      at.current = { x: event.clientX, y: event.clientY };
      longPress.onPointerDown(event);
    },
    onContextMenu: (event: MouseEvent) => {
      event.preventDefault();
      // A finger's long press is one too.
      if (!wasHeld.current) open({ x: event.clientX, y: event.clientY });
    },
  };
  const guardClick = (event: MouseEvent) => {
    if (wasHeld.current) event.preventDefault();
    wasHeld.current = false;
  };
  return { press, guardClick };
}

function MoreButton({ chat, actions }: { readonly chat: Chat; readonly actions: RowActions }) {
  return (
    <button
      type="button"
      className={styles.more}
      tabIndex={-1}
      aria-label={t("chats.menu", { name: isolate(nameChat(chat)) })}
      aria-haspopup="menu"
      onClick={(event) => actions.openMenu(chat, event.currentTarget)}
      data-testid="chat-more"
    >
      <Icon name="dots" size={18} />
    </button>
  );
}

/** What letting go does. */
function hintOf(chat: Chat, side: SwipeSide): readonly [IconName, string] | null {
  if (side === "end") return chat.archived ? ["unarchive", t("commands.chat.unarchive")] : ["archive", t("commands.chat.archive")];
  if (chat.kind === "channel") return null;
  return chat.unread_count > 0 ? ["read", t("commands.chat.read")] : ["unread", t("commands.chat.unread")];
}

function SwipeHint({ chat, side, isFar }: { readonly chat: Chat; readonly side: SwipeSide; readonly isFar: boolean }) {
  const hint = hintOf(chat, side);
  if (hint === null) return null;
  return (
    <div className={classes(styles.hint, side === "end" && styles.hintEnd, isFar && styles.hintFar)} data-testid="swipe-hint">
      <Icon name={hint[0]} />
      <span>{hint[1]}</span>
    </div>
  );
}
