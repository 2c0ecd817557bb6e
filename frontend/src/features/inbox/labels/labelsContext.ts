/** Provides the labels, and which chats have private ones. */
import { createContext, use } from "react";
import type { Chat, Label } from "@/types/wire";

export interface Labels {
  readonly byId: ReadonlyMap<number, Label>;
  /** The ids of the user's private labels, by chat. */
  readonly privateOf: ReadonlyMap<number, readonly number[]>;
}

const NONE: Labels = { byId: new Map(), privateOf: new Map() };

export const LabelsContext = createContext<Labels>(NONE);

export const useLabels = (): Labels => use(LabelsContext);

/** Those of a chat: shared ones first. A label that is not known, or no longer there, is left out. */
export function labelsOf({ byId, privateOf }: Labels, chat: Pick<Chat, "id" | "labels">): readonly Label[] {
  return [...chat.labels, ...(privateOf.get(chat.id) ?? [])].map((id) => byId.get(id)).filter((label) => label !== undefined);
}
