/** One recording of the open chat plays at a time; a voice message goes on to the one right after it. */
import { useQueryClient } from "@tanstack/react-query";
import { createContext, use, useEffect, useEffectEvent, useMemo, useSyncExternalStore, type ReactNode } from "react";
import { useApi } from "@/lib/api/context";
import type { Attachment, Message } from "@/types/wire";
import { mediaQuery } from "@/features/inbox/attachments/media";
import { messagesOf, type Bubble } from "@/features/inbox/thread/list/bubbles";
import { makePlayable } from "./playable";
import { Playback, type PlaybackState } from "./playback";
import { notePlayed } from "./played";

export const playbackKey = (message: Message, attachment: Attachment): string => `${message.id} ${attachment.id}`;

interface Player {
  readonly playback: Playback;
  readonly toggle: (message: Message, attachment: Attachment) => void;
}

const PlaybackContext = createContext<Player | null>(null);

const voiceOf = (message: Message | undefined): Attachment | undefined =>
  message?.deleted_at === null ? message.attachments.find((item) => item.voice_note && item.state === "stored") : undefined;

/** The voice message right after this one; system events do not count. */
export function findNext(bubbles: readonly Bubble[], key: string): { message: Message; attachment: Attachment } | null {
  const messages = bubbles.filter(({ isEvent }) => !isEvent).flatMap(messagesOf);
  const index = messages.findIndex((message) => message.attachments.some((item) => playbackKey(message, item) === key));
  const next = index < 0 ? undefined : messages[index + 1];
  const attachment = voiceOf(next);
  return next === undefined || attachment === undefined ? null : { message: next, attachment };
}

interface PlaybackProviderProps {
  /** Of the open chat. */
  readonly bubbles: readonly Bubble[];
  readonly children: ReactNode;
}

export function PlaybackProvider({ bubbles, children }: PlaybackProviderProps) {
  const api = useApi();
  const client = useQueryClient();
  const player = useMemo((): Player => {
    const playback = new Playback();
    const toggle = (message: Message, attachment: Attachment) => {
      if (attachment.voice_note) notePlayed(message.id);
      void playback.toggle(playbackKey(message, attachment), async () => makePlayable(await client.query(mediaQuery(api, message, attachment.id))));
    };
    return { playback, toggle };
  }, [api, client]);
  const goOn = useEffectEvent((key: string) => {
    const next = findNext(bubbles, key);
    if (next !== null) player.toggle(next.message, next.attachment);
  });
  const { playback } = player;
  useEffect(() => playback.onEnd((key) => goOn(key)), [playback]);
  // The chat is left: there would be no way to pause.
  useEffect(() => () => playback.stop(), [playback]);
  return <PlaybackContext value={player}>{children}</PlaybackContext>;
}

const IDLE: PlaybackState = { key: null, status: "idle", at: 0, length: null, speed: 1 };
const NO_SUBSCRIPTION = () => () => undefined;

/** The state of one recording: that of another recording does not render it. */
export function usePlayback(message: Message, attachment: Attachment) {
  const player = use(PlaybackContext);
  const key = playbackKey(message, attachment);
  const read = (): PlaybackState => {
    const state = player?.playback.getState() ?? IDLE;
    return state.key === key ? state : IDLE;
  };
  const state = useSyncExternalStore(player?.playback.subscribe ?? NO_SUBSCRIPTION, read);
  return {
    state,
    toggle: () => player?.toggle(message, attachment),
    seek: (seconds: number) => player?.playback.seek(seconds),
    nextSpeed: () => player?.playback.nextSpeed(),
  };
}
