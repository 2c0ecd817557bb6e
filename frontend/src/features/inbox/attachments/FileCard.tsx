/** A file with its name and size; a press downloads it. */
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { describeError } from "@/lib/api/errors";
import type { StoredProps } from "./storedProps";
import { describeFile, fileTypeOf, nameAttachment } from "./attachments";
import { useDownload } from "./media";
import buttonStyles from "@/components/button.module.css";
import styles from "./attachments.module.css";

export function FileCard({ message, attachment, id }: StoredProps) {
  const name = nameAttachment(attachment);
  const download = useDownload(message, id, name);
  const facts = [fileTypeOf(attachment), describeFile(attachment)].filter(Boolean).join(" · ");
  return (
    <button
      type="button"
      className={styles.fileCard}
      aria-busy={download.isPending}
      onClick={() => download.mutate()}
      data-testid="attachment-download"
    >
      <span className="visually-hidden">{`${t("messages.viewer.download")} `}</span>
      <span className={styles.fileIcon}>{download.isPending ? <span className={buttonStyles.spinner} /> : <Icon name="file" />}</span>
      <span className={styles.fileWords}>
        <bdi className={styles.fileName} data-testid="file-name" translate="no">{name}</bdi>
        <span className={styles.fileNote}>{download.error === null ? facts : describeError(download.error)}</span>
      </span>
      <Icon name="download" size={18} />
    </button>
  );
}
