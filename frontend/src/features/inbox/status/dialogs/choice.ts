/** What a dialog needs that chooses something for one chat or several. */
import { t } from "@/i18n/translate";
import { isolate } from "@/lib/texts";
import type { Chat } from "@/types/wire";
import { nameChat } from "@/features/inbox/chats/nameChat";
import type { StateAction } from "@/features/inbox/status/stateActions";

/** What was chosen, for each of the chats. */
export type Choice = (chat: Chat) => StateAction;

export interface ChoiceProps {
  readonly chats: readonly Chat[];
  /** A note for colleagues can go with it. */
  readonly canNote?: boolean;
  readonly onChoose: (choice: Choice) => void;
  readonly onClose: () => void;
}

/** The chat's name, or how many chats there are. */
export function nameChats(chats: readonly Chat[]): string {
  const [first] = chats;
  return chats.length === 1 && first !== undefined ? isolate(nameChat(first)) : t("labels.chats", { count: chats.length });
}
