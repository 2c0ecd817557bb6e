/** The delivery state of an outgoing message. */
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import type { MessageStatus } from "@/types/wire";
import { classes } from "@/components/classes";
import styles from "./tick.module.css";

const LABELS: Readonly<Partial<Record<MessageStatus, MessageId>>> = {
  sending: "messages.tick.sending",
  sent: "messages.tick.sent",
  delivered: "messages.tick.delivered",
  read: "messages.tick.read",
  failed: "messages.tick.failed",
  unconfirmed: "messages.tick.unconfirmed",
};

const PATHS: Readonly<Partial<Record<MessageStatus, string>>> = {
  sending: "M9 5.200V8l2 1.300M9 13.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11z",
  sent: "M4.500 8.500 7.500 11.500 13.500 4.800",
  delivered: "M1.500 8.500 4.500 11.500 10.500 4.800M8.300 10.400l1.200 1.100L15.800 4.800",
  read: "M1.500 8.500 4.500 11.500 10.500 4.800M8.300 10.400l1.200 1.100L15.800 4.800",
  failed: "M9 5v3.800m0 2.300v.1M9 14A6 6 0 1 0 9 2a6 6 0 0 0 0 12z",
  unconfirmed: "M9 5v3.800m0 2.300v.1M9 14A6 6 0 1 0 9 2a6 6 0 0 0 0 12z",
};

export function Tick({ status }: { readonly status: MessageStatus }) {
  const label = LABELS[status];
  if (label === undefined) return null;
  const text = t(label);
  return (
    <span className={classes(styles.tick, styles[status])} role="img" aria-label={text} title={text} data-testid="message-tick" data-status={status}>
      <svg width="18" height="16" viewBox="0 0 18 16" fill="none" stroke="currentColor" strokeWidth="1.600" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true">
        <path d={PATHS[status]} />
      </svg>
    </span>
  );
}
