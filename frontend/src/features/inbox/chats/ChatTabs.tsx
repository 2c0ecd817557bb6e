/** Whose chats the list shows, as tabs with counts, and what narrows them. */
import type { KeyboardEvent } from "react";
import { Icon } from "@/components/Icon";
import type { Elements } from "@/components/Text";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { keyOf } from "@/lib/keys";
import { lazyPart } from "@/lib/lazyPart";
import { Count } from "./Count";
import { useCounts, type Counts } from "./query/counts";
import { isNarrowed, VIEWS, type ListQuery, type ListView } from "./query/listQuery";
import { sumOf, useUnread } from "./unread";
import { useChangeList } from "./query/useListQuery";
import styles from "./chat-list.module.css";

const NarrowedBy = lazyPart(async () => (await import("./list/NarrowedBy")).NarrowedBy, { isExtra: true });

const NAMES: Readonly<Record<ListView, MessageId>> = {
  mine: "chats.view.mine",
  unassigned: "chats.view.unassigned",
  all: "chats.filter.all",
};

const PANEL_ID = "chat-panel";
const tabId = (view: ListView): string => `chat-view-${view}`;

const countIn = (view: ListView, { mine, unassigned, open }: Counts, isRestricted: boolean): number =>
  isRestricted ? open : { mine, unassigned, all: open }[view];

const STEPS: Readonly<Record<string, (index: number) => number>> = {
  ArrowRight: (index) => index + 1,
  ArrowLeft: (index) => index - 1,
  Home: () => 0,
  End: () => VIEWS.length - 1,
};

/** The arrow that points to the next tab depends on the direction of the text. */
function stepFrom(view: ListView, key: string, isRtl: boolean): ListView | undefined {
  const turned = isRtl ? ({ ArrowRight: "ArrowLeft", ArrowLeft: "ArrowRight" }[key] ?? key) : key;
  const index = STEPS[turned]?.(VIEWS.indexOf(view));
  return index === undefined ? undefined : VIEWS.at(index % VIEWS.length);
}

interface ChatTabsProps {
  readonly query: ListQuery;
  /** The accounts whose chats are listed. */
  readonly shown: readonly number[];
}

export function ChatTabs({ query, shown }: ChatTabsProps) {
  return (
    <>
      <div className={styles.filters}>
        <Views selected={query.view} isRestricted={query.isRestricted} shown={shown} />
        <UnreadFilter query={query} shown={shown} />
      </div>
      {isNarrowed(query) && <NarrowedBy query={query} />}
      {query.filter !== "archived" && <ArchivedLine shown={shown} />}
    </>
  );
}

interface ViewsProps {
  readonly selected: ListView;
  /** There are no chats but the user's own: one tab. */
  readonly isRestricted: boolean;
  readonly shown: readonly number[];
}

function Views({ selected, isRestricted, shown }: ViewsProps) {
  const counts = useCounts(shown);
  const change = useChangeList();
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const next = stepFrom(selected, keyOf(event), getComputedStyle(event.currentTarget).direction === "rtl");
    if (next === undefined) return;
    event.preventDefault();
    change({ view: next });
    document.getElementById(tabId(next))?.focus();
  };
  return (
    <div className={styles.views} role="tablist" aria-label={t("chats.filters")} tabIndex={-1} onKeyDown={onKeyDown}>
      {VIEWS.filter((view) => !isRestricted || view === "mine").map((view) => (
        <button
          key={view}
          id={tabId(view)}
          type="button"
          role="tab"
          className={styles.filter}
          aria-selected={view === selected}
          aria-controls={view === selected ? PANEL_ID : undefined}
          tabIndex={view === selected ? 0 : -1}
          onClick={() => change({ view })}
          data-testid={`view-${view}`}
        >
          <span>{t(NAMES[view])}</span>
          <Count value={countIn(view, counts, isRestricted)} label={t("chats.openBadge")} />
        </button>
      ))}
    </div>
  );
}

/** It counts chats, as the tabs beside it do. */
function UnreadFilter({ query: { filter }, shown }: ChatTabsProps) {
  const { chats } = sumOf(useUnread(), shown);
  const change = useChangeList();
  const isOn = filter === "unread";
  return (
    <button type="button" className={styles.filter} aria-pressed={isOn} onClick={() => change({ filter: isOn ? "all" : "unread" })} data-testid="filter-unread">
      <span>{t("chats.filter.unread")}</span>
      <Count value={chats} label={t("chats.unreadBadge")} />
    </button>
  );
}

/** Archived chats are out of sight: their unread messages are announced above the list, as on a phone. */
function ArchivedLine({ shown }: { readonly shown: readonly number[] }) {
  const { archived } = sumOf(useUnread(), shown);
  const change = useChangeList();
  if (archived === 0) return null;
  return (
    <button type="button" className={styles.archived} onClick={() => change({ filter: "archived" })} data-testid="filter-archived">
      <Icon name="archive" size={16} />
      <span>{t("chats.filter.archived")}</span>
      <Count value={archived} label={t("chats.unreadBadge")} />
    </button>
  );
}

/** The list below the tabs. */
export function ChatPanel({ view, children }: { readonly view: ListView; readonly children: Elements }) {
  return (
    <div id={PANEL_ID} className={styles.panel} role="tabpanel" aria-labelledby={tabId(view)}>
      {children}
    </div>
  );
}
