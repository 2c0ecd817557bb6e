/** Why a message was not sent, as it is now. */
import { t } from "@/i18n/translate";
import { describeFailure } from "@/lib/api/errors";
import type { MessageId } from "@/i18n/ids";
import type { Bubble } from "./list/bubbles";

const DISCONNECTED = new Set(["disconnected_account", "expired_credentials", "disconnected_feature", "session_mismatch", "invalid_account"]);

/** By UniPile's error code; the server's sentence for every other one. */
const REASONS: Readonly<Record<string, MessageId>> = {
  invalid_recipient: "messages.failed.unreachable",
  user_unreachable: "messages.failed.unreachable",
  recipient_rejected: "messages.failed.unreachable",
  blocked_recipient: "messages.failed.blocked",
  no_connection_with_recipient: "messages.failed.mustWriteFirst",
  account_restricted: "messages.failed.restricted",
  sender_rejected: "messages.failed.restricted",
  invalid_message: "messages.failed.rejected",
  cant_send_message: "messages.failed.rejected",
  unsupported_media_type: "messages.failed.fileType",
  content_too_large: "messages.failed.tooLarge",
  too_many_characters: "messages.failed.tooLong",
};

/** Whether the number's connection was the reason. */
export const isDisconnection = ({ message }: Bubble): boolean => DISCONNECTED.has(message?.error?.code ?? "");

/** A sentence; null if nothing is wrong. */
export function explainFailure(bubble: Bubble, isConnected: boolean): string | null {
  if (bubble.isDeleted) return null;
  if (bubble.status === "unconfirmed") return t("messages.failed.unconfirmed");
  if (bubble.status !== "failed") return null;
  if (isDisconnection(bubble)) return t(isConnected ? "messages.failed.wasDisconnected" : "messages.failed.disconnected");
  const known = REASONS[bubble.message?.error?.code ?? ""];
  return known === undefined ? reportReason(bubble) : t(known);
}

const reportReason = ({ error, message }: Bubble): string => {
  const failure = message?.error ?? null;
  if (failure !== null) return t("messages.failed.because", { reason: describeFailure(failure) });
  return error === null ? t("messages.failed") : t("messages.failed.because", { reason: error });
};
