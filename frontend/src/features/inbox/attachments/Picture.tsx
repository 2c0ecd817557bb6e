/** A picture or a video alone in its bubble. */
import { classes } from "@/components/classes";
import { BrokenMedia } from "./BrokenMedia";
import { boxOf, isSmall } from "./mediaBox";
import { MediaTile } from "./MediaTile";
import type { StoredProps } from "./storedProps";
import { useOpenMedia } from "./viewer/viewerContext";
import styles from "./attachments.module.css";

export function Picture({ message, attachment, id }: StoredProps) {
  const openMedia = useOpenMedia();
  return (
    <MediaTile
      message={message}
      attachment={attachment}
      id={id}
      className={classes(isSmall(attachment) && styles.pictureSmall)}
      style={boxOf(attachment)}
      onOpen={() => openMedia(message, id)}
      broken={(error, retry, isBusy) => (
        <BrokenMedia message={message} attachment={attachment} id={id} error={error} isBusy={isBusy} onRetry={retry} />
      )}
    />
  );
}
