/** A picture, or the poster of a video, in the box that its parent gives it; a press opens it. */
import { type CSSProperties, type ReactNode } from "react";
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import type { Elements } from "@/components/Text";
import { t } from "@/i18n/translate";
import { formatSeconds, kindOf, nameAttachment } from "./attachments";
import { useApi } from "@/lib/api/context";
import { useElementMedia } from "@/lib/elementMedia";
import { useNear, usePoster } from "./media";
import type { StoredProps } from "./storedProps";
import buttonStyles from "@/components/button.module.css";
import statesStyles from "@/components/states.module.css";
import styles from "./media-tile.module.css";

interface MediaTileProps extends StoredProps {
  readonly className?: string | undefined;
  readonly style?: CSSProperties;
  /** What is written over the tile, for its name. */
  readonly note?: string | undefined;
  readonly onOpen: () => void;
  /** What to show instead of a picture that cannot be loaded or decoded. */
  readonly broken: (error: Error | null, retry: () => void, isBusy: boolean) => ReactNode;
  /** Over the tile. */
  readonly children?: Elements;
}

export function MediaTile(props: MediaTileProps) {
  const isVideo = kindOf(props.attachment) === "video";
  const Tile = props.attachment.state !== "stored" ? WaitingTile : isVideo ? VideoTile : PictureTile;
  return <Tile {...props} />;
}

function WaitingTile({ attachment, className, style, children }: MediaTileProps) {
  return (
    <span className={classes(styles.tile, styles.waiting, className)} style={style} role="img" aria-label={`${nameAttachment(attachment)}, ${t("messages.media.waiting")}`} data-testid="attachment-waiting">
      <span className={buttonStyles.spinner} />
      {children}
    </span>
  );
}

const nameTile = (text: string, note: string | undefined): string => (note === undefined ? text : `${text}, ${note}`);

function PictureTile({ message, attachment, id, className, style, note, onOpen, broken, children }: MediaTileProps) {
  const url = useApi().attachmentUrl(message, id);
  const { key, isLoaded, isBroken, error, isChecking, retry, onLoad, onError } = useElementMedia(url);
  const name = nameAttachment(attachment);
  if (error !== null || isBroken) return broken(error, retry, isChecking);
  return (
    <button
      type="button"
      className={classes(styles.tile, attachment.sticker && styles.sticker, className, !isLoaded && statesStyles.skeleton)}
      style={style}
      aria-label={nameTile(t("messages.media.open", { name }), note)}
      onClick={onOpen}
      data-testid="attachment-image"
    >
      {!isChecking && <img key={key} src={url} alt={name} loading="lazy" decoding="async" onLoad={onLoad} onError={onError} />}
      {children}
    </button>
  );
}

function VideoTile({ message, attachment, className, style, note, onOpen, children }: MediaTileProps) {
  const [tile, isNear] = useNear<HTMLButtonElement>();
  const { url, isPending } = usePoster(message, attachment, isNear);
  const name = nameAttachment(attachment);
  const { duration } = attachment;
  return (
    <button
      ref={tile}
      type="button"
      className={classes(styles.tile, styles.video, className, isPending && statesStyles.skeleton)}
      style={style}
      aria-label={nameTile(t("messages.media.playVideo", { name }), note)}
      onClick={onOpen}
      data-testid="attachment-play"
      data-kind="video"
    >
      {url !== null && <img src={url} alt="" data-testid="attachment-poster" />}
      <span className={styles.playSign}>
        <Icon name="play" size={22} />
      </span>
      <span className={styles.duration} translate="no">
        <Icon name="video" size={14} />
        {duration !== null && duration > 0 && <span>{formatSeconds(duration)}</span>}
      </span>
      {children}
    </button>
  );
}
