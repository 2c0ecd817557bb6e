/** The button that opens the emoji picker, and the panel around it while it loads. */
import { useEffect, useEffectEvent, useRef, useState, type ComponentType, type KeyboardEvent, type PointerEvent, type RefObject } from "react";
import { Button, IconButton } from "@/components/Button";
import buttonStyles from "@/components/button.module.css";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { i18n, t } from "@/i18n/translate";
import { keyOf } from "@/lib/keys";
import { LIMITS_MS, withDeadline } from "@/lib/limits";
import { loadEmoji, type EmojiSet } from "./emojiData";
import composerStyles from "@/features/inbox/composer/composer.module.css";
import styles from "./picker.module.css";

type PickerProps = Parameters<typeof import("./EmojiPicker")["EmojiPicker"]>[0];

interface Loaded {
  readonly set: EmojiSet;
  readonly Picker: ComponentType<PickerProps>;
}

async function loadPicker(): Promise<Loaded> {
  const [set, { EmojiPicker }] = await Promise.all([loadEmoji(), withDeadline(LIMITS_MS.chunk, () => import("./EmojiPicker"))]);
  return { set, Picker: EmojiPicker };
}

function useLoaded() {
  const [loaded, setLoaded] = useState<Loaded | "loading" | "failed">("loading");
  const load = useEffectEvent(() => void loadPicker().then(setLoaded, () => setLoaded("failed")));
  useEffect(() => load(), []);
  const retry = () => {
    setLoaded("loading");
    void loadPicker().then(setLoaded, () => setLoaded("failed"));
  };
  return [loaded, retry] as const;
}

interface EmojiButtonProps {
  readonly onChoose: (emoji: string) => void;
  /** Gives the focus back to the field. */
  readonly onClose: () => void;
}

export function EmojiButton({ onChoose, onClose }: EmojiButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLSpanElement>(null);
  const close = () => {
    setOpen(false);
    onClose();
  };
  return (
    <>
      <span ref={button} className={composerStyles.inner}>
        <IconButton
          label={t("composer.emoji.open")}
          className={composerStyles.tool}
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          onClick={() => (isOpen ? close() : setOpen(true))}
          data-testid="composer-emoji"
        >
          <Icon name="emoji" />
        </IconButton>
      </span>
      {isOpen && <EmojiPanel opener={button} onChoose={onChoose} onClose={close} onLeave={() => setOpen(false)} />}
    </>
  );
}

interface EmojiPanelProps extends EmojiButtonProps {
  readonly opener: RefObject<HTMLElement | null>;
  /** Closes without moving the focus. */
  readonly onLeave: () => void;
}

/** Shift keeps the panel open, to choose several. */
function useShift() {
  const isHeld = useRef(false);
  const note = (event: KeyboardEvent | PointerEvent) => {
    isHeld.current = event.shiftKey;
  };
  return [isHeld, { onKeyDownCapture: note, onPointerDownCapture: note }] as const;
}

function EmojiPanel({ opener, onChoose, onClose, onLeave }: EmojiPanelProps) {
  const panel = useRef<HTMLDivElement>(null);
  const [isHeld, noting] = useShift();
  const leave = useEffectEvent((event: Event) => {
    const isInside = event.target instanceof Node && (panel.current?.contains(event.target) === true || opener.current?.contains(event.target) === true);
    if (!isInside) onLeave();
  });
  useEffect(() => {
    // The search takes it over once it is there.
    panel.current?.focus();
    const listen = (event: Event) => leave(event);
    document.addEventListener("pointerdown", listen, true);
    return () => document.removeEventListener("pointerdown", listen, true);
  }, []);
  const onKeyDown = (event: KeyboardEvent) => {
    if (keyOf(event) !== "Escape") return;
    event.preventDefault();
    onClose();
  };
  const choose = (emoji: string) => {
    onChoose(emoji);
    if (!isHeld.current) onClose();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes it from wherever the focus is in it
    <div ref={panel} className={styles.panel} role="dialog" aria-label={t("composer.emoji.open")} tabIndex={-1} onKeyDown={onKeyDown} {...noting}>
      <Content onChoose={choose} />
    </div>
  );
}

function Content({ onChoose }: Pick<EmojiPanelProps, "onChoose">) {
  const [loaded, retry] = useLoaded();
  if (loaded === "loading") {
    return (
      <div className={styles.wait} role="status" aria-label={t("app.loading")}>
        <span className={buttonStyles.spinner} />
      </div>
    );
  }
  if (loaded === "failed") {
    return (
      <div className={styles.wait} role="alert">
        <Text>{t("composer.emoji.failed")}</Text>
        <Button size="small" onClick={retry}>
          {t("app.retry")}
        </Button>
      </div>
    );
  }
  const isFocused = window.matchMedia("(pointer: fine)").matches;
  return <loaded.Picker set={loaded.set} locale={i18n.locale} isFocused={isFocused} onChoose={onChoose} />;
}
