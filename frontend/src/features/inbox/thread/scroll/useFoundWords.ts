/** Marks the words that were searched for in the messages of the thread, where a search result led to it. */
import { useEffect, type RefObject } from "react";
import { useLocation } from "@/lib/navigation";
import { highlight } from "@/features/inbox/search/highlight";

/** The state of a link to a search result. */
export interface FoundState {
  readonly found: string;
}

const NAME = "found-words";
const TEXTS = "[data-testid=message-text], [data-testid=note-body]";

const isFoundState = (state: unknown): state is FoundState => typeof state === "object" && state !== null && "found" in state;

/** The places of the words in one text node. */
function rangesOf(node: Text, words: string): Range[] {
  const ranges: Range[] = [];
  let start = 0;
  for (const { text, isFound } of highlight(node.data, words)) {
    if (isFound) {
      const range = new Range();
      range.setStart(node, start);
      range.setEnd(node, start + text.length);
      ranges.push(range);
    }
    start += text.length;
  }
  return ranges;
}

function textNodesOf(box: HTMLElement): Text[] {
  return [...box.querySelectorAll(TEXTS)].flatMap((element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const nodes: Text[] = [];
    while (walker.nextNode() !== null) nodes.push(walker.currentNode as Text);
    return nodes;
  });
}

/** `rendered` changes whenever other messages are rendered. */
export function useFoundWords(box: RefObject<HTMLElement | null>, rendered: unknown): void {
  const state: unknown = useLocation().state;
  const words = isFoundState(state) ? state.found : "";
  useEffect(() => {
    // Highlights leave the elements alone; a browser without them shows the message unmarked.
    if (words === "" || box.current === null || !("highlights" in CSS)) return undefined;
    CSS.highlights.set(NAME, new Highlight(...textNodesOf(box.current).flatMap((node) => rangesOf(node, words))));
    return () => void CSS.highlights.delete(NAME);
  }, [box, words, rendered]);
}
