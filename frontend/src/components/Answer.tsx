/** Where a form shows its result: announced to screen readers, and scrolled into view on small screens. */
import { useEffect, useRef, type ReactNode } from "react";

interface Asked {
  readonly status: string;
  readonly submittedAt: number;
}

interface AnswerProps {
  /** The mutation whose result is shown. */
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
