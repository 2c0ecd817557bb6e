/** The level of the microphone: one bar for each moment, the newest at the end. */
import { useEffect, useRef, useState, type RefObject } from "react";
import { t } from "@/i18n/translate";
import type { Recording } from "./recording";
import styles from "./recorder.module.css";

const BARS = 32;
const STEP_MS = 80;
/** Below this a working microphone is not. */
const SILENCE = 0.004;
const SILENT_AFTER_STEPS = 40;

/** Levels are written to the elements, not to state: they change twelve times a second. */
function show(box: HTMLElement, levels: readonly number[]): void {
  for (const [index, bar] of [...box.children].entries()) {
    (bar as HTMLElement).style.setProperty("--level", String(levels[index] ?? 0));
  }
}

export function Level({ recording }: { readonly recording: RefObject<Recording | null> }) {
  const box = useRef<HTMLSpanElement>(null);
  const [isSilent, setSilent] = useState(false);
  useEffect(() => {
    let levels: readonly number[] = [];
    let quiet = 0;
    const timer = setInterval(() => {
      const level = recording.current?.level() ?? 0;
      levels = [...levels, level].slice(-BARS);
      quiet = level < SILENCE ? quiet + 1 : 0;
      setSilent(quiet >= SILENT_AFTER_STEPS);
      if (box.current !== null) show(box.current, [...Array<number>(BARS - levels.length).fill(0), ...levels]);
    }, STEP_MS);
    return () => clearInterval(timer);
  }, [recording]);
  if (isSilent) return <span className={styles.silent} role="status">{t("composer.voice.silent")}</span>;
  return (
    <span ref={box} className={styles.level} aria-hidden="true" data-testid="voice-level">
      {Array.from({ length: BARS }, (_, index) => (
        <span key={index} />
      ))}
    </span>
  );
}
