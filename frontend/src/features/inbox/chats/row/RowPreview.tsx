/** The second line of a row: who of the team is replying, else a draft, else the last message. */
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { firstShown, isolate } from "@/lib/texts";
import type { Chat } from "@/types/wire";
import type { Draft } from "@/features/inbox/composer/drafts/draft";
import { useDraft } from "@/features/inbox/composer/drafts/useDraft";
import { useColleagues } from "@/features/inbox/presence/presenceContext";
import { listNames } from "@/features/inbox/presence/presence";
import { useSharedDrafts } from "@/features/inbox/sharedDrafts/sharedDraftsContext";
import { Tick } from "@/features/inbox/thread/bubble/Tick";
import { classes } from "@/components/classes";
import { firstNameOf, previewOf } from "./preview";
import styles from "@/features/inbox/chats/chat-row.module.css";

interface RowPreviewProps {
  readonly chat: Chat;
  readonly isSelected: boolean;
}

export function RowPreview({ chat, isSelected }: RowPreviewProps) {
  const { typing } = useColleagues(chat.id);
  const draft = describeDraft(useDraft(chat.id));
  const [shared] = useSharedDrafts(chat.id);
  if (typing.length > 0) {
    return (
      <span className={classes(styles.preview, styles.typing)} data-testid="chat-typing">
        <bdi>{t("thread.replying", { names: listNames(typing), count: typing.length })}</bdi>
      </span>
    );
  }
  if (isSelected) return <LastMessage chat={chat} />;
  if (draft !== null) return <DraftLine label={t("chats.draft")} text={draft} />;
  return shared === undefined ? <LastMessage chat={chat} /> : <DraftLine label={t("chats.draftBy", { name: isolate(firstNameOf(shared.user.name)) })} text={onOneLine(shared.text)} />;
}

/** The text of a draft, or the name of its first file; null if there is neither. */
function describeDraft({ text, files }: Draft): string | null {
  return firstShown(onOneLine(text), files[0]?.name);
}

const onOneLine = (text: string): string => text.replace(/\s+/gu, " ").trim();

function DraftLine({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <span className={styles.preview} data-testid="chat-draft">
      <span className={styles.draft}>{`${label} `}</span>
      <bdi>{text}</bdi>
    </span>
  );
}

function LastMessage({ chat }: { readonly chat: Chat }) {
  const { icon, label, text, sender } = previewOf(chat);
  return (
    <>
      <OwnTick chat={chat} />
      {icon !== null && (
        <span className={styles.typeIcon}>
          <Icon name={icon} size={14} />
        </span>
      )}
      <span className={styles.preview} data-testid="chat-preview">
        {sender !== null && <bdi className={styles.sender} translate="no">{`${sender}: `}</bdi>}
        {label !== null && <span className="visually-hidden">{`${label}, `}</span>}
        <bdi>{text}</bdi>
      </span>
    </>
  );
}

function OwnTick({ chat }: { readonly chat: Chat }) {
  const isOwn = chat.last_message_direction === "out" && chat.last_message_content?.kind !== "deleted";
  if (!isOwn || chat.last_message_status === null) return null;
  return <Tick status={chat.last_message_status} />;
}
