/** Short messages about what just happened, one at a time, with a button to undo it. */
import { createContext, use, useEffect, useEffectEvent, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { t } from "@/i18n/translate";
import { IconButton } from "./Button";
import { Icon } from "./Icon";
import type { Elements } from "./Text";
import { subscribeDialogs, topDialog } from "./openDialogs";
import { ToastQueue, type ShownToast, type Toast } from "./toastQueue";
import styles from "./toast.module.css";

const SHOWN_MS = 6_000;
/** While another toast waits. */
const HURRIED_MS = 1_500;

interface Toasts {
  /** Returns how to withdraw it: what it reports did not happen. */
  readonly show: (toast: Toast) => () => void;
  /** Runs the newest action that was not undone yet; false if there is none. For the undo key. */
  readonly undo: () => boolean;
}

const ToastContext = createContext<ToastQueue | null>(null);

export function useToasts(): Toasts {
  const queue = use(ToastContext);
  if (queue === null) throw new Error("useToasts needs a ToastProvider above it.");
  return queue;
}

export function ToastProvider({ children }: { readonly children: Elements }) {
  const [queue] = useState(() => new ToastQueue());
  return (
    <ToastContext value={queue}>
      {children}
      <Region queue={queue} />
    </ToastContext>
  );
}

/** The status is always present: screen readers announce only what appears in a region they know. */
function Region({ queue }: { readonly queue: ToastQueue }) {
  const toasts = useSyncExternalStore(queue.subscribe, queue.getSnapshot);
  const shown = toasts[0];
  const dialog = useSyncExternalStore(subscribeDialogs, topDialog);
  const region = (
    <section className={styles.region} aria-label={t("app.toasts")}>
      <p className="visually-hidden" role="status">
        {shown !== undefined && <span key={shown.id}>{shown.text}</span>}
      </p>
      {shown !== undefined && <Card key={shown.id} queue={queue} toast={shown} shownMs={toasts.length > 1 ? HURRIED_MS : SHOWN_MS} />}
    </section>
  );
  // A modal covers everything outside it, and lets nothing else be pressed.
  return dialog === null ? region : createPortal(region, dialog);
}

interface CardProps {
  readonly queue: ToastQueue;
  readonly toast: ShownToast;
  readonly shownMs: number;
}

function Card({ queue, toast, shownMs }: CardProps) {
  const { id, text, action } = toast;
  const box = useRef<HTMLDivElement>(null);
  const [isHovered, setHovered] = useState(false);
  const [isFocused, setFocused] = useState(false);
  useExpiry(() => queue.close(id), isHovered || isFocused ? null : shownMs);
  useFocusReturn(box);
  return (
    <div
      ref={box}
      role="presentation"
      className={styles.toast}
      onPointerEnter={() => setHovered(true)}
      onPointerLeave={() => setHovered(false)}
      onFocus={() => setFocused(true)}
      onBlur={() => setFocused(false)}
      data-testid="toast"
    >
      <p className={styles.text} aria-hidden="true">{text}</p>
      {action !== undefined && (
        <button type="button" className={styles.action} onClick={() => queue.run(toast)} data-testid="toast-action">
          {action.label}
        </button>
      )}
      <IconButton label={t("app.close")} className={styles.close} onClick={() => queue.close(id)}>
        <Icon name="close" size={16} />
      </IconButton>
    </div>
  );
}

/** Closes the toast after a while; not while it is held by the pointer or the focus. */
function useExpiry(close: () => void, delayMs: number | null): void {
  const expire = useEffectEvent(close);
  useEffect(() => {
    if (delayMs === null) return undefined;
    const timer = setTimeout(() => expire(), delayMs);
    return () => clearTimeout(timer);
  }, [delayMs]);
}

/** When a toast closes with the focus on it, the focus goes back to where it came from. */
function useFocusReturn(box: { readonly current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const toast = box.current;
    let cameFrom: HTMLElement | null = null;
    const remember = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget instanceof HTMLElement && toast?.contains(relatedTarget) === false) cameFrom = relatedTarget;
    };
    toast?.addEventListener("focusin", remember);
    return () => {
      if (toast?.contains(document.activeElement) === true) (cameFrom ?? document.getElementById("main"))?.focus();
    };
  }, [box]);
}
