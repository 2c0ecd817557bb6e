/** An image, video or audio file that cannot be shown: the reason, and what to do. */
import { Button, IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import type { StoredProps } from "./storedProps";
import { describeFile, kindOf, nameAttachment } from "./attachments";
import { useDownload } from "./media";
import buttonStyles from "@/components/button.module.css";
import styles from "./attachments.module.css";

interface BrokenMediaProps extends StoredProps {
  /** Why the file could not be loaded; null when it was, but the browser cannot decode it. */
  readonly error: Error | null;
  readonly isBusy: boolean;
  readonly onRetry: () => void;
}

const REASONS = { image: "messages.broken.image", video: "messages.broken.video", audio: "messages.broken.audio", file: "messages.broken.file" } as const;

function explain({ attachment, error }: BrokenMediaProps): string {
  if (error !== null) return describeError(error);
  return t(attachment.voice_note ? "messages.broken.voice" : REASONS[kindOf(attachment)]);
}

export function BrokenMedia(props: BrokenMediaProps) {
  const { message, attachment, id, error, isBusy, onRetry } = props;
  const name = nameAttachment(attachment);
  const download = useDownload(message, id, name);
  const facts = describeFile(attachment);
  return (
    <div className={styles.fileCard} data-testid="attachment-broken">
      <span className={styles.fileIcon}>
        <Icon name="alert" />
      </span>
      <span className={styles.fileWords}>
        <bdi className={styles.fileName} data-testid="file-name" translate="no">{name}</bdi>
        {facts !== "" && <span className={styles.fileNote} translate="no">{facts}</span>}
        <span className={styles.fileProblem} role="status">{download.error === null ? explain(props) : describeError(download.error)}</span>
      </span>
      {error === null ? (
        <IconButton label={t("messages.media.download", { name })} aria-busy={download.isPending} onClick={() => download.mutate()} data-testid="attachment-download">
          {download.isPending ? <span className={buttonStyles.spinner} /> : <Icon name="download" size={18} />}
        </IconButton>
      ) : (
        <Button size="small" isBusy={isBusy} onClick={onRetry} data-testid="attachment-reload">
          {t("messages.media.retry")}
        </Button>
      )}
    </div>
  );
}
