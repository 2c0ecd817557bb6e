/** Names who wrote an outgoing message. */
import type { IconName } from "@/components/Icon";
import { t } from "@/i18n/translate";
import { isolate } from "@/lib/texts";
import type { Author } from "@/types/wire";

const ICONS: Readonly<Record<Author["kind"], IconName | null>> = { user: null, api_key: "key", rule: "automatic", phone: "phone" };

/** Users need no icon. */
export const iconOfAuthor = ({ kind }: Author): IconName | null => ICONS[kind];

export function nameAuthor({ kind, name }: Author): string {
  if (kind === "phone") return t("messages.author.phone");
  if (kind === "rule") return name ?? t("messages.author.rule");
  return name ?? "";
}

/** As a sentence, for the details of a message. */
export const describeAuthor = ({ kind, name }: Author): string =>
  kind === "rule" && name !== null ? t("messages.info.byRule", { name: isolate(name) }) : t(`messages.info.author.${kind}`, { name: isolate(name ?? "") });
