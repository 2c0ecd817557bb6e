/** A player for voice messages and audio files: play, pause, seek. */
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Icon } from "@/components/Icon";
import { LIMITS_MS, withDeadline } from "@/lib/limits";
import type { StoredProps } from "./storedProps";
import { formatSeconds, nameAttachment } from "./attachments";
import { BrokenMedia } from "./BrokenMedia";
import { useMedia } from "./media";
import buttonStyles from "@/components/button.module.css";
import styles from "./audio.module.css";

const isDomError = (error: unknown, ...names: string[]) => error instanceof DOMException && names.includes(error.name);

function usePlayback(url: string | null, duration: number, onBroken: () => void) {
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(duration);
  const play = () => {
    const element = audio.current;
    if (element === null) return;
    withDeadline(LIMITS_MS.play, () => element.play()).catch((error: unknown) => {
      setPlaying(false);
      // Paused immediately, or autoplay was blocked: neither means that the recording is broken.
      if (!isDomError(error, "AbortError", "NotAllowedError")) onBroken();
    });
  };
  const playFetched = useEffectEvent(play);
  useEffect(() => {
    // The file was loaded because the user pressed play.
    if (url !== null) playFetched();
  }, [url]);
  const events = {
    onPlay: () => setPlaying(true),
    onPause: () => setPlaying(false),
    onEnded: () => setAt(0),
    onTimeUpdate: () => setAt(audio.current?.currentTime ?? 0),
    onDurationChange: () => {
      // A streamed recording has no duration in its header.
      const known = audio.current?.duration ?? Number.NaN;
      if (Number.isFinite(known)) setLength(known);
    },
  };
  const seek = (seconds: number) => {
    setAt(seconds);
    if (audio.current !== null) audio.current.currentTime = seconds;
  };
  const toggle = () => {
    if (isPlaying) audio.current?.pause();
    else play();
  };
  return [audio, { events, isPlaying, at, length, seek, toggle }] as const;
}

export function AudioPlayer({ message, attachment, id }: StoredProps) {
  const [isWanted, setWanted] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const { url, error, refetch, isFetching } = useMedia(message, id, isWanted);
  if (error !== null || isBroken) {
    return <BrokenMedia message={message} attachment={attachment} id={id} error={error} isBusy={isFetching} onRetry={() => void refetch()} />;
  }
  return (
    <div className={styles.audio} data-testid="attachment-audio" data-voice={attachment.voice_note}>
      <Sound
        name={nameAttachment(attachment)}
        duration={attachment.duration ?? 0}
        url={url}
        isFetching={isFetching}
        onWanted={() => setWanted(true)}
        onBroken={() => setBroken(true)}
      />
      {attachment.voice_note && <Icon name="mic" size={16} />}
    </div>
  );
}

interface SoundProps {
  readonly name: string;
  /** The duration reported by the sender. */
  readonly duration: number;
  readonly url: string | null;
  readonly isFetching: boolean;
  readonly onWanted: () => void;
  readonly onBroken: () => void;
}

function Sound({ name, duration, url, isFetching, onWanted, onBroken }: SoundProps) {
  const [audio, { events, isPlaying, at, length, seek, toggle }] = usePlayback(url, duration, onBroken);
  return (
    <>
      <button
        type="button"
        className={styles.play}
        aria-label={isPlaying ? `Pause ${name}` : `Play ${name}`}
        onClick={url === null ? onWanted : toggle}
        data-testid="attachment-play"
      >
        {isFetching ? <span className={buttonStyles.spinner} /> : <Icon name={isPlaying ? "pause" : "play"} />}
      </button>
      <input
        type="range"
        className={styles.line}
        aria-label="Position"
        aria-valuetext={formatSeconds(at)}
        min={0}
        max={Math.max(length, at, 0.1)}
        step={0.1}
        value={at}
        disabled={url === null}
        onChange={(event) => seek(Number(event.target.value))}
      />
      <span className={styles.time} translate="no" data-testid="audio-time">{formatSeconds(at > 0 ? at : length)}</span>
      {/* eslint-disable-next-line jsx-a11y/media-has-caption -- contacts send recordings without captions */}
      {url !== null && <audio ref={audio} src={url} {...events} onError={onBroken} />}
    </>
  );
}
