/** The rows of the chat list: the first ones, then those that can be used in every way. */
import { useState } from "react";
import { lazyPart } from "@/lib/lazyPart";
import { FirstRows, type ListedRowsProps } from "./FirstRows";

const LiveRows = lazyPart(async () => (await import("./LiveRows")).LiveRows, { Waiting: FirstRows, preloading: "page", isExtra: true });

export function ChatRows(props: Omit<ListedRowsProps, "focusedId" | "onFocusRow">) {
  const [focusedId, setFocusedId] = useState<number | null>(null);
  return <LiveRows {...props} focusedId={focusedId} onFocusRow={setFocusedId} />;
}
