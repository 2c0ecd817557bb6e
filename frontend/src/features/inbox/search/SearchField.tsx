/** The field above the list, its filters and the recent searches. */
import { useEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type RefObject } from "react";
import { useLocation, type Location } from "@/lib/navigation";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { LateCommand } from "@/lib/commands/LateCommand";
import { lazyPart } from "@/lib/lazyPart";
import { keyOf } from "@/lib/keys";
import { LIMITS_MS, withDeadline } from "@/lib/limits";
import { isolate } from "@/lib/texts";
import type { Account, Chat } from "@/types/wire";
import { useSearch } from "./searchContext";
import { hasFilters, NOTHING } from "./searchQuery";
import styles from "./search.module.css";

const RecentSearches = lazyPart(async () => (await import("./RecentSearches")).RecentSearches, { isExtra: true });
const SearchFilters = lazyPart(async () => (await import("./SearchFilters")).SearchFilters, { isExtra: true });

const BELOW = "[data-testid=recent-searches] button, #search-results a, #search-results button, #chat-list a:not([tabindex='-1'])";

interface SearchPanelProps {
  readonly userId: number | null;
  readonly accounts: readonly Account[];
  readonly openChat: Chat | undefined;
}

const isPressing = () => document.querySelector(":active") !== null;

/**
 * The filters appear with the first letter or the focus, and stay while one is set. A press elsewhere hides them when it
 * ends: if the list moved during it, the click would miss its row.
 */
export function SearchPanel({ userId, accounts, openChat }: SearchPanelProps) {
  const { wanted } = useSearch();
  const [isActive, setActive] = useState(false);
  const isUsed = wanted.text !== "" || hasFilters(wanted);
  const onBlur = ({ currentTarget, relatedTarget }: FocusEvent) => {
    if (currentTarget.contains(relatedTarget)) return;
    const hide = () => {
      if (!currentTarget.contains(document.activeElement)) setActive(false);
    };
    if (isPressing()) window.addEventListener("click", hide, { once: true, capture: true });
    else setActive(false);
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- only notes where the focus is
    <div role="search" onFocus={() => setActive(true)} onBlur={onBlur}>
      <SearchField userId={userId} />
      {(isActive || isUsed) && <SearchFilters accounts={accounts} openChat={openChat} />}
      {isActive && !isUsed && <RecentSearches userId={userId} />}
    </div>
  );
}

/** Where its module cannot be loaded, the search is not remembered. */
const note = (userId: number | null, text: string): void => void withDeadline(LIMITS_MS.chunk, () => import("./recentSearches")).then(({ noteSearch }) => noteSearch(userId, text), () => undefined);

const focusBelow = () => document.querySelector<HTMLElement>(BELOW)?.focus();

/** Leaves the field so that keys are commands again, also while no row is below, as when the list loads. */
const leave = () => (document.querySelector<HTMLElement>(BELOW) ?? document.getElementById("main"))?.focus();

function runKey(event: KeyboardEvent, keys: Readonly<Record<string, () => void>>): void {
  const run = keys[keyOf(event)];
  if (run === undefined) return;
  event.preventDefault();
  run();
}

/** Escape clears the field, then the filters; in the empty field it moves to the list, as the down arrow does. */
function SearchField({ userId }: { readonly userId: number | null }) {
  const field = useRef<HTMLInputElement>(null);
  const { wanted, change } = useSearch();
  const { text, chat } = wanted;
  const isUsed = text !== "" || hasFilters(wanted);
  useSearchKey(field);
  const keys: Readonly<Record<string, () => void>> = {
    Escape: () => (isUsed ? change(text === "" ? NOTHING : { text: "" }) : leave()),
    Enter: () => note(userId, text),
    ArrowDown: focusBelow,
  };
  const clear = () => {
    change(NOTHING);
    field.current?.focus();
  };
  return (
    <div className={styles.search}>
      <LateCommand id="app.search" onRun={() => field.current?.select()} />
      <Icon name="search" size={18} />
      <input
        ref={field}
        type="text"
        value={text}
        maxLength={100}
        placeholder={chat === null ? t("search.placeholder") : t("search.labelInChat", { name: isolate(chat.name) })}
        aria-label={t("search.label")}
        autoComplete="off"
        enterKeyHint="search"
        onChange={(event) => change({ text: event.target.value })}
        onKeyDown={(event) => runKey(event, keys)}
        data-testid="search"
      />
      {isUsed && (
        <IconButton label={t("search.clear")} onClick={clear}>
          <Icon name="close" size={16} />
        </IconButton>
      )}
    </div>
  );
}

/** The search key focuses the field; on other pages it leads here first. */
function useSearchKey(field: RefObject<HTMLInputElement | null>): void {
  const { state } = useLocation() as Location<{ isSearching?: boolean } | null>;
  const isWanted = state?.isSearching === true;
  useEffect(() => {
    if (isWanted) field.current?.focus();
  }, [field, isWanted]);
}
