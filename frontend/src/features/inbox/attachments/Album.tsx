/** Pictures and videos that were sent together, as a grid of at most four. */
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import type { Message } from "@/types/wire";
import { nameAttachment } from "./attachments";
import { MediaTile } from "./MediaTile";
import { useOpenMedia } from "./viewer/viewerContext";
import styles from "./album.module.css";

const MAX_TILES = 4;
const LAYOUTS = [styles.two, styles.three, styles.four];

export function Album({ messages }: { readonly messages: readonly Message[] }) {
  const shown = messages.slice(0, MAX_TILES);
  const hidden = messages.length - shown.length;
  return (
    <div className={classes(styles.album, LAYOUTS[shown.length - 2])} role="group" aria-label={t("messages.album.label", { count: messages.length })} data-testid="album">
      {shown.map((message, index) => (
        <Tile key={message.id} message={message} hidden={index === shown.length - 1 ? hidden : 0} />
      ))}
    </div>
  );
}

function Tile({ message, hidden }: { readonly message: Message; readonly hidden: number }) {
  const openMedia = useOpenMedia();
  const [attachment] = message.attachments;
  if (attachment === undefined) return null;
  return (
    <div className={styles.cell} data-message-id={message.id}>
      <MediaTile
        message={message}
        attachment={attachment}
        id={attachment.id}
        className={styles.fill}
        note={hidden > 0 ? `+${hidden}` : undefined}
        onOpen={() => openMedia(message, attachment.id)}
        broken={() => <Broken name={nameAttachment(attachment)} onOpen={() => openMedia(message, attachment.id)} />}
      >
        {hidden > 0 && <span className={styles.more} translate="no">{`+${hidden}`}</span>}
      </MediaTile>
    </div>
  );
}

/** The viewer says what is wrong. */
function Broken({ name, onOpen }: { readonly name: string; readonly onOpen: () => void }) {
  return (
    <button type="button" className={classes(styles.fill, styles.broken)} aria-label={t("messages.media.open", { name })} onClick={onOpen}>
      <Icon name="alert" />
    </button>
  );
}
