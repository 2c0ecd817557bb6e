/** Records a voice message, in the one form WhatsApp plays as one: Ogg with Opus. Hidden where the browser has not that. */
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { formatSeconds } from "./attachments";

const FORM = "audio/ogg;codecs=opus";

export const canRecord = (): boolean =>
  typeof MediaRecorder !== "undefined" &&
  MediaRecorder.isTypeSupported(FORM) &&
  (navigator.mediaDevices as MediaDevices | undefined) !== undefined;

/** A recorder that runs from now on, and lets go of the microphone when it stops. */
async function startRecorder(): Promise<MediaRecorder> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream, { mimeType: FORM });
  recorder.addEventListener("stop", () => stream.getTracks().forEach((track) => track.stop()));
  recorder.start();
  return recorder;
}

function finish(recorder: MediaRecorder): Promise<File> {
  return new Promise((resolve) => {
    recorder.addEventListener("dataavailable", ({ data }) => resolve(new File([data], "Voice message.ogg", { type: "audio/ogg" })), {
      once: true,
    });
    recorder.stop();
  });
}

interface VoiceRecorderProps {
  readonly onSend: (file: File) => void;
  readonly onProblem: ((sentence: string) => void) | undefined;
  readonly onClose: () => void;
}

export function VoiceRecorder({ onSend, onProblem, onClose }: VoiceRecorderProps) {
  const recorder = useRef<MediaRecorder>(null);
  const [seconds, setSeconds] = useState(0);
  const refuse = useEffectEvent(() => {
    onProblem?.("Confab may not use the microphone: allow it in your browser.");
    onClose();
  });
  useEffect(() => {
    const starting = startRecorder();
    starting.then((made) => (recorder.current = made)).catch(() => refuse());
    const timer = setInterval(() => setSeconds((held) => held + 1), 1_000);
    return () => {
      clearInterval(timer);
      // Closed without sending: what was said is thrown away.
      void starting.then((made) => made.state !== "inactive" && made.stop()).catch(() => undefined);
    };
  }, []);
  const sendNow = async () => {
    if (recorder.current !== null) onSend(await finish(recorder.current));
    onClose();
  };
  return (
    <div className="recorder" data-testid="voice-recorder">
      <IconButton label="Throw the recording away" onClick={onClose} data-testid="voice-cancel">
        <Icon name="trash" />
      </IconButton>
      <span className="recorder-dot" aria-hidden="true" />
      <span role="timer">Recording {formatSeconds(seconds)}</span>
      <button type="button" className="composer-send" aria-label="Send the voice message" onClick={() => void sendNow()} data-testid="voice-send">
        <Icon name="send" />
      </button>
    </div>
  );
}
