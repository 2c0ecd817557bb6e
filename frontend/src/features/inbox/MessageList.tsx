/** The messages of a thread, newest at the bottom; older ones are read when scrolling up, without a jump. */
import { useEffect, useRef, useState, type RefObject } from "react";
import { Virtuoso, type VirtuosoHandle } from "react-virtuoso";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { isSameDay } from "@/lib/time";
import type { Bubble } from "./bubbles";
import { MessageBubble } from "./MessageBubble";
import type { useThread } from "./queries";

/** Far above any number of messages: the index of a message must not change when older ones are put before it. */
const FIRST_INDEX = 10_000_000;
const CLOSE_MS = 5 * 60_000;
const NEAR_BOTTOM_PX = 120;

interface MessageListProps {
  readonly thread: ReturnType<typeof useThread>;
  readonly bubbles: readonly Bubble[];
  readonly isGroup: boolean;
}

/** How many messages stand before the one that was first when the thread was opened. */
function useFirstIndex(bubbles: readonly Bubble[]): number {
  const [anchor, setAnchor] = useState(bubbles[0]?.key);
  const index = bubbles.findIndex((bubble) => bubble.key === anchor);
  // The first one of all was an unconfirmed one that was discarded, for instance.
  if (index === -1) setAnchor(bubbles[0]?.key);
  return FIRST_INDEX - Math.max(index, 0);
}

/** Whether a bubble goes on with what the one before began: same person, a moment later. */
function continues(bubble: Bubble, before: Bubble | undefined): boolean {
  if (before === undefined || before.isEvent || bubble.isEvent) return false;
  if (before.direction !== bubble.direction || before.sender?.id !== bubble.sender?.id) return false;
  return new Date(bubble.sentAt).getTime() - new Date(before.sentAt).getTime() < CLOSE_MS;
}

/** One's own new message is always scrolled to; others only when the end was in view. */
function useOwnInView(bubbles: readonly Bubble[], handle: RefObject<VirtuosoHandle | null>): void {
  const last = bubbles.at(-1);
  const ownKey = last?.pending === null ? undefined : last?.key;
  useEffect(() => {
    if (ownKey !== undefined) handle.current?.scrollToIndex({ index: "LAST", align: "end" });
  }, [ownKey, handle]);
}

export function MessageList({ thread, bubbles, isGroup }: MessageListProps) {
  const handle = useRef<VirtuosoHandle>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const firstIndex = useFirstIndex(bubbles);
  useOwnInView(bubbles, handle);
  return (
    <div className="thread-middle">
      <Virtuoso
        ref={handle}
        className="messages"
        data={bubbles}
        firstItemIndex={firstIndex}
        initialTopMostItemIndex={{ index: "LAST", align: "end" }}
        alignToBottom
        computeItemKey={(_, bubble) => bubble.key}
        increaseViewportBy={{ top: 800, bottom: 400 }}
        atBottomThreshold={NEAR_BOTTOM_PX}
        atBottomStateChange={setAtEnd}
        followOutput={(isAtBottom) => (isAtBottom ? "auto" : false)}
        startReached={() => {
          if (thread.hasNextPage && !thread.isFetching) void thread.fetchNextPage();
        }}
        components={{ Header: ThreadStart, Footer: ThreadEnd }}
        context={thread}
        itemContent={(index, bubble) => {
          const before = bubbles[index - firstIndex - 1];
          return (
            <MessageBubble
              bubble={bubble}
              isDayStart={before === undefined || !isSameDay(before.sentAt, bubble.sentAt)}
              isContinued={continues(bubble, before)}
              hasName={isGroup}
            />
          );
        }}
      />
      {!isAtEnd && <JumpToEnd onJump={() => handle.current?.scrollToIndex({ index: "LAST", align: "end" })} />}
    </div>
  );
}

function JumpToEnd({ onJump }: { readonly onJump: () => void }) {
  return (
    <button type="button" className="jump" onClick={onJump} aria-label="Jump to the newest message" title="Newest message">
      <Icon name="down" />
    </button>
  );
}

function ThreadStart({ context }: { readonly context: MessageListProps["thread"] }) {
  if (context.isFetchNextPageError) {
    return (
      <p className="list-end">
        Older messages could not be loaded.{" "}
        <Button size="small" tone="quiet" onClick={() => void context.fetchNextPage()}>
          Try again
        </Button>
      </p>
    );
  }
  if (context.hasNextPage) return <p className="list-end">Loading older messages…</p>;
  return <p className="list-end">This is where the conversation begins.</p>;
}

function ThreadEnd() {
  return <div className="messages-end" />;
}
