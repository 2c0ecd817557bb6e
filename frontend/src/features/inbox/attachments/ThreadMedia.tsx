/** What the media of a thread share: one viewer for all pictures and videos, and one player for all recordings. */
import type { Elements } from "@/components/Text";
import type { Bubble } from "@/features/inbox/thread/list/bubbles";
import { PlaybackProvider } from "./audio/playbackContext";
import { ViewerProvider } from "./viewer/viewerContext";

export function ThreadMedia({ bubbles, children }: { readonly bubbles: readonly Bubble[]; readonly children: Elements }) {
  return (
    <PlaybackProvider bubbles={bubbles}>
      <ViewerProvider bubbles={bubbles}>{children}</ViewerProvider>
    </PlaybackProvider>
  );
}
