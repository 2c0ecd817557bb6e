/** The attachments of a message: displayed if the browser can, otherwise offered as downloads. */
import { Button } from "@/components/Button";
import { Icon, type IconName } from "@/components/Icon";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import { useThreadActions } from "@/features/inbox/thread/threadContext";
import type { Message } from "@/types/wire";
import { describeFile, kindOf, nameAttachment, type AttachmentKind } from "./attachments";
import { AudioPlayer } from "./audio/AudioPlayer";
import { ContactCards } from "./ContactCard";
import { FileCard } from "./FileCard";
import { LocationCard } from "./LocationCard";
import { Picture } from "./Picture";
import type { StoredProps } from "./storedProps";
import buttonStyles from "@/components/button.module.css";
import styles from "./attachments.module.css";

const VIEWS = { image: Picture, video: Picture, audio: AudioPlayer, file: FileCard } as const;
const ICONS: Readonly<Record<AttachmentKind, IconName>> = { image: "image", video: "video", audio: "mic", file: "file" };

const ABSENT: Readonly<Record<string, MessageId>> = {
  waiting: "messages.media.waiting",
  failed: "messages.media.failed",
  expired: "messages.media.expired",
  unavailable: "messages.media.expired",
};

export function Attachments({ message }: { readonly message: Message }) {
  return (
    <div className={styles.attachments}>
      {message.attachments.map((attachment) => (
        <One key={attachment.id} message={message} attachment={attachment} />
      ))}
    </div>
  );
}

function One({ message, attachment }: Omit<StoredProps, "id">) {
  const { id, state, location, contacts } = attachment;
  if (location !== undefined) return <LocationCard location={location} />;
  if (contacts !== undefined && contacts.length > 0) return <ContactCards message={message} contacts={contacts} />;
  const kind = kindOf(attachment);
  const isShown = state === "stored" || (state === "waiting" && (kind === "image" || kind === "video"));
  if (!isShown) return <Absent message={message} attachment={attachment} />;
  const View = VIEWS[kind];
  return (
    <div data-testid="attachment" data-kind={kind} data-state={state}>
      <View message={message} attachment={attachment} id={id} />
    </div>
  );
}

const TOO_LARGE = "too_large";

function explainAbsence({ state, error, ...attachment }: StoredProps["attachment"]): string {
  if (state === "failed" && error === TOO_LARGE) return t("messages.media.tooLarge");
  const known = ABSENT[state];
  return known === undefined ? describeFile({ state, error, ...attachment }) : t(known);
}

/** What WhatsApp no longer has, or what is too large, is the same at the next try. */
const canHelp = ({ state, error }: StoredProps["attachment"]): boolean => state === "failed" && error !== TOO_LARGE;

function Absent({ message, attachment }: Omit<StoredProps, "id">) {
  const { canAct, retryAttachment } = useThreadActions();
  const { id, state } = attachment;
  const kind = kindOf(attachment);
  return (
    <div className={styles.fileCard} data-testid="attachment" data-kind={kind} data-state={state}>
      <span className={styles.fileIcon}>
        {state === "waiting" ? <span className={buttonStyles.spinner} aria-hidden="true" /> : <Icon name={ICONS[kind]} />}
      </span>
      <span className={styles.fileWords}>
        <bdi className={styles.fileName} data-testid="file-name" translate="no">{nameAttachment(attachment)}</bdi>
        <span className={styles.fileNote}>{explainAbsence(attachment)}</span>
      </span>
      {canAct && canHelp(attachment) && (
        <Button size="small" onClick={() => retryAttachment(message, id)} data-testid="attachment-retry">
          {t("messages.media.retry")}
        </Button>
      )}
    </div>
  );
}
