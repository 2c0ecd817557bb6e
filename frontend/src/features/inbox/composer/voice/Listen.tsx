/** Plays a recording before it is sent. */
import { useRef, useState } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { formatSeconds } from "@/features/inbox/attachments/attachments";
import { useBlobUrl } from "@/features/inbox/attachments/media";
import { t } from "@/i18n/translate";
import { LIMITS_MS, withDeadline } from "@/lib/limits";
import styles from "./recorder.module.css";

interface ListenProps {
  readonly file: File;
  readonly seconds: number;
}

function usePlayback() {
  const audio = useRef<HTMLAudioElement>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const toggle = () => {
    const element = audio.current;
    if (element === null) return;
    if (isPlaying) element.pause();
    else void withDeadline(LIMITS_MS.play, () => element.play()).catch(() => setPlaying(false));
  };
  const seek = (to: number) => {
    setAt(to);
    if (audio.current !== null) audio.current.currentTime = to;
  };
  const events = {
    onPlay: () => setPlaying(true),
    onPause: () => setPlaying(false),
    onEnded: () => setAt(0),
    onTimeUpdate: () => setAt(audio.current?.currentTime ?? 0),
  };
  return [audio, { isPlaying, at, toggle, seek, events }] as const;
}

export function Listen({ file, seconds }: ListenProps) {
  const url = useBlobUrl(file);
  const [audio, { isPlaying, at, toggle, seek, events }] = usePlayback();
  return (
    <span className={styles.listen} data-testid="voice-listen">
      <IconButton label={t(isPlaying ? "composer.voice.stopListening" : "composer.voice.listen")} onClick={toggle}>
        <Icon name={isPlaying ? "pause" : "play"} size={18} />
      </IconButton>
      <input
        type="range"
        aria-label={t("composer.voice.position")}
        aria-valuetext={formatSeconds(at)}
        min={0}
        max={Math.max(seconds, at, 0.1)}
        step={0.1}
        value={at}
        onChange={(event) => seek(Number(event.target.value))}
      />
      <span className={styles.time} translate="no">{formatSeconds(at > 0 ? at : seconds)}</span>
      {/* eslint-disable-next-line jsx-a11y/media-has-caption -- the user's own recording */}
      {url !== null && <audio ref={audio} src={url} {...events} />}
    </span>
  );
}
