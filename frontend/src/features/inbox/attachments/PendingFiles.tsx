/** The files of a message that is being uploaded, with their progress. */
import { Icon } from "@/components/Icon";
import { formatSize } from "./attachments";
import { useBlobUrl } from "./media";
import styles from "./attachments.module.css";

interface PendingFilesProps {
  readonly files: readonly File[];
  readonly share: number;
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

export function PendingFiles({ files, share }: PendingFilesProps) {
  const shares = shareOfEach(files.map(({ size }) => size), share);
  return (
    <div className={styles.attachments} data-testid="upload">
      {files.map((file, index) => (
        <div key={index} className={styles.pendingFile}>
          <PendingFile file={file} />
          <progress className={styles.upload} value={shares[index] ?? 0} max={1} aria-label={`Uploaded of ${file.name}`} />
        </div>
      ))}
    </div>
  );
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
        <span className={styles.fileName} data-testid="file-name" translate="no">{file.name}</span>
        <span className={styles.fileNote}>{formatSize(file.size)}</span>
      </span>
    </div>
  );
}
