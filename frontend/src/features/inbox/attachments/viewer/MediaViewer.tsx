/** A picture or video over the whole window, with keys, zoom, a download, and a way to the ones before and after it. */
import { useEffect, useRef, type KeyboardEvent } from "react";
import { IconButton } from "@/components/Button";
import { classes } from "@/components/classes";
import { Icon, type IconName } from "@/components/Icon";
import { openModal } from "@/components/openDialogs";
import { Text, Time, type Elements } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { letterOf } from "@/lib/keys";
import { formatPhoneOrNull } from "@/lib/phoneFormat";
import { firstShown, isBlank } from "@/lib/texts";
import { formatExact } from "@/lib/time";
import type { Attachment, Message } from "@/types/wire";
import { kindOf, nameAttachment } from "@/features/inbox/attachments/attachments";
import { useElementMedia } from "@/lib/elementMedia";
import { useDownload } from "@/features/inbox/attachments/media";
import { plainText } from "@/features/inbox/messages/parseMessage";
import { useZoom } from "./useZoom";
import buttonStyles from "@/components/button.module.css";
import styles from "./media-viewer.module.css";

export interface MediaItem {
  readonly message: Message;
  readonly attachment: Attachment;
}

interface MediaViewerProps {
  readonly items: readonly MediaItem[];
  readonly shown: MediaItem;
  readonly onShow: (item: MediaItem) => void;
  readonly onClose: () => void;
}

const isSame = (one: MediaItem, other: MediaItem): boolean => one.message.id === other.message.id && one.attachment.id === other.attachment.id;

const isRightToLeft = (): boolean => document.documentElement.dir === "rtl";

function useModal() {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    const opener = document.activeElement;
    const close = dialog === null ? null : openModal(dialog);
    return () => {
      close?.();
      if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
    };
  }, []);
  return ref;
}

export function MediaViewer({ items, shown, onShow, onClose }: MediaViewerProps) {
  const dialog = useModal();
  const index = items.findIndex((item) => isSame(item, shown));
  const [before, after] = [items[index - 1], index < 0 ? undefined : items[index + 1]];
  const step = (by: 1 | -1) => {
    const next = by === 1 ? after : before;
    if (next !== undefined) onShow(next);
  };
  return (
    <dialog
      ref={dialog}
      className={styles.viewer}
      aria-label={t("messages.viewer.label")}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      data-testid="lightbox"
    >
      <Shown
        key={`${shown.message.id} ${shown.attachment.id}`}
        item={shown}
        position={index < 0 ? null : t("messages.viewer.position", { number: index + 1, count: items.length })}
        onStep={step}
        onClose={onClose}
      >
        <Turn icon="back" label={t("messages.viewer.previous")} side={styles.before} isOff={before === undefined} onPress={() => step(-1)} />
        <Turn icon="forward" label={t("messages.viewer.next")} side={styles.after} isOff={after === undefined} onPress={() => step(1)} />
      </Shown>
      {[before, after].map((item) => item !== undefined && <Preload key={`${item.message.id} ${item.attachment.id}`} item={item} />)}
    </dialog>
  );
}

/** What comes next is there at once. */
function Preload({ item: { message, attachment } }: { readonly item: MediaItem }) {
  const url = useApi().attachmentUrl(message, attachment.id);
  return kindOf(attachment) === "image" ? <img className={styles.preload} src={url} alt="" decoding="async" /> : null;
}

interface TurnProps {
  readonly icon: IconName;
  readonly label: string;
  readonly side: string | undefined;
  readonly isOff: boolean;
  readonly onPress: () => void;
}

function Turn({ icon, label, side, isOff, onPress }: TurnProps) {
  return (
    <IconButton label={label} className={classes(styles.turn, side)} disabled={isOff} onClick={onPress}>
      <Icon name={icon} size={26} />
    </IconButton>
  );
}

interface ShownProps {
  readonly item: MediaItem;
  readonly position: string | null;
  readonly onStep: (by: 1 | -1) => void;
  readonly onClose: () => void;
  readonly children: Elements;
}

/** Every picture takes the focus: that of the one before is lost with its buttons, and the keys with it. */
function useFocused() {
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => ref.current?.focus(), []);
  return ref;
}

function Shown({ item, position, onStep, onClose, children }: ShownProps) {
  const { message, attachment } = item;
  const frame = useFocused();
  const url = useApi().attachmentUrl(message, attachment.id);
  const media = useElementMedia(url);
  const download = useDownload(message, attachment.id, nameAttachment(attachment));
  const box = useRef<HTMLDivElement>(null);
  const zoom = useZoom(box, onStep);
  const isVideo = kindOf(attachment) === "video";
  const keys: Readonly<Record<string, () => void>> = {
    ArrowRight: () => onStep(isRightToLeft() ? -1 : 1),
    ArrowLeft: () => onStep(isRightToLeft() ? 1 : -1),
    "+": zoom.zoomIn,
    "=": zoom.zoomIn,
    "-": zoom.zoomOut,
    "0": zoom.reset,
    d: () => download.mutate(),
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the keys of the whole dialog
    <div ref={frame} className={styles.frame} role="group" aria-label={nameAttachment(attachment)} tabIndex={-1} onKeyDown={(event) => runKey(event, keys)}>
      <Head item={item} position={position}>
        {!isVideo && <ZoomButtons isWhole={zoom.view.scale === 1} onIn={zoom.zoomIn} onOut={zoom.zoomOut} />}
        <IconButton label={t("messages.viewer.download")} aria-busy={download.isPending} onClick={() => download.mutate()} data-testid="viewer-download">
          {download.isPending ? <span className={buttonStyles.spinner} /> : <Icon name="download" />}
        </IconButton>
        <IconButton label={t("app.close")} onClick={onClose} data-testid="viewer-close">
          <Icon name="close" />
        </IconButton>
      </Head>
      <div ref={box} className={classes(styles.room, zoom.view.scale > 1 && styles.zoomed)} {...(isVideo ? {} : zoom.handlers)}>
        <Media item={item} url={url} media={media} view={zoom.view} />
        {children}
      </div>
      <Caption message={message} />
    </div>
  );
}

interface ZoomButtonsProps {
  readonly isWhole: boolean;
  readonly onIn: () => void;
  readonly onOut: () => void;
}

function ZoomButtons({ isWhole, onIn, onOut }: ZoomButtonsProps) {
  return (
    <>
      <IconButton label={t("messages.viewer.zoomOut")} disabled={isWhole} onClick={onOut}>
        <Icon name="zoomOut" />
      </IconButton>
      <IconButton label={t("messages.viewer.zoomIn")} onClick={onIn}>
        <Icon name="zoomIn" />
      </IconButton>
    </>
  );
}

/** Keys with Ctrl, Alt or Meta are the browser's; a video takes the arrows itself. */
function runKey(event: KeyboardEvent, keys: Readonly<Record<string, () => void>>): void {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target instanceof HTMLMediaElement) return;
  const run = keys[event.key.length === 1 ? letterOf(event) : event.key];
  if (run === undefined) return;
  event.preventDefault();
  run();
}

function Head({ item: { message }, position, children }: { readonly item: MediaItem; readonly position: string | null; readonly children: Elements }) {
  const name = message.direction === "out" ? t("messages.bubble.own") : formatPhoneOrNull(firstShown(message.sender?.name, message.sender?.phone));
  return (
    <header className={styles.head}>
      <div className={styles.who}>
        <bdi className={styles.name} translate="no">{name ?? t("messages.bubble.contact")}</bdi>
        <span className={styles.when}>
          <Time at={message.sent_at}>{formatExact(message.sent_at)}</Time>
          {position !== null && <Text>{position}</Text>}
        </span>
      </div>
      {children}
    </header>
  );
}

interface MediaProps {
  readonly item: MediaItem;
  readonly url: string;
  readonly media: ReturnType<typeof useElementMedia>;
  readonly view: { readonly scale: number; readonly x: number; readonly y: number };
}

function Media({ item: { attachment }, url, media: { key, error, isBroken, isChecking, retry, onError }, view }: MediaProps) {
  const isVideo = kindOf(attachment) === "video";
  if (error !== null) return <Problem text={describeError(error)} onRetry={retry} />;
  if (isBroken) return <Problem text={t(isVideo ? "messages.broken.video" : "messages.broken.image")} onRetry={null} />;
  if (isChecking) return <span className={classes(buttonStyles.spinner, styles.spinner)} role="status" aria-label={t("app.loading")} />;
  if (isVideo) {
    // eslint-disable-next-line jsx-a11y/media-has-caption -- contacts send videos without captions
    return <video key={key} className={styles.media} src={url} controls autoPlay playsInline onError={onError} data-testid="attachment-video" />;
  }
  const transform = `translate(${view.x}px, ${view.y}px) scale(${view.scale})`;
  return <img key={key} className={styles.media} src={url} decoding="async" alt={nameAttachment(attachment)} draggable={false} style={{ transform }} onError={onError} data-testid="viewer-image" />;
}

function Problem({ text, onRetry }: { readonly text: string; readonly onRetry: (() => void) | null }) {
  return (
    <div className={styles.problem} role="alert" data-testid="attachment-broken">
      <Icon name="alert" size={28} />
      <p>{text}</p>
      {onRetry !== null && (
        <button type="button" className={styles.retry} onClick={onRetry} data-testid="attachment-reload">
          {t("app.retry")}
        </button>
      )}
    </div>
  );
}

function Caption({ message: { body, mentions } }: { readonly message: Message }) {
  if (body === null || isBlank(body)) return null;
  return <p className={styles.caption} dir="auto">{plainText(body, mentions)}</p>;
}
