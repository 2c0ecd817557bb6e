/** A video, loaded when the user wants to see it. */
import { useState } from "react";
import { Icon } from "@/components/Icon";
import type { StoredProps } from "./storedProps";
import { formatSeconds, formatSize, nameAttachment } from "./attachments";
import { BrokenMedia } from "./BrokenMedia";
import { useMedia } from "./media";
import buttonStyles from "@/components/button.module.css";
import styles from "./attachments.module.css";

export function VideoCard({ message, attachment, id }: StoredProps) {
  const [isWanted, setWanted] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const { url, error, refetch, isFetching } = useMedia(message, id, isWanted);
  if (error !== null || isBroken) {
    return <BrokenMedia message={message} attachment={attachment} id={id} error={error} isBusy={isFetching} onRetry={() => void refetch()} />;
  }
  if (url !== null) {
    return (
      // eslint-disable-next-line jsx-a11y/media-has-caption -- contacts send videos without captions
      <video className={styles.video} src={url} controls autoPlay playsInline onError={() => setBroken(true)} data-testid="attachment-video" />
    );
  }
  const { duration, file_size } = attachment;
  const facts = [duration ? formatSeconds(duration) : "", file_size ? formatSize(file_size) : ""].filter(Boolean).join(" · ");
  return (
    <button type="button" className={styles.fileCard} onClick={() => setWanted(true)} data-testid="attachment-play">
      <span className={styles.fileIcon}>{isFetching ? <span className={buttonStyles.spinner} /> : <Icon name="play" />}</span>
      <span className={styles.fileWords}>
        <span className={styles.fileName} data-testid="file-name" translate="no">{nameAttachment(attachment)}</span>
        <span className={styles.fileNote}>{facts || "Play"}</span>
      </span>
    </button>
  );
}
