/** The first rows of the chat list, as they are until what scrolls through any number of them is loaded. */
import { useMemo, type CSSProperties, type ReactNode, type Ref } from "react";
import type { Account, Chat } from "@/types/wire";
import { ChatRow, type RowActions } from "@/features/inbox/chats/ChatRow";
import type { ChatSort } from "@/features/inbox/chats/query/chatPages";
import type { ListQuery } from "@/features/inbox/chats/query/listQuery";
import type { useChatList } from "@/features/inbox/queries";
import { classes } from "@/components/classes";
import { rowHeight, useDensity, type Density } from "./density";
import chatRowStyles from "@/features/inbox/chats/chat-row.module.css";
import styles from "@/features/inbox/chats/chat-list.module.css";

export type List = ReturnType<typeof useChatList>;

export interface ListedRowsProps {
  readonly list: List;
  readonly chats: readonly Chat[];
  /** Those whose chats are shown. */
  readonly accounts: readonly Account[];
  readonly selectedId: number | null;
  readonly query: ListQuery;
  /** The chat whose row had the focus when these rows took the place of the first ones. */
  readonly focusedId: number | null;
  readonly onFocusRow: (chatId: number | null) => void;
}

export interface RowsProps {
  readonly accounts: readonly Account[];
  readonly selectedId: number | null;
  readonly rows: readonly Chat[];
  readonly sort: ChatSort;
  readonly activeIndex: number;
  readonly actionsOf: (chat: Chat) => RowActions | null;
}

export const rowOf = (target: EventTarget): number | null => {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-chat]") : null;
  return row === null ? null : Number(row.dataset.chat);
};

/** As many as the window has room for. */
const countFirst = (density: Density): number => Math.ceil(window.innerHeight / rowHeight(density));

export function useRow({ accounts, selectedId, sort, activeIndex, actionsOf }: Omit<RowsProps, "rows">) {
  const accountOf = useMemo(() => new Map(accounts.map((account) => [account.id, account])), [accounts]);
  return (chat: Chat, index: number) => (
    <div key={chat.id} data-index={index} data-chat={chat.id}>
      <ChatRow
        chat={chat}
        account={accounts.length > 1 ? accountOf.get(chat.account_id) : undefined}
        isSelected={chat.id === selectedId}
        isActive={index === activeIndex}
        isWaitShown={sort === "waiting"}
        isDueShown={sort === "due"}
        actions={actionsOf(chat)}
      />
    </div>
  );
}

interface ItemProps {
  readonly style?: CSSProperties;
  readonly index: number;
  readonly children: ReactNode;
  readonly ref?: Ref<HTMLLIElement>;
}

/** The number of all chats is not known before the last page. */
export function Item({ style, index, children, ref }: ItemProps) {
  return (
    <li ref={ref} style={style} aria-posinset={index + 1} aria-setsize={-1}>
      {children}
    </li>
  );
}

const noActions = () => null;

export function FirstRows({ chats, accounts, selectedId, query: { sort }, onFocusRow }: ListedRowsProps) {
  const density = useDensity();
  const activeIndex = Math.max(0, chats.findIndex(({ id }) => id === selectedId));
  const row = useRow({ accounts, selectedId, sort, activeIndex, actionsOf: noActions });
  return (
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions -- the rows are the controls; this only notes where the focus is
    <div className={styles.frame} onFocus={({ target }) => onFocusRow(rowOf(target))} onBlur={() => onFocusRow(null)}>
      <div id="chat-list" className={classes(styles.list, density === "compact" && chatRowStyles.compact)} data-density={density}>
        <ul>
          {chats.slice(0, countFirst(density)).map((chat, index) => (
            <Item key={chat.id} index={index}>
              {row(chat, index)}
            </Item>
          ))}
        </ul>
      </div>
    </div>
  );
}
