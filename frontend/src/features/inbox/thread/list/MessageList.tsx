/** The rows of a thread, newest at the bottom: only those near the view are rendered, the others are read or rendered on the way. */
import { useEffect, useEffectEvent, useImperativeHandle, useLayoutEffect, useMemo, useRef, type KeyboardEvent, type Ref } from "react";
import { t } from "@/i18n/translate";
import { showMessage, type ListHandle } from "@/features/inbox/thread/scroll/anchor";
import { messagesOf, type Bubble } from "./bubbles";
import { JumpButton } from "./JumpButton";
import { LatePill } from "./LatePill";
import { DaySection } from "./DaySection";
import { isItem, messagesInView, ownKeyOf, type Entry } from "./internalItems";
import { ThreadRest, ThreadStart } from "@/features/inbox/thread/ThreadEnds";
import type { useReading } from "@/features/inbox/thread/scroll/reading";
import { groupByDay } from "@/features/inbox/thread/scroll/threadRows";
import { useFoundWords } from "@/features/inbox/thread/scroll/useFoundWords";
import { useThreadScroller, type Scroller } from "@/features/inbox/thread/scroll/useThreadScroller";
import type { useMessages } from "./useMessages";
import styles from "./message-list.module.css";

interface MessageListProps {
  readonly thread: ReturnType<typeof useMessages>;
  readonly bubbles: readonly Bubble[];
  /** The messages, and what the team sees between them. */
  readonly entries: readonly Entry[];
  readonly isGroup: boolean;
  /** The message to show first, instead of the newest. */
  readonly anchor: number | null;
  readonly reading: ReturnType<typeof useReading>;
  /** Whether the user asked for the newest messages instead of the first unread one. */
  readonly isAtNewest: boolean;
  /** Returns to the newest messages, when they are not loaded. */
  readonly onNewest: () => void;
  /** Shows a message, wherever it is. */
  readonly onLate: (messageId: number) => void;
  readonly handle: Ref<ListHandle>;
}

/** Loads older messages near the top, and newer ones when the newest are not loaded. */
function useReadingOn(thread: MessageListProps["thread"]) {
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = thread;
  const { hasPreviousPage, isFetchPreviousPageError, fetchPreviousPage } = thread;
  const readOlder = () => {
    if (hasNextPage && !isFetching && !isFetchNextPageError) void fetchNextPage();
  };
  const readNewer = () => {
    if (hasPreviousPage && !isFetching && !isFetchPreviousPageError) void fetchPreviousPage();
  };
  return { readOlder, readNewer, hasNewer: hasPreviousPage };
}

/** The user's own new message is always scrolled to; others only when the end was in view. */
function useOwnInView(entries: readonly Entry[], toEnd: () => void): void {
  const ownKey = ownKeyOf(entries);
  const show = useEffectEvent(toEnd);
  useLayoutEffect(() => {
    if (ownKey !== undefined) show();
  }, [ownKey]);
}

/** A thread that follows a busy chat for long starts again from its newest page. */
function useBoundedRows({ isFull, renew }: MessageListProps["thread"], isAtEnd: boolean): void {
  useEffect(() => {
    // Without a connection the rows stay; the next one asks again.
    if (isFull && isAtEnd) void renew().catch(() => undefined);
  }, [isFull, isAtEnd, renew]);
}

/** Scrolls to the anchored message once, after the first render, and gives it the focus. */
function useShown(anchor: number | null): void {
  useLayoutEffect(() => {
    if (anchor !== null) showMessage(anchor, "instant");
  }, [anchor]);
}

/** Firefox counts a turn of the wheel in lines. */
const LINE_PX = 16;

const MENU_BUTTON = "[aria-haspopup=menu]";

/** Arrow keys move from one message's menu to the next. */
function walkMenus(event: KeyboardEvent<HTMLElement>): void {
  const direction = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (direction === undefined || !(event.target as HTMLElement).matches(MENU_BUTTON)) return;
  event.preventDefault();
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>(MENU_BUTTON)];
  buttons[buttons.indexOf(event.target as HTMLElement) + direction]?.focus();
}

function hasMenu(entry: Entry): boolean {
  if (isItem(entry)) return entry.shown.kind === "note" && entry.shown.note.deleted_at === null;
  return entry.message !== null && !entry.isEvent && !entry.isDeleted;
}

const findKey = (bubbles: readonly Bubble[], messageId: number | null): string | null =>
  messageId === null ? null : (bubbles.find((bubble) => messagesOf(bubble).some(({ id }) => id === messageId))?.key ?? null);

/** The message to show first. */
function startOf({ bubbles, anchor, reading, isAtNewest }: MessageListProps): string | null {
  return findKey(bubbles, anchor) ?? (isAtNewest ? null : (reading.line?.key ?? null));
}

export function MessageList(props: MessageListProps) {
  const { thread, bubbles, entries, isGroup, anchor, reading, handle, onLate } = props;
  const unread = reading.line;
  const { readOlder, readNewer, hasNewer } = useReadingOn(thread);
  const keys = useMemo(() => entries.map(({ key }) => key), [entries]);
  const box = useRef<HTMLDivElement>(null);
  const column = useRef<HTMLDivElement>(null);
  const onView = (first: string | null, last: string | null) => reading.onView(...messagesInView(entries, first, last));
  const scroller = useThreadScroller(box, column, { keys, hasNewer, startKey: startOf(props), readOlder, readNewer, onView });
  const { range, toEnd } = scroller;
  useShown(anchor);
  useOwnInView(entries, toEnd);
  useBoundedRows(thread, scroller.isAtEnd);
  useImperativeHandle(handle, () => ({ show: (messageId) => show(scroller, findKey(bubbles, messageId), messageId), toEnd }));
  const { start, end } = range;
  const days = useMemo(() => groupByDay(entries, { start, end }, unread), [entries, start, end, unread]);
  useFoundWords(column, days);
  const stop = entries.slice(start, end).findLast(hasMenu)?.key;
  return (
    <div className={styles.middle}>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard */}
      <div className={styles.messages} ref={box} onScroll={scroller.update} role="region" aria-label={t("thread.messages")} tabIndex={0} data-testid="messages">
        {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions -- moves the focus between the menus, which are the controls */}
        <div className={styles.column} ref={column} onKeyDown={walkMenus}>
          {start === 0 && <ThreadStart thread={thread} />}
          {days.map((day) => (
            <DaySection key={day.key} day={day} isGroup={isGroup} unread={unread} stop={stop} />
          ))}
          {scroller.below > 0 && <div aria-hidden="true" style={{ blockSize: scroller.below }} />}
          {hasNewer && <ThreadRest thread={thread} />}
        </div>
      </div>
      <div onWheel={(event) => box.current?.scrollBy(0, event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * LINE_PX : event.deltaY)}>
        <LatePill late={reading.late} onShow={onLate} />
        <JumpButton isShown={!scroller.isAtEnd || hasNewer} count={reading.below} onClick={() => jump(box.current, hasNewer ? props.onNewest : toEnd)} />
      </div>
    </div>
  );
}

/** The button goes with the jump, and must not take the focus along. */
function jump(box: HTMLElement | null, toNewest: () => void): void {
  box?.focus({ preventScroll: true });
  toNewest();
}

function show({ reveal }: Scroller, key: string | null, messageId: number): boolean {
  return key !== null && reveal(key) && showMessage(messageId, "instant");
}
