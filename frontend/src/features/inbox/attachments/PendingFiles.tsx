/** The files of a message that is being uploaded, with their progress. */
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import type { Pending } from "@/features/inbox/data/pending";
import { useThreadActions } from "@/features/inbox/thread/threadContext";
import { formatSize } from "./attachments";
import { useBlobUrl } from "./media";
import styles from "./attachments.module.css";

interface PendingFilesProps {
  readonly files: readonly File[];
  readonly share: number;
  /** Absent once it can no longer be cancelled. */
  readonly onCancel?: (() => void) | undefined;
}

/** The progress of each file: they are uploaded one after the other. */
export function shareOfEach(sizes: readonly number[], share: number): number[] {
  let uploaded = share * sizes.reduce((sum, size) => sum + size, 0);
  return sizes.map((size) => {
    const part = Math.min(size, uploaded);
    uploaded -= part;
    return size === 0 ? share : part / size;
  });
}

export function PendingFiles({ files, share, onCancel }: PendingFilesProps) {
  const shares = shareOfEach(files.map(({ size }) => size), share);
  return (
    <div className={styles.attachments} data-testid="upload">
      {files.map((file, index) => (
        <div key={index} className={styles.pendingFile}>
          <PendingFile file={file} />
          <progress className={styles.upload} value={shares[index] ?? 0} max={1} aria-label={t("composer.files.uploading", { name: file.name })} />
        </div>
      ))}
      {onCancel && (
        <IconButton label={t("composer.files.cancelUpload")} className={styles.cancelUpload} onClick={onCancel} data-testid="upload-cancel">
          <Icon name="close" size={18} />
        </IconButton>
      )}
    </div>
  );
}

/** The files of an unsent message. While it waits or has failed, the line below it offers to discard it. */
export function PendingUpload({ pending }: { readonly pending: Pending }) {
  const { discardPending } = useThreadActions();
  const { clientId, files = [], share = 0, error, waiting } = pending;
  const isUnderWay = error === null && !waiting;
  return <PendingFiles files={files} share={share} onCancel={isUnderWay ? () => discardPending(clientId) : undefined} />;
}

function PendingFile({ file }: { readonly file: File }) {
  const isPicture = /^image\/(png|jpeg|gif|webp)$/.test(file.type);
  const url = useBlobUrl(isPicture ? file : undefined);
  if (url !== null) return <img className={styles.picture} src={url} alt={file.name} />;
  return (
    <div className={styles.fileCard}>
      <span className={styles.fileIcon}>
        <Icon name="file" />
      </span>
      <span className={styles.fileWords}>
        <bdi className={styles.fileName} data-testid="file-name" translate="no">{file.name}</bdi>
        <span className={styles.fileNote}>{formatSize(file.size)}</span>
      </span>
    </div>
  );
}
