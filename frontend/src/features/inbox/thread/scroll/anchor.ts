/** The message in the URL (`#message-123`): the thread is read around it. */
import { useCallback } from "react";
import { useLocation, useNavigate } from "@/lib/navigation";

export const anchorOf = (messageId: number): string => `#message-${messageId}`;

/** The list of the open thread. */
export interface ListHandle {
  /** Scrolls to a loaded message; false if it is not loaded. */
  readonly show: (messageId: number) => boolean;
  readonly toEnd: () => void;
}

function parseAnchor(hash: string): number | null {
  const digits = /^#message-(\d{1,15})$/.exec(hash)?.[1];
  return digits === undefined ? null : Number(digits);
}

export function useAnchor() {
  const { pathname, search, hash } = useLocation();
  const navigate = useNavigate();
  const goTo = useCallback(
    (messageId: number) => navigate({ pathname, search, hash: anchorOf(messageId) }, { replace: true }),
    [navigate, pathname, search],
  );
  /** Returns to the newest messages. */
  const leave = useCallback(() => {
    if (hash !== "") navigate({ pathname, search }, { replace: true });
  }, [navigate, pathname, search, hash]);
  return { anchor: parseAnchor(hash), goTo, leave };
}

/** Scrolls to a message, highlights it briefly and focuses it. False if it is not rendered. */
export function showMessage(messageId: number, behavior: ScrollBehavior): boolean {
  const row = document.querySelector<HTMLElement>(`[data-message-id="${messageId}"]`);
  if (row === null) return false;
  row.scrollIntoView({ block: "center", behavior });
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.dataset.found = "";
  row.addEventListener("animationend", () => delete row.dataset.found, { once: true });
  return true;
}
