/** Applies what the feed says about colleagues' drafts to those that are known. */
import type { Change } from "@/lib/socket/changes";
import type { SharedDraft } from "@/types/wire";
import type { SharedDrafts } from "./sharedDraftsContext";

type Rows = readonly SharedDraft[];

const isOther = (row: SharedDraft, { chat_id, user }: SharedDraft): boolean => row.chat_id !== chat_id || row.user.id !== user.id;

/** One without a text is no longer shared; one's own is in the composer. */
function withDraft(rows: Rows, draft: SharedDraft, userId: number): Rows {
  const known = rows.find((row) => !isOther(row, draft));
  if (draft.user.id === userId || (known !== undefined && known.seq >= draft.seq)) return rows;
  const others = rows.filter((row) => isOther(row, draft));
  return draft.text === "" ? others : [...others, draft];
}

/** The same rows if the change is of something else. */
export function applyChange(rows: Rows, { event, data }: Change, userId: number): Rows {
  if (event === "draft:updated") return withDraft(rows, data, userId);
  if (event === "chat:erased") return rows.filter(({ chat_id }) => chat_id !== data.id);
  return rows;
}

const newestFirst = (one: SharedDraft, other: SharedDraft): number => other.seq - one.seq;

export function byChat(rows: Rows): SharedDrafts {
  const found = new Map<number, SharedDraft[]>();
  for (const row of [...rows].sort(newestFirst)) found.set(row.chat_id, [...(found.get(row.chat_id) ?? []), row]);
  return found;
}
