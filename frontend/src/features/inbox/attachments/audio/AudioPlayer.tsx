/** A player for voice messages and audio files: play, pause, seek, speed. */
import { useQuery } from "@tanstack/react-query";
import { classes } from "@/components/classes";
import { Icon } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { formatSeconds, nameAttachment } from "@/features/inbox/attachments/attachments";
import { BrokenMedia } from "@/features/inbox/attachments/BrokenMedia";
import { useMedia, useNear } from "@/features/inbox/attachments/media";
import type { StoredProps } from "@/features/inbox/attachments/storedProps";
import { usePlayback } from "./playbackContext";
import type { PlaybackState } from "./playback";
import { wasPlayed } from "./played";
import { decodeBars, FLAT, pathOf, VIEW_BOX } from "./waveform";
import buttonStyles from "@/components/button.module.css";
import styles from "./audio.module.css";

/** A voice message of at most this size is loaded when it comes near the view, for its waveform. */
const MAX_EAGER_BYTES = 500_000;

/** The bars of a voice message, decoded once. */
function useBars({ message, attachment, id }: StoredProps, isNear: boolean): readonly number[] {
  const isSmall = attachment.voice_note && (attachment.file_size ?? Infinity) <= MAX_EAGER_BYTES;
  const { data: blob } = useMedia(message, id, isSmall && isNear);
  const { data } = useQuery({
    queryKey: ["waveform", message.id, id],
    queryFn: () => (blob === undefined ? null : decodeBars(blob)),
    enabled: blob !== undefined && attachment.voice_note,
    staleTime: Infinity,
    gcTime: Infinity,
    retry: false,
  });
  return data ?? FLAT;
}

export function AudioPlayer(props: StoredProps) {
  const { message, attachment, id } = props;
  const [ref, isNear] = useNear<HTMLDivElement>();
  const bars = useBars(props, isNear);
  const { state, toggle, seek, nextSpeed } = usePlayback(message, attachment);
  const { error, refetch, isFetching } = useMedia(message, id, false);
  if (error !== null || state.status === "broken") {
    return <BrokenMedia message={message} attachment={attachment} id={id} error={error} isBusy={isFetching} onRetry={() => void refetch()} />;
  }
  const name = nameAttachment(attachment);
  const isPlaying = state.status === "playing";
  return (
    <div ref={ref} className={styles.audio} data-testid="attachment-audio" data-voice={attachment.voice_note}>
      <button
        type="button"
        className={styles.play}
        aria-label={t(isPlaying ? "messages.audio.pause" : "messages.audio.play", { name })}
        onClick={toggle}
        data-testid="attachment-play"
      >
        {state.status === "loading" ? <span className={buttonStyles.spinner} /> : <Icon name={isPlaying ? "pause" : "play"} />}
      </button>
      <Line bars={attachment.voice_note ? bars : null} state={state} length={state.length ?? attachment.duration ?? 0} onSeek={seek} />
      <End {...props} state={state} onSpeed={nextSpeed} />
    </div>
  );
}

interface LineProps {
  /** Null for music and other files: a plain line. */
  readonly bars: readonly number[] | null;
  readonly state: PlaybackState;
  readonly length: number;
  readonly onSeek: (seconds: number) => void;
}

/** The waveform is drawn below a slider, which takes the pointer and the keys. */
function Line({ bars, state, length, onSeek }: LineProps) {
  const { at, key } = state;
  const share = length > 0 ? Math.min(1, at / length) : 0;
  const path = bars === null ? null : pathOf(bars);
  return (
    <span className={styles.line}>
      {path !== null && (
        <svg className={styles.wave} viewBox={VIEW_BOX} preserveAspectRatio="none" aria-hidden="true" data-testid="waveform">
          <path d={path} />
          <path d={path} className={styles.waveDone} style={{ clipPath: `inset(0 ${((1 - share) * 100).toFixed(2)}% 0 0)` }} />
        </svg>
      )}
      <input
        type="range"
        className={classes(styles.slider, bars !== null && styles.sliderOver)}
        aria-label={t("messages.audio.position")}
        aria-valuetext={t("messages.audio.positionOf", { at: formatSeconds(at), length: formatSeconds(length) })}
        min={0}
        max={Math.max(length, at, 0.1)}
        step={0.1}
        value={at}
        disabled={key === null}
        onChange={(event) => onSeek(Number(event.target.value))}
      />
      <span className={styles.time} translate="no" data-testid="audio-time">{formatSeconds(at > 0 ? at : length)}</span>
    </span>
  );
}

interface EndProps extends StoredProps {
  readonly state: PlaybackState;
  readonly onSpeed: () => void;
}

/** The speed of what is loaded; else whether a voice message was played on this device. */
function End({ message, attachment, state, onSpeed }: EndProps) {
  if (state.key !== null) {
    return (
      <button type="button" className={styles.speed} aria-label={t("messages.audio.speed", { speed: state.speed })} onClick={onSpeed} translate="no" data-testid="audio-speed">
        {`${state.speed}×`}
      </button>
    );
  }
  const isNew = message.direction === "in" && !wasPlayed(message.id);
  return attachment.voice_note ? (
    <span className={classes(styles.mark, isNew && styles.markNew)} role="img" aria-label={t(isNew ? "messages.audio.notPlayed" : "messages.audio.played")} data-testid="audio-played" data-played={!isNew}>
      <Icon name="mic" size={18} />
    </span>
  ) : (
    <span className={styles.mark} />
  );
}
