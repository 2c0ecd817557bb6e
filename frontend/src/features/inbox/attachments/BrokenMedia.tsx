/** An image, video or audio file that cannot be shown: the reason, and what to do. */
import { Button, IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { describeError } from "@/lib/api/errors";
import type { StoredProps } from "./storedProps";
import { formatSeconds, formatSize, kindOf, nameAttachment } from "./attachments";
import { useDownload } from "./media";
import buttonStyles from "@/components/button.module.css";
import styles from "./attachments.module.css";

interface BrokenMediaProps extends StoredProps {
  /** Why the file could not be loaded; null when it was, but the browser cannot decode it. */
  readonly error: Error | null;
  readonly isBusy: boolean;
  readonly onRetry: () => void;
}

const VERBS = { image: "show this picture", video: "play this video", audio: "play this recording", file: "open this file" } as const;

function explain({ attachment, error }: BrokenMediaProps): string {
  if (error !== null) return describeError(error);
  return `This browser can't ${attachment.voice_note ? "play this voice message" : VERBS[kindOf(attachment)]}.`;
}

export function BrokenMedia(props: BrokenMediaProps) {
  const { message, attachment, id, error, isBusy, onRetry } = props;
  const name = nameAttachment(attachment);
  const download = useDownload(message, id, name);
  const { duration, file_size } = attachment;
  const facts = [duration ? formatSeconds(duration) : "", file_size ? formatSize(file_size) : ""].filter(Boolean).join(" · ");
  return (
    <div className={styles.fileCard} data-testid="attachment-broken">
      <span className={styles.fileIcon}>
        <Icon name="alert" />
      </span>
      <span className={styles.fileWords}>
        <span className={styles.fileName} data-testid="file-name" translate="no">{name}</span>
        {facts !== "" && <span className={styles.fileNote} translate="no">{facts}</span>}
        <span className={styles.fileProblem} role="status">{download.error === null ? explain(props) : describeError(download.error)}</span>
      </span>
      {error === null ? (
        <IconButton label={`Download ${name}`} aria-busy={download.isPending} onClick={() => download.mutate()} data-testid="attachment-download">
          {download.isPending ? <span className={buttonStyles.spinner} /> : <Icon name="download" size={18} />}
        </IconButton>
      ) : (
        <Button size="small" isBusy={isBusy} onClick={onRetry} data-testid="attachment-reload">
          Try again
        </Button>
      )}
    </div>
  );
}
