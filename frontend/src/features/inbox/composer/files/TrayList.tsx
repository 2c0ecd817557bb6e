/** The attached files above the field: preview, caption, order, remove. */
import { useState, type DragEvent } from "react";
import { IconButton } from "@/components/Button";
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { formatSize } from "@/features/inbox/attachments/attachments";
import { useBlobUrl } from "@/features/inbox/attachments/media";
import { Listen } from "@/features/inbox/composer/voice/Listen";
import { t } from "@/i18n/translate";
import { composedFiles, type Tray, type TrayItem } from "./tray";
import { isCaption, takesCaption } from "./parts";
import fieldStyles from "@/components/field.module.css";
import styles from "./tray.module.css";

export function TrayList({ tray }: { readonly tray: Tray }) {
  const { items } = tray;
  return (
    <>
      <Problems tray={tray} />
      {items.length > 0 && <Items tray={tray} />}
    </>
  );
}

function Problems({ tray: { problems, dismiss } }: { readonly tray: Tray }) {
  if (problems.length === 0) return null;
  return (
    <div className={styles.problems} role="alert" data-testid="tray-problems">
      <Icon name="alert" size={16} />
      <ul>
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
      <IconButton label={t("composer.dismiss")} onClick={dismiss}>
        <Icon name="close" size={16} />
      </IconButton>
    </div>
  );
}

/** The row that is dragged goes where it is let go. */
function useOrder(tray: Tray) {
  const [dragged, setDragged] = useState<string | null>(null);
  const [moved, setMoved] = useState("");
  const move = (item: TrayItem, place: number) => {
    tray.move(item.key, place);
    setMoved(t("composer.files.moved", { name: item.name, place: place + 1, count: tray.items.length }));
  };
  const handlers = (item: TrayItem, place: number) => ({
    onDragStart: (event: DragEvent) => {
      event.dataTransfer.effectAllowed = "move";
      setDragged(item.key);
    },
    onDragOver: (event: DragEvent) => {
      if (dragged === null) return;
      event.preventDefault();
      if (dragged !== item.key) tray.move(dragged, place);
    },
    onDragEnd: () => setDragged(null),
  });
  return { dragged, moved, move, handlers };
}

function Items({ tray }: { readonly tray: Tray }) {
  const { items } = tray;
  const { dragged, moved, move, handlers } = useOrder(tray);
  const isAlone = items.length === 1;
  return (
    <>
      <ul className={styles.tray} aria-label={t("composer.files.list")} data-testid="composer-tray">
        {items.map((item, place) => (
          <li
            key={item.key}
            className={classes(styles.file, dragged === item.key && styles.dragged)}
            draggable={!isAlone}
            {...handlers(item, place)}
            data-testid="tray-item"
          >
            <Preview item={item} />
            <div className={styles.words}>
              <Describe item={item} />
              <Caption item={item} tray={tray} />
            </div>
            {!isAlone && <Order item={item} place={place} count={items.length} onMove={move} />}
            <IconButton label={t("composer.files.remove", { name: item.name })} onClick={() => tray.remove(item.key)}>
              <Icon name="close" size={16} />
            </IconButton>
          </li>
        ))}
      </ul>
      <p className="visually-hidden" role="status">{moved}</p>
    </>
  );
}

function Describe({ item: { name, file, seconds } }: { readonly item: TrayItem }) {
  if (seconds !== undefined && file instanceof File) return <Listen file={file} seconds={seconds} />;
  return (
    <span className={styles.line}>
      <span className={styles.name} data-testid="file-name" translate="no">{name}</span>
      <span className={classes(styles.note, file === "missing" && styles.missing)}>
        {file === "missing" ? t("composer.files.missing") : file === "loading" ? t("composer.files.loading") : formatSize(file.size)}
      </span>
    </span>
  );
}

/** A file alone has its caption in the composer's own field. */
function Caption({ item, tray }: { readonly item: TrayItem; readonly tray: Tray }) {
  const { key, name, file, caption, seconds } = item;
  if (!(file instanceof File) || !takesCaption(file, seconds !== undefined) || isCaption(composedFiles(tray.items))) return null;
  return (
    <input
      className={fieldStyles.input}
      dir="auto"
      value={caption}
      placeholder={t("composer.files.captionHint")}
      aria-label={t("composer.files.caption", { name })}
      onChange={(event) => tray.setCaption(key, event.target.value)}
      data-testid="tray-caption"
    />
  );
}

interface OrderProps {
  readonly item: TrayItem;
  readonly place: number;
  readonly count: number;
  readonly onMove: (item: TrayItem, place: number) => void;
}

function Order({ item, place, count, onMove }: OrderProps) {
  return (
    <span className={styles.order}>
      <IconButton label={t("composer.files.earlier", { name: item.name })} aria-disabled={place === 0} onClick={() => place > 0 && onMove(item, place - 1)}>
        <Icon name="up" size={16} />
      </IconButton>
      <IconButton
        label={t("composer.files.later", { name: item.name })}
        aria-disabled={place === count - 1}
        onClick={() => place < count - 1 && onMove(item, place + 1)}
      >
        <Icon name="down" size={16} />
      </IconButton>
    </span>
  );
}

const isPicture = ({ type }: File): boolean => /^image\/(png|jpeg|gif|webp|avif)$/.test(type);

function Preview({ item: { file, seconds } }: { readonly item: TrayItem }) {
  const url = useBlobUrl(file instanceof File && isPicture(file) ? file : undefined);
  const icon = seconds === undefined ? "file" : "mic";
  return <span className={styles.picture}>{url === null ? <Icon name={icon} /> : <img src={url} alt="" draggable={false} />}</span>;
}

export function DropOverlay() {
  return (
    <div className={styles.drop} aria-hidden="true">
      <Icon name="clip" size={28} />
      <Text>{t("composer.files.drop")}</Text>
    </div>
  );
}
