/** The attachments of a message: displayed if the browser can, otherwise offered as downloads. */
import { Button } from "@/components/Button";
import { Icon, type IconName } from "@/components/Icon";
import type { Message } from "@/types/wire";
import { formatSize, kindOf, nameAttachment, type AttachmentKind } from "./attachments";
import { AudioPlayer } from "./AudioPlayer";
import { ContactCards } from "./ContactCard";
import { FileCard } from "./FileCard";
import { Picture } from "./Picture";
import { LocationCard } from "./LocationCard";
import { useThreadActions } from "@/features/inbox/thread/threadContext";
import type { StoredProps } from "./storedProps";
import { VideoCard } from "./VideoCard";
import buttonStyles from "@/components/button.module.css";
import styles from "./attachments.module.css";

const VIEWS = { image: Picture, video: VideoCard, audio: AudioPlayer, file: FileCard } as const;
const ICONS: Readonly<Record<AttachmentKind, IconName>> = { image: "image", video: "play", audio: "mic", file: "file" };

const ABSENT: Readonly<Record<string, string>> = {
  waiting: "On its way…",
  failed: "Could not be fetched.",
  expired: "No longer available from WhatsApp.",
  unavailable: "No longer available from WhatsApp.",
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
  if (state !== "stored") return <Absent message={message} attachment={attachment} />;
  const View = VIEWS[kindOf(attachment)];
  return (
    <div data-testid="attachment" data-kind={kindOf(attachment)} data-state="stored">
      <View message={message} attachment={attachment} id={id} />
    </div>
  );
}

function Absent({ message, attachment }: Omit<StoredProps, "id">) {
  const { canAct, retryAttachment } = useThreadActions();
  const { id, state, file_size } = attachment;
  const text = ABSENT[state] ?? (file_size ? formatSize(file_size) : "");
  const canRetry = canAct && state !== "waiting";
  return (
    <div className={styles.fileCard} data-testid="attachment" data-kind={kindOf(attachment)} data-state={state}>
      <span className={styles.fileIcon}>
        {state === "waiting" ? <span className={buttonStyles.spinner} aria-hidden="true" /> : <Icon name={ICONS[kindOf(attachment)]} />}
      </span>
      <span className={styles.fileWords}>
        <span className={styles.fileName} data-testid="file-name" translate="no">{nameAttachment(attachment)}</span>
        <span className={styles.fileNote}>{text}</span>
      </span>
      {canRetry && (
        <Button size="small" onClick={() => retryAttachment(message, id)} data-testid="attachment-retry">
          Try again
        </Button>
      )}
    </div>
  );
}
