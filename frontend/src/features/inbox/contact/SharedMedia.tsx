/** The pictures and videos of a chat as a grid; a press opens the viewer, which walks through all that were read. */
import { useRef, useState } from "react";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import type { FoundMessage } from "@/types/wire";
import { isVisual, nameAttachment } from "@/features/inbox/attachments/attachments";
import { MediaTile } from "@/features/inbox/attachments/MediaTile";
import type { MediaItem } from "@/features/inbox/attachments/viewer/MediaViewer";
import { mediaOf, MediaViewer } from "@/features/inbox/attachments/viewer/viewerContext";
import styles from "./shared.module.css";

export function SharedMedia({ messages }: { readonly messages: readonly FoundMessage[] }) {
  const [shown, setShown] = useState<MediaItem | null>(null);
  const opener = useRef<Element | null>(null);
  const tiles = messages.flatMap((message) => message.attachments.filter(isVisual).map((attachment): MediaItem => ({ message, attachment })));
  const open = (item: MediaItem) => {
    opener.current = document.activeElement;
    setShown(item);
  };
  const close = () => {
    setShown(null);
    if (opener.current instanceof HTMLElement) opener.current.focus();
  };
  return (
    <>
      <ul className={styles.grid}>
        {tiles.map((item) => (
          <li key={`${item.message.id} ${item.attachment.id}`} className={styles.cell}>
            <Tile item={item} onOpen={() => open(item)} />
          </li>
        ))}
      </ul>
      {shown !== null && <MediaViewer items={mediaOf(messages)} shown={shown} onShow={setShown} onClose={close} />}
    </>
  );
}

function Tile({ item: { message, attachment }, onOpen }: { readonly item: MediaItem; readonly onOpen: () => void }) {
  return (
    <MediaTile
      message={message}
      attachment={attachment}
      id={attachment.id}
      className={styles.tile}
      onOpen={onOpen}
      broken={() => <Broken name={nameAttachment(attachment)} />}
    />
  );
}

function Broken({ name }: { readonly name: string }) {
  return (
    <span className={styles.broken} role="img" aria-label={t("contacts.shared.broken", { name })}>
      <Icon name="alert" />
    </span>
  );
}
