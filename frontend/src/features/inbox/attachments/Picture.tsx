/** An image, loaded when it comes near the viewport; a press enlarges it. */
import { useState, type CSSProperties } from "react";
import { IconButton } from "@/components/Button";
import { Dialog } from "@/components/Dialog";
import { Icon } from "@/components/Icon";
import { saveBlob } from "@/lib/saveBlob";
import type { StoredProps } from "./storedProps";
import { nameAttachment } from "./attachments";
import { BrokenMedia } from "./BrokenMedia";
import { useMedia, useNear } from "./media";
import { classes } from "@/components/classes";
import statesStyles from "@/components/states.module.css";
import styles from "./attachments.module.css";

const SMALL_PX = 112;

const isSmall = ({ width, height, sticker }: StoredProps["attachment"]): boolean =>
  !sticker && Boolean(width && height) && (width ?? 0) < SMALL_PX && (height ?? 0) < SMALL_PX;

/** Its space is reserved before it loads, so that the layout does not jump. */
function reservedSize(attachment: StoredProps["attachment"]): CSSProperties {
  const { width, height } = attachment;
  return width && height && !isSmall(attachment) ? { aspectRatio: `${width} / ${height}`, height: "auto" } : {};
}

export function Picture({ message, attachment, id }: StoredProps) {
  const [ref, isNear] = useNear<HTMLButtonElement>();
  const [isOpen, setOpen] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const { url, data, error, refetch, isFetching } = useMedia(message, id, isNear);
  const name = nameAttachment(attachment);
  if (error !== null || isBroken) {
    return <BrokenMedia message={message} attachment={attachment} id={id} error={error} isBusy={isFetching} onRetry={() => void refetch()} />;
  }
  return (
    <>
      <button
        ref={ref}
        type="button"
        className={classes(styles.picture, attachment.sticker && styles.pictureSticker, isSmall(attachment) && styles.pictureSmall, url === null && classes(statesStyles.skeleton, styles.pictureLoading))}
        style={reservedSize(attachment)}
        aria-label={`Show ${name}`}
        onClick={() => setOpen(true)}
        data-testid="attachment-image"
      >
        {url !== null && <img src={url} alt={name} onError={() => setBroken(true)} />}
      </button>
      {isOpen && data !== undefined && <Lightbox name={name} url={url} blob={data} onClose={() => setOpen(false)} />}
    </>
  );
}

interface LightboxProps {
  readonly name: string;
  readonly url: string | null;
  readonly blob: Blob;
  readonly onClose: () => void;
}

function Lightbox({ name, url, blob, onClose }: LightboxProps) {
  return (
    <Dialog title={name} variant="wide" onClose={onClose}>
      <div className={styles.lightbox} data-testid="lightbox">
        {url !== null && <img src={url} alt={name} />}
        <IconButton label="Download" onClick={() => saveBlob(blob, name)}>
          <Icon name="download" />
        </IconButton>
      </div>
    </Dialog>
  );
}
