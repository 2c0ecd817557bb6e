/** The voice recorder: elapsed time, send and discard. */
import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { Button, IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Exact } from "@/components/Text";
import { keyOf } from "@/lib/keys";
import { formatSeconds } from "@/features/inbox/attachments/attachments";
import { describeRecorderError, MissingPartError, startRecording, TooShortError, type Recording } from "./recording";
import composerStyles from "./composer.module.css";
import styles from "./recorder.module.css";

/** `ended`: the microphone stopped by itself; what was recorded until then can be sent. */
type Phase = "asking" | "recording" | "ended" | "making" | "missing";

const TEXTS: Readonly<Record<Exclude<Phase, "recording">, string>> = {
  asking: "Waiting for the microphone…",
  ended: "The microphone was disconnected. Send what was recorded?",
  making: "Preparing…",
  missing: "Confab was updated. Reload the page to record.",
};

const canFinish = (phase: Phase): boolean => phase === "recording" || phase === "ended";

interface VoiceRecorderProps {
  readonly onSend: (file: File) => void;
  readonly onProblem: ((sentence: string) => void) | undefined;
  readonly onClose: () => void;
}

function useRecording({ onSend, onProblem, onClose }: VoiceRecorderProps) {
  const running = useRef<Recording>(null);
  const [phase, setPhase] = useState<Phase>("asking");
  const give = useEffectEvent((sentence: string) => {
    onProblem?.(sentence);
    onClose();
  });
  useEffect(() => {
    let isOver = false;
    startRecording(() => setPhase((now) => (now === "recording" || now === "asking" ? "ended" : now))).then(
      (recording) => {
        running.current = recording;
        // Closed while the browser was still asking for permission.
        if (isOver) recording.drop();
        else setPhase((now) => (now === "asking" ? "recording" : now));
      },
      (error: unknown) => {
        if (isOver) return;
        if (error instanceof MissingPartError) setPhase("missing");
        else give(describeRecorderError(error));
      },
    );
    return () => {
      isOver = true;
      running.current?.drop();
    };
  }, []);
  const finish = async () => {
    if (running.current === null || !canFinish(phase)) return;
    setPhase("making");
    try {
      onSend(await running.current.finish());
      onClose();
    } catch (error) {
      onProblem?.(describeLoss(error));
      onClose();
    }
  };
  return { phase, finish };
}

const describeLoss = (error: unknown): string =>
  error instanceof TooShortError
    ? "That was too short to send. Speak for at least half a second."
    : "The recording could not be made into a voice message. Try again.";

/** Whole seconds since the start. */
function useSeconds(isRunning: boolean): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (!isRunning) return undefined;
    const begun = performance.now();
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - begun) / 1_000)), 250);
    return () => clearInterval(timer);
  }, [isRunning]);
  return seconds;
}

/** Enter sends as soon as there is something to send. */
function useFocusOnce(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => ref.current?.focus(), [ref]);
}

function RecorderStatus({ phase, seconds }: { readonly phase: Phase; readonly seconds: number }) {
  if (phase === "recording") {
    return (
      <>
        <span className={styles.dot} aria-hidden="true" />
        <span role="timer">
          Recording <Exact>{formatSeconds(seconds)}</Exact>
        </span>
      </>
    );
  }
  return (
    <>
      <span role="status">{TEXTS[phase]}</span>
      {phase === "missing" && (
        <Button size="small" onClick={() => window.location.reload()}>
          Reload
        </Button>
      )}
    </>
  );
}

export function VoiceRecorder(props: VoiceRecorderProps) {
  const { phase, finish } = useRecording(props);
  const seconds = useSeconds(phase === "recording");
  const sending = useRef<HTMLButtonElement>(null);
  useFocusOnce(sending);
  const onKeyDown = (event: KeyboardEvent) => {
    if (keyOf(event) !== "Escape") return;
    event.preventDefault();
    props.onClose();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape throws it away from wherever the focus is in it
    <div className={styles.recorder} role="group" aria-label="Voice message" onKeyDown={onKeyDown} data-testid="voice-recorder" data-phase={phase}>
      <IconButton label="Discard the recording" onClick={props.onClose} data-testid="voice-cancel">
        <Icon name="trash" />
      </IconButton>
      <RecorderStatus phase={phase} seconds={seconds} />
      <button
        ref={sending}
        type="button"
        className={composerStyles.send}
        aria-label="Send the voice message"
        aria-disabled={!canFinish(phase)}
        onClick={() => void finish()}
        data-testid="voice-send"
      >
        <Icon name="send" />
      </button>
    </div>
  );
}
