/** Where a form says what came of it: told to readers of the screen, and brought into view on a small one. */
import { useEffect, useRef, type ReactNode } from "react";

interface Asked {
  readonly status: string;
  readonly submittedAt: number;
}

interface AnswerProps {
  /** The mutation that is answered. */
  readonly to: Asked;
  readonly children: ReactNode;
}

export function Answer({ to, children }: AnswerProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.lastElementChild?.scrollIntoView({ block: "nearest" });
  }, [to.status, to.submittedAt]);
  return (
    <div ref={box} aria-live="polite">
      {children}
    </div>
  );
}
