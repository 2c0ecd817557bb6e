/** A file with its name and size; a press downloads it. */
import { Icon } from "@/components/Icon";
import { describeError } from "@/lib/api/errors";
import type { StoredProps } from "./storedProps";
import { formatSize, nameAttachment } from "./attachments";
import { useDownload } from "./media";

export function FileCard({ message, attachment, id }: StoredProps) {
  const name = nameAttachment(attachment);
  const download = useDownload(message, id, name);
  const size = attachment.file_size ? formatSize(attachment.file_size) : "";
  return (
    <button
      type="button"
      className="file-card"
      aria-label={`Download ${name}`}
      aria-busy={download.isPending}
      onClick={() => download.mutate()}
      data-testid="attachment-download"
    >
      <span className="file-icon">{download.isPending ? <span className="spinner" /> : <Icon name="file" />}</span>
      <span className="file-words">
        <span className="file-name" translate="no">{name}</span>
        <span className="file-note">{download.error === null ? size : describeError(download.error)}</span>
      </span>
      <Icon name="download" size={18} />
    </button>
  );
}
