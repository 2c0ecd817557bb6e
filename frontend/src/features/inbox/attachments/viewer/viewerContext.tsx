/** Opens a picture or video over the whole window, from any bubble; the viewer walks through all of the list. */
import { createContext, use, useCallback, useMemo, useState } from "react";
import { lazyPart } from "@/lib/lazyPart";
import type { Elements } from "@/components/Text";
import type { Message } from "@/types/wire";
import { isShownPicture } from "@/features/inbox/attachments/attachments";
import { messagesOf, type Bubble } from "@/features/inbox/thread/list/bubbles";
import type { MediaItem } from "./MediaViewer";

export const MediaViewer = lazyPart(async () => (await import("./MediaViewer")).MediaViewer);

type OpenMedia = (message: Message, attachmentId: string) => void;

const ViewerContext = createContext<OpenMedia>(() => undefined);

export const useOpenMedia = (): OpenMedia => use(ViewerContext);

/** Every picture and video of these messages, in their order. */
export const mediaOf = (messages: readonly Message[]): MediaItem[] =>
  messages.flatMap((message) => (message.deleted_at === null ? message.attachments.filter((item) => isShownPicture(item) || item.sticker).map((attachment) => ({ message, attachment })) : []));

interface ViewerProviderProps {
  /** Of the open chat. */
  readonly bubbles: readonly Bubble[];
  readonly children: Elements;
}

export function ViewerProvider({ bubbles, children }: ViewerProviderProps) {
  const [shown, setShown] = useState<MediaItem | null>(null);
  const open = useCallback((message: Message, attachmentId: string) => {
    const attachment = message.attachments.find(({ id }) => id === attachmentId);
    if (attachment !== undefined) setShown({ message, attachment });
  }, []);
  const isOpen = shown !== null;
  // New messages render no bubble because of this list: it is made only while the viewer is open.
  const items = useMemo(() => (isOpen ? mediaOf(bubbles.flatMap(messagesOf)) : []), [bubbles, isOpen]);
  return (
    <ViewerContext value={open}>
      {children}
      {shown !== null && <MediaViewer items={items} shown={shown} onShow={setShown} onClose={() => setShown(null)} />}
    </ViewerContext>
  );
}
