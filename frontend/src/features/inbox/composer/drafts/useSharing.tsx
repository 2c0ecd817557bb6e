/** Sharing a draft: colleagues see its text while it is written, until it is sent, emptied, or shared no more. */
import { useInbox } from "@/features/inbox/context";
import { useMappedCommand } from "@/lib/commands/useMappedCommand";
import { t } from "@/i18n/translate";
import { isBlank } from "@/lib/texts";
import { SharingBar } from "@/features/inbox/sharedDrafts/SharingBar";
import { useDraft } from "./useDraft";

export interface Sharing {
  readonly label: string;
  readonly toggle: () => void;
}

export function useSharing(accountId: number, chatId: number) {
  const { drafts } = useInbox();
  const { text, isShared } = useDraft(chatId);
  const isEnabled = !isBlank(text);
  const toggle = () => drafts.change(chatId, { accountId, isShared: !isShared });
  const label = t(isShared ? "composer.shared.stopDraft" : "composer.shared.share");
  useMappedCommand("chat.shareDraft", toggle, { label, isEnabled });
  return { sharing: isEnabled ? { label, toggle } : undefined, bar: isShared && isEnabled && <SharingBar onStop={toggle} /> };
}
