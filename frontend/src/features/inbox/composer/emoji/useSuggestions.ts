/** The suggestions after a colon: which emoji match, and the keys that choose one. */
import { useEffect, useState, type KeyboardEvent } from "react";
import { insertAt, type TextChange } from "@/features/inbox/composer/text/change";
import { keyOf } from "@/lib/keys";
import { noteRecent, readRecent, readTone } from "./emojiChoice";
import { inTone, loadEmoji, type EmojiEntry, type EmojiSet } from "./emojiData";
import { findByCode, findQuery, searchEmoji, type EmojiQuery } from "./emojiSearch";

const MAX_SHOWN = 8;

export interface Suggestions {
  readonly options: readonly EmojiEntry[];
  readonly selected: number;
  readonly select: (index: number) => void;
  readonly choose: (entry: EmojiEntry) => void;
  readonly close: () => void;
  /** True if the key was for the suggestions. */
  readonly onKeyDown: (event: KeyboardEvent) => boolean;
}

/** Loaded at the first colon; without them, as offline, nothing is suggested. */
function useEmojiSet(isWanted: boolean): EmojiSet | null {
  const [set, setSet] = useState<EmojiSet | null>(null);
  useEffect(() => {
    if (!isWanted) return undefined;
    let isOver = false;
    loadEmoji().then((loaded) => isOver || setSet(loaded), () => undefined);
    return () => {
      isOver = true;
    };
  }, [isWanted]);
  return set;
}

function replaceQuery({ from }: EmojiQuery, caret: number, entry: EmojiEntry, end: string): TextChange {
  const emoji = inTone(entry, readTone());
  noteRecent(emoji);
  return insertAt(from, caret, emoji + end);
}

/** ":tada:" becomes the emoji when the second colon is typed. */
function useClosed(query: EmojiQuery | null, set: EmojiSet | null, caret: number, apply: (change: TextChange) => void): void {
  const words = query?.isClosed === true ? query.words : null;
  useEffect(() => {
    const entry = words === null || set === null ? undefined : findByCode(set.entries, words);
    if (query === null || entry === undefined) return undefined;
    // After the key that typed the colon: a change within its event would be undone.
    const timer = setTimeout(() => apply(replaceQuery(query, caret, entry, "")));
    return () => clearTimeout(timer);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each closed word
  }, [words, set]);
}

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

export function useSuggestions(text: string, selection: readonly [number, number], apply: (change: TextChange) => void): Suggestions {
  const [start, caret] = selection;
  const query = start === caret ? findQuery(text, caret) : null;
  const set = useEmojiSet(query !== null);
  useClosed(query, set, caret, apply);
  const key = query === null ? null : `${query.from} ${query.words}`;
  const [closedAt, setClosedAt] = useState<number | null>(null);
  const [chosen, setChosen] = useState<{ readonly key: string | null; readonly index: number }>({ key: null, index: 0 });
  const isOpen = query !== null && !query.isClosed && set !== null && closedAt !== query.from;
  const options = isOpen ? searchEmoji(set.entries, query.words, readRecent(), MAX_SHOWN) : [];
  const selected = chosen.key === key ? Math.min(chosen.index, options.length - 1) : 0;
  const select = (index: number) => setChosen({ key, index });
  const choose = (entry: EmojiEntry) => query !== null && apply(replaceQuery(query, caret, entry, " "));
  const close = () => setClosedAt(query?.from ?? null);
  const act = (pressed: string): boolean => {
    const entry = options[selected];
    const step = steps[pressed];
    if (step !== undefined) select((selected + step + options.length) % options.length);
    else if (pressed === "Escape") close();
    else if ((pressed === "Enter" || pressed === "Tab") && entry !== undefined) choose(entry);
    else return false;
    return true;
  };
  const onKeyDown = (event: KeyboardEvent): boolean => {
    if (options.length === 0 || event.shiftKey || !act(keyOf(event))) return false;
    event.preventDefault();
    return true;
  };
  return { options, selected, select, choose, close, onKeyDown };
}
