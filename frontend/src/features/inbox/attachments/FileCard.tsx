/** A file with its name and size; a press downloads it. */
import { Icon } from "@/components/Icon";
import { describeError } from "@/lib/api/errors";
import type { StoredProps } from "./storedProps";
import { formatSize, nameAttachment } from "./attachments";
import { useDownload } from "./media";
import buttonStyles from "@/components/button.module.css";
import styles from "./attachments.module.css";

export function FileCard({ message, attachment, id }: StoredProps) {
  const name = nameAttachment(attachment);
  const download = useDownload(message, id, name);
  const size = attachment.file_size ? formatSize(attachment.file_size) : "";
  return (
    <button
      type="button"
      className={styles.fileCard}
      aria-label={`Download ${name}`}
      aria-busy={download.isPending}
      onClick={() => download.mutate()}
      data-testid="attachment-download"
    >
      <span className={styles.fileIcon}>{download.isPending ? <span className={buttonStyles.spinner} /> : <Icon name="file" />}</span>
      <span className={styles.fileWords}>
        <span className={styles.fileName} data-testid="file-name" translate="no">{name}</span>
        <span className={styles.fileNote}>{download.error === null ? size : describeError(download.error)}</span>
      </span>
      <Icon name="download" size={18} />
    </button>
  );
}
