/** A file with its name and size; pressing it downloads it. */
import { useMutation } from "@tanstack/react-query";
import { Icon } from "@/components/Icon";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import type { StoredProps } from "./Attachments";
import { formatSize, nameAttachment } from "./attachments";
import { saveBlob } from "@/lib/saveBlob";

export function FileCard({ message, attachment, id }: StoredProps) {
  const api = useApi();
  const name = nameAttachment(attachment);
  const download = useMutation({
    mutationFn: () => api.fetchAttachment(message, id),
    onSuccess: (blob) => saveBlob(blob, name),
  });
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
