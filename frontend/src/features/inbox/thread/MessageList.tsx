/** The messages of a thread, newest at the bottom; older ones load on scrolling up, without a jump. */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { isSameDay } from "@/lib/time";
import { showMessage } from "./anchor";
import type { Bubble } from "./bubbles";
import { MessageBubble } from "./MessageBubble";
import type { useMessages } from "@/features/inbox/queries";
import chatListStyles from "@/features/inbox/chats/chat-list.module.css";
import styles from "./thread.module.css";

const CLOSE_MS = 5 * 60_000;
const NEAR_END_PX = 120;
/** Loads more this far before the top, so that the user does not have to wait. */
const NEAR_START_PX = 1_600;

interface MessageListProps {
  readonly thread: ReturnType<typeof useMessages>;
  readonly bubbles: readonly Bubble[];
  readonly isGroup: boolean;
  /** The message to show first, instead of the newest. */
  readonly anchor?: number | null;
  /** Returns to the newest messages, when they are not loaded. */
  readonly onLeave?: () => void;
}

/** Whether a bubble continues the one before: same sender, shortly after. */
function continues(bubble: Bubble, before: Bubble | undefined): boolean {
  if (before === undefined || before.isEvent || bubble.isEvent) return false;
  if (before.direction !== bubble.direction || before.sender?.id !== bubble.sender?.id) return false;
  return new Date(bubble.orderedAt).getTime() - new Date(before.orderedAt).getTime() < CLOSE_MS;
}

/**
 * The scroller is a reversed column: it counts from the end, so that it opens at the newest message, follows new ones
 * while the end is in view, and does not move when older ones are added on top. The browser does all of this.
 */
function useScroller(onNearStart: () => void, onNearEnd: () => void, isOpenEnded: boolean) {
  const scroller = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const update = useCallback(() => {
    const box = scroller.current;
    if (box === null) return;
    const fromEnd = Math.abs(box.scrollTop);
    setAtEnd(fromEnd < NEAR_END_PX);
    if (box.scrollHeight - box.clientHeight - fromEnd < NEAR_START_PX) onNearStart();
    if (!isOpenEnded || fromEnd >= NEAR_START_PX) return;
    // At its very end the box would follow rows added below, past everything in between.
    if (fromEnd === 0) box.scrollTop = -1;
    onNearEnd();
  }, [onNearStart, onNearEnd, isOpenEnded]);
  // A page may be too short to fill the screen: check again after each.
  useEffect(update, [update]);
  const toEnd = useCallback(() => {
    if (scroller.current !== null) scroller.current.scrollTop = 0;
  }, []);
  return { scroller, isAtEnd, update, toEnd };
}

/** The user's own new message is always scrolled to; others only when the end was in view. */
function useOwnInView(bubbles: readonly Bubble[], toEnd: () => void): void {
  const last = bubbles.at(-1);
  const ownKey = last?.pending === null ? undefined : last?.key;
  useLayoutEffect(() => {
    if (ownKey !== undefined) toEnd();
  }, [ownKey, toEnd]);
}

/** Without scroll anchoring in the browser, a new message would move what is being read further up. */
function useSteadyView(
  scroller: RefObject<HTMLDivElement | null>,
  bubbles: readonly Bubble[],
  isOpenEnded: boolean,
): void {
  const known = useRef({ first: "", height: 0, wasOpenEnded: false });
  const first = bubbles[0]?.key ?? "";
  useLayoutEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const grown = box.scrollHeight - known.current.height;
    const isAbove = known.current.first !== first;
    const follows = Math.abs(box.scrollTop) < NEAR_END_PX && !known.current.wasOpenEnded;
    known.current = { first, height: box.scrollHeight, wasOpenEnded: isOpenEnded };
    if (isAbove || follows || CSS.supports("overflow-anchor", "auto")) return;
    box.scrollBy(0, -grown);
  }, [scroller, bubbles, first, isOpenEnded]);
}

const MENU_BUTTON = "[aria-haspopup=menu]";

/** Arrow keys move from one message's menu to the next. */
function walkMenus(event: KeyboardEvent<HTMLElement>): void {
  const direction = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (direction === undefined || !(event.target as HTMLElement).matches(MENU_BUTTON)) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>(MENU_BUTTON)];
  buttons[buttons.indexOf(event.target as HTMLElement) + direction]?.focus();
}

const hasMenu = (bubble: Bubble): boolean => bubble.message !== null && !bubble.isEvent && !bubble.isDeleted;

/** Loads older messages near the top, and newer ones when the thread was opened in the middle. */
function useReadingOn(thread: MessageListProps["thread"]) {
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = thread;
  const { hasPreviousPage, isFetchPreviousPageError, fetchPreviousPage } = thread;
  const readOlder = useCallback(() => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage]);
  const readNewer = useCallback(() => {
    if (hasPreviousPage && !isFetching && !isFetchPreviousPageError) void fetchPreviousPage();
  }, [hasPreviousPage, isFetching, isFetchPreviousPageError, fetchPreviousPage]);
  return { readOlder, readNewer, isOpenEnded: hasPreviousPage };
}

/** Scrolls to the anchored message once, after the first render. */
function useShown(anchor: number | null): void {
  useLayoutEffect(() => {
    if (anchor !== null) showMessage(anchor, "instant");
  }, [anchor]);
}

export function MessageList({ thread, bubbles, isGroup, anchor = null, onLeave }: MessageListProps) {
  const { readOlder, readNewer, isOpenEnded } = useReadingOn(thread);
  const { scroller, isAtEnd, update, toEnd } = useScroller(readOlder, readNewer, isOpenEnded);
  useShown(anchor);
  useOwnInView(bubbles, toEnd);
  useSteadyView(scroller, bubbles, isOpenEnded);
  const stop = bubbles.findLast(hasMenu);
  return (
    <div className={styles.middle}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div className={styles.messages} ref={scroller} onScroll={update} role="region" aria-label="Messages" tabIndex={0} data-testid="messages">
        {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- moves the focus between the menus, which are the controls */}
        <div className={styles.messagesColumn} onKeyDown={walkMenus}>
          <ThreadStart thread={thread} />
          {bubbles.map((bubble, index) => {
            const before = bubbles[index - 1];
            return (
              <MessageBubble
                key={bubble.key}
                bubble={bubble}
                isDayStart={before === undefined || !isSameDay(before.orderedAt, bubble.orderedAt)}
                isContinued={continues(bubble, before)}
                hasName={isGroup}
                isStop={bubble === stop}
              />
            );
          })}
          {isOpenEnded && <ThreadRest thread={thread} />}
        </div>
      </div>
      {(!isAtEnd || isOpenEnded) && (
        <button type="button" className={styles.jump} onClick={isOpenEnded ? onLeave : toEnd} aria-label="Jump to the newest message" title="Newest message">
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

/** Below the newest loaded message, while there are newer ones. */
function ThreadRest({ thread }: { readonly thread: MessageListProps["thread"] }) {
  if (!thread.isFetchPreviousPageError) return <p className={chatListStyles.listEnd}>Loading newer messages…</p>;
  return (
    <p className={chatListStyles.listEnd}>
      Newer messages could not be loaded.{" "}
      <Button size="small" tone="quiet" onClick={() => void thread.fetchPreviousPage()}>
        Try again
      </Button>
    </p>
  );
}

function ThreadStart({ thread }: { readonly thread: MessageListProps["thread"] }) {
  if (thread.isFetchNextPageError) {
    return (
      <p className={chatListStyles.listEnd}>
        Older messages could not be loaded.{" "}
        <Button size="small" tone="quiet" onClick={() => void thread.fetchNextPage()}>
          Try again
        </Button>
      </p>
    );
  }
  return (
    <p className={chatListStyles.listEnd}>{thread.hasNextPage ? "Loading older messages…" : "This is where the conversation begins."}</p>
  );
}
