/** The voice recorder in place of the field: level and time, pause, listen, send, discard. */
import { useEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { Button, IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Exact, Text } from "@/components/Text";
import { formatSeconds } from "@/features/inbox/attachments/attachments";
import { t } from "@/i18n/translate";
import { keyOf } from "@/lib/keys";
import { Level } from "./Level";
import { Listen } from "./Listen";
import type { Recording } from "./recording";
import { canFinish, useRecording, type Phase, type Voice, type VoiceHandlers } from "./useRecording";
import composerStyles from "@/features/inbox/composer/composer.module.css";
import styles from "./recorder.module.css";

const TICK_MS = 250;

/** Whole seconds recorded, read again while it runs. */
function useSeconds(recording: RefObject<Recording | null>, isRunning: boolean): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => setSeconds(Math.floor(recording.current?.seconds() ?? 0)), TICK_MS);
    return () => clearInterval(timer);
  }, [recording, isRunning]);
  return seconds;
}

const statusText = (phase: Exclude<Phase, "recording" | "paused">): string => {
  if (phase === "asking") return t("composer.voice.asking");
  if (phase === "ended") return t("composer.voice.lost");
  return t(phase === "making" ? "composer.voice.making" : "composer.voice.outdated");
};

interface StatusProps {
  readonly phase: Phase;
  readonly heard: Voice | null;
  readonly recording: RefObject<Recording | null>;
}

function Timer({ isRunning, recording }: { readonly isRunning: boolean; readonly recording: RefObject<Recording | null> }) {
  const seconds = useSeconds(recording, isRunning);
  return (
    <span role="timer" className={styles.timer}>
      <span className={isRunning ? styles.dot : styles.still} aria-hidden="true" />
      <Text>{t(isRunning ? "composer.voice.recording" : "composer.voice.paused")}</Text> <Exact>{formatSeconds(seconds)}</Exact>
    </span>
  );
}

function RecorderStatus({ phase, heard, recording }: StatusProps) {
  if (phase === "recording" || phase === "paused") {
    return (
      <div className={styles.status}>
        <Timer isRunning={phase === "recording"} recording={recording} />
        {phase === "recording" && <Level recording={recording} />}
        {phase === "paused" && heard !== null && <Listen file={heard.file} seconds={heard.seconds} />}
      </div>
    );
  }
  return (
    <div className={styles.status}>
      <span role="status">{statusText(phase)}</span>
      {phase === "ended" && heard !== null && <Listen file={heard.file} seconds={heard.seconds} />}
      {phase === "missing" && (
        <Button size="small" onClick={() => window.location.reload()}>
          {t("composer.voice.reload")}
        </Button>
      )}
    </div>
  );
}

/** It has the focus at first: Enter pauses, so that no recording is sent by accident. */
function PauseButton({ phase, pause, resume }: { readonly phase: Phase; readonly pause: () => void; readonly resume: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => button.current?.focus(), []);
  const isPaused = phase === "paused";
  return (
    <button
      ref={button}
      type="button"
      className={styles.pause}
      aria-label={t(isPaused ? "composer.voice.resume" : "composer.voice.pause")}
      title={t(isPaused ? "composer.voice.resume" : "composer.voice.pause")}
      aria-disabled={phase !== "recording" && !isPaused}
      onClick={isPaused ? resume : pause}
      data-testid="voice-pause"
    >
      <Icon name={isPaused ? "mic" : "pause"} />
    </button>
  );
}

export function VoiceRecorder(props: VoiceHandlers) {
  const { phase, heard, recording, pause, resume, discard, finish } = useRecording(props);
  const onKeyDown = (event: KeyboardEvent) => {
    if (keyOf(event) !== "Escape") return;
    event.preventDefault();
    discard();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape discards it from wherever the focus is in it
    <div className={styles.recorder} role="group" aria-label={t("composer.voice.name")} onKeyDown={onKeyDown} data-testid="voice-recorder" data-phase={phase}>
      <IconButton label={t("composer.voice.discard")} className={composerStyles.tool} onClick={discard} data-testid="voice-cancel">
        <Icon name="trash" />
      </IconButton>
      <RecorderStatus phase={phase} heard={heard} recording={recording} />
      <PauseButton phase={phase} pause={pause} resume={resume} />
      <button
        type="button"
        className={composerStyles.send}
        aria-label={t("composer.voice.send")}
        title={t("composer.voice.send")}
        aria-disabled={!canFinish(phase)}
        onClick={() => void finish()}
        data-testid="voice-send"
      >
        <Icon name="send" />
      </button>
    </div>
  );
}
