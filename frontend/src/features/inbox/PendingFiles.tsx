/** The files of a message that is going up, and how far they have come. */
import { Icon } from "@/components/Icon";
import { formatSize } from "./attachments";
import { useBlobUrl } from "./media";

interface PendingFilesProps {
  readonly files: readonly File[];
  readonly share: number;
}

export function PendingFiles({ files, share }: PendingFilesProps) {
  return (
    <div className="attachments" data-testid="upload">
      {files.map((file, index) => (
        <PendingFile key={index} file={file} />
      ))}
      <progress className="upload" value={share} max={1} aria-label="Uploaded" />
    </div>
  );
}

function PendingFile({ file }: { readonly file: File }) {
  const isPicture = /^image\/(png|jpeg|gif|webp)$/.test(file.type);
  const url = useBlobUrl(isPicture ? file : undefined);
  if (url !== null) return <img className="picture" src={url} alt={file.name} />;
  return (
    <div className="file-card">
      <span className="file-icon">
        <Icon name="file" />
      </span>
      <span className="file-words">
        <span className="file-name">{file.name}</span>
        <span className="file-note">{formatSize(file.size)}</span>
      </span>
    </div>
  );
}
