/** An account's status as a coloured label. */
import type { AccountStatus } from "@/types/wire";
import { Text } from "./Text";
import "./status-chip.css";

const TEXTS: Readonly<Record<AccountStatus, string>> = {
  connecting: "Connecting",
  connected: "Connected",
  needs_action: "Needs action",
  degraded: "Degraded",
  disconnected: "Disconnected",
};

export function StatusChip({ status }: { readonly status: AccountStatus }) {
  return (
    <span className={`chip chip-${status}`} data-testid="account-status" data-status={status}>
      <span className="chip-dot" aria-hidden="true" />
      <Text>{TEXTS[status]}</Text>
    </span>
  );
}
