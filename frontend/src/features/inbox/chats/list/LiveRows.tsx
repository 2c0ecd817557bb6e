/** The rows of the chat list in use: they hold still meanwhile, are walked through by keyboard, and more are loaded at the end. */
import { useEffect, useMemo, useRef, type RefObject } from "react";
import type { VirtualizerHandle } from "virtua";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { LateCommand } from "@/lib/commands/LateCommand";
import { useDensity } from "./density";
import type { List, ListedRowsProps } from "./FirstRows";
import { useFlip } from "./useFlip";
import { useHeldOrder } from "./useHeldOrder";
import { useHold } from "./useHold";
import { useRoving } from "./useRoving";
import { useRowActions } from "./useRowActions";
import { VirtualRows } from "./VirtualRows";
import { useShownRows } from "@/features/inbox/selection/useShownRows";
import { classes } from "@/components/classes";
import chatRowStyles from "@/features/inbox/chats/chat-row.module.css";
import styles from "@/features/inbox/chats/chat-list.module.css";

/** More chats are loaded this many rows before the end. */
const AHEAD = 12;

export function LiveRows({ list, chats, accounts, selectedId, query, focusedId }: ListedRowsProps) {
  const box = useRef<HTMLDivElement>(null);
  const handle = useRef<VirtualizerHandle>(null);
  const sorted = useMemo(() => ({ chats, known: list.known }), [chats, list.known]);
  const density = useDensity();
  const { isHeld, isScrolled, setScrolled, handlers } = useHold();
  const menu = useRowActions(accounts, selectedId);
  const { rows, waiting } = useHeldOrder(sorted, isHeld || menu.isOpen);
  useShownRows(rows.filter((chat) => menu.actionsOf(chat) !== null));
  const roving = useRoving({ rows, selectedId, firstFocusedId: focusedId, box, handle });
  const loadMore = useLoadMore(list, handle, rows.length);
  useFlip(rows, box);
  const onReady = () => {
    roving.refocus();
    loadMore();
  };
  const onScroll = (offset: number) => {
    setScrolled(offset > 0);
    menu.close();
    loadMore();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- the rows are the controls; this only moves the focus between them
    <div className={styles.frame} onKeyDown={roving.onKeyDown} onFocus={roving.onFocus} {...handlers}>
      <LateCommand id="list.next" onRun={() => roving.step("j")} />
      <LateCommand id="list.previous" onRun={() => roving.step("k")} />
      {isScrolled && waiting > 0 && query.sort === "recent" && <ChatsAbove count={waiting} onSelect={() => handle.current?.scrollTo(0)} />}
      <div id="chat-list" className={classes(styles.list, density === "compact" && chatRowStyles.compact)} ref={box} data-density={density}>
        <VirtualRows density={density} rows={rows} accounts={accounts} selectedId={selectedId} sort={query.sort} activeIndex={roving.activeIndex} actionsOf={menu.actionsOf} handle={handle} onScroll={onScroll} onReady={onReady} />
        <ListEnd list={list} />
      </div>
      {menu.element}
    </div>
  );
}

/** Loads the next page shortly before the end is in view, also when the rows do not fill the list. */
function useLoadMore(list: List, handle: RefObject<VirtualizerHandle | null>, count: number) {
  const { hasNextPage, isFetching, isFetchNextPageError, fetchNextPage } = list;
  const loadMore = () => {
    const seen = handle.current;
    if (seen === null || !hasNextPage || isFetching || isFetchNextPageError) return;
    if (seen.findItemIndex(seen.scrollOffset + seen.viewportSize) >= count - AHEAD) void fetchNextPage();
  };
  useEffect(loadMore, [hasNextPage, isFetching, isFetchNextPageError, fetchNextPage, handle, count]);
  return loadMore;
}

function ChatsAbove({ count, onSelect }: { readonly count: number; readonly onSelect: () => void }) {
  return (
    <button type="button" className={styles.above} onClick={onSelect} data-testid="chats-above">
      <Icon name="up" size={16} />
      <Text>{t("chats.above", { count })}</Text>
    </button>
  );
}

function ListEnd({ list }: { readonly list: List }) {
  if (list.isFetchNextPageError) {
    return (
      <p className={styles.listEnd}>
        <Text>{t("chats.olderError")}</Text>
        <Button size="small" tone="quiet" onClick={() => void list.fetchNextPage()}>
          {t("app.retry")}
        </Button>
      </p>
    );
  }
  return <p className={styles.listEnd}>{list.isFetchingNextPage ? t("chats.loadingOlder") : ""}</p>;
}
