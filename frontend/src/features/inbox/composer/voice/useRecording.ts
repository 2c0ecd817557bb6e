/** A voice message in the making: record, pause, listen, send or discard. Nothing that was recorded is lost by accident. */
import { useEffect, useEffectEvent, useRef, useState, type Dispatch, type RefObject, type SetStateAction } from "react";
import { t } from "@/i18n/translate";
import { describeRecorderError, MissingPartError, startRecording, TooShortError, type Recording } from "./recording";

/** `ended`: the microphone stopped by itself; what was recorded until then can be sent. */
export type Phase = "asking" | "recording" | "paused" | "ended" | "making" | "missing";

export interface Voice {
  readonly file: File;
  readonly seconds: number;
}

export interface VoiceHandlers {
  readonly onSend: (file: File) => void;
  /** The recorder is closed by something else, such as another chat: the recording becomes part of the draft. */
  readonly onKeep: (voice: Voice) => void;
  /** It can be brought back. */
  readonly onDiscard: (voice: Voice) => void;
  readonly onProblem: ((sentence: string) => void) | undefined;
  readonly onClose: () => void;
}

export const canFinish = (phase: Phase): boolean => phase === "recording" || phase === "paused" || phase === "ended";

const describeLoss = (error: unknown): string => t(error instanceof TooShortError ? "composer.voice.tooShort" : "composer.voice.failed");

/** Ends the recording and hands over what there is; too little is nothing. */
async function give(recording: Recording, take: (voice: Voice) => void): Promise<void> {
  const file = await recording.finish().catch(() => null);
  if (file !== null) take({ file, seconds: recording.seconds() });
}

/** Pauses while a dialog is open: the user is answering it. */
function usePauseBehindDialogs(pause: () => void): void {
  const look = useEffectEvent((event: FocusEvent) => {
    if (event.target instanceof Element && event.target.closest("dialog, [role='dialog'][aria-modal='true']") !== null) pause();
  });
  useEffect(() => {
    const listen = (event: FocusEvent) => look(event);
    document.addEventListener("focusin", listen);
    return () => document.removeEventListener("focusin", listen);
  }, []);
}

/** The latest handlers, also for what ends after the recorder is closed. */
function useLatest<T>(value: T): RefObject<T> {
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  });
  return latest;
}

interface Running {
  readonly recording: RefObject<Recording | null>;
  /** Sent or discarded: leaving does not keep it. */
  readonly isSettled: RefObject<boolean>;
  readonly setPhase: Dispatch<SetStateAction<Phase>>;
}

/** What was recorded is kept, unless it was sent or discarded. */
function keepRest({ recording, isSettled }: Running, handlers: RefObject<VoiceHandlers>): void {
  if (recording.current !== null && !isSettled.current) void give(recording.current, handlers.current.onKeep);
}

/** Asks for the microphone; keeps what was recorded when the recorder is closed by something else. */
function useMicrophone(running: Running, handlers: RefObject<VoiceHandlers>): void {
  const { recording, setPhase } = running;
  const fail = useEffectEvent((error: unknown) => {
    if (error instanceof MissingPartError) {
      setPhase("missing");
      return;
    }
    handlers.current.onProblem?.(describeRecorderError(error));
    handlers.current.onClose();
  });
  useEffect(() => {
    let isOver = false;
    const begin = (started: Recording) => {
      recording.current = started;
      // Closed while the browser was still asking for permission.
      if (isOver) started.drop();
      else setPhase((now) => (now === "asking" ? "recording" : now));
    };
    startRecording(() => setPhase((now) => (now === "making" ? now : "ended"))).then(begin, (error: unknown) => isOver || fail(error));
    return () => {
      isOver = true;
      keepRest(running, handlers);
    };
  }, [running, recording, setPhase, handlers]);
}

/** What was recorded so far, to listen to; null while it goes on. */
function useHeard({ recording }: Running, phase: Phase): Voice | null {
  const [heard, setHeard] = useState<Voice | null>(null);
  const isStill = phase === "paused" || phase === "ended";
  useEffect(() => {
    const still = isStill ? recording.current : null;
    if (still === null) return undefined;
    let isOver = false;
    still.listen().then((file) => isOver || setHeard({ file, seconds: still.seconds() }), () => undefined);
    return () => {
      isOver = true;
      setHeard(null);
    };
  }, [recording, isStill]);
  return heard;
}

export function useRecording(handlers: VoiceHandlers) {
  const [phase, setPhase] = useState<Phase>("asking");
  const recording = useRef<Recording>(null);
  const isSettled = useRef(false);
  const [running] = useState(() => ({ recording, isSettled, setPhase }));
  useMicrophone(running, useLatest(handlers));
  const heard = useHeard(running, phase);
  const pause = () => {
    if (phase !== "recording") return;
    recording.current?.pause();
    setPhase("paused");
  };
  const resume = () => {
    recording.current?.resume();
    setPhase("recording");
  };
  const discard = () => {
    isSettled.current = true;
    if (recording.current !== null) void give(recording.current, handlers.onDiscard);
    handlers.onClose();
  };
  const finish = async () => {
    if (recording.current === null || !canFinish(phase)) return;
    setPhase("making");
    isSettled.current = true;
    try {
      handlers.onSend(await recording.current.finish());
    } catch (error) {
      handlers.onProblem?.(describeLoss(error));
    }
    handlers.onClose();
  };
  usePauseBehindDialogs(pause);
  return { phase, heard, recording, pause, resume, discard, finish };
}
