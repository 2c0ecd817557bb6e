/** A voice message while it is spoken: how long it is by now, and whether it goes out or away. */
import { useEffect, useEffectEvent, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Exact } from "@/components/Text";
import { formatSeconds } from "./attachments";
import { describeRefusal, startRecording, type Recording } from "./recording";

type Phase = "asking" | "recording" | "making";

const WORDS: Readonly<Record<Exclude<Phase, "recording">, string>> = {
  asking: "Waiting for the microphone…",
  making: "Preparing…",
};

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
    startRecording().then(
      (recording) => {
        running.current = recording;
        // Closed while the browser was still asking.
        if (isOver) recording.drop();
        else setPhase("recording");
      },
      (error: unknown) => isOver || give(describeRefusal(error)),
    );
    return () => {
      isOver = true;
      running.current?.drop();
    };
  }, []);
  const finish = async () => {
    if (running.current === null || phase !== "recording") return;
    setPhase("making");
    try {
      onSend(await running.current.finish());
      onClose();
    } catch {
      onProblem?.("The recording could not be made into a voice message. Try again.");
      onClose();
    }
  };
  return { phase, finish };
}

/** Whole seconds since it began. */
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

export function VoiceRecorder(props: VoiceRecorderProps) {
  const { phase, finish } = useRecording(props);
  const seconds = useSeconds(phase === "recording");
  const sending = useRef<HTMLButtonElement>(null);
  useFocusOnce(sending);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    props.onClose();
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape throws it away from wherever the focus is in it
    <div className="recorder" role="group" aria-label="Voice message" onKeyDown={onKeyDown} data-testid="voice-recorder" data-phase={phase}>
      <IconButton label="Throw the recording away" onClick={props.onClose} data-testid="voice-cancel">
        <Icon name="trash" />
      </IconButton>
      {phase === "recording" ? (
        <>
          <span className="recorder-dot" aria-hidden="true" />
          <span role="timer">Recording <Exact>{formatSeconds(seconds)}</Exact></span>
        </>
      ) : (
        <span role="status">{WORDS[phase]}</span>
      )}
      <button
        ref={sending}
        type="button"
        className="composer-send"
        aria-label="Send the voice message"
        aria-disabled={phase !== "recording"}
        onClick={() => void finish()}
        data-testid="voice-send"
      >
        <Icon name="send" />
      </button>
    </div>
  );
}
