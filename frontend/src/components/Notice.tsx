/** A box with one sentence: an error or a hint. */
import type { ReactNode } from "react";
import { Icon } from "./Icon";

interface NoticeProps {
  readonly tone: "info" | "warn" | "bad";
  readonly children: ReactNode;
}

export function Notice({ tone, children }: NoticeProps) {
  return (
    <div className={`notice notice-${tone}`}>
      <Icon name={tone === "info" ? "info" : "alert"} />
      <div>{children}</div>
    </div>
  );
}
