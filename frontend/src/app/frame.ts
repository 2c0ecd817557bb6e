/** The frame of the page that index.html has: page/theme.js shows it while the app of a signed-in user is loading. */
import { useLayoutEffect } from "react";
import type { SessionState } from "@/features/session/session";

const KEY = "confab.signed-in";

/** Who opens the page next finds the frame only if they were signed in. */
function note(status: SessionState["status"]): void {
  try {
    if (status === "signed-in") localStorage.setItem(KEY, "1");
    if (status === "signed-out") localStorage.removeItem(KEY);
  } catch {
    // Without storage the frame is not shown.
  }
}

export function removeFrame(): void {
  document.getElementsByClassName("frame")[0]?.remove();
  delete document.documentElement.dataset.frame;
}

/** Removes it as soon as there is something to show. */
export function useFrame({ status }: SessionState): void {
  useLayoutEffect(() => {
    if (status !== "restoring") removeFrame();
    note(status);
  }, [status]);
}
