/** What the composer is about to answer or to change, above the field. */
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { quote } from "@/features/inbox/thread/list/bubbles";
import type { Intent } from "@/features/inbox/thread/bubble/intent";
import { QuoteLines } from "@/features/inbox/thread/bubble/Quote";
import { t } from "@/i18n/translate";
import quoteStyles from "@/features/inbox/thread/bubble/quote.module.css";
import styles from "./composer.module.css";

interface IntentBarProps {
  readonly intent: Intent;
  readonly label: string;
  readonly onCancel: (() => void) | undefined;
}

export function IntentBar({ intent, label, onCancel }: IntentBarProps) {
  const quoted = quote(intent.message);
  return (
    <div className={styles.intent} data-testid={`composer-${intent.kind}`}>
      <Icon name={intent.kind === "edit" ? "edit" : "reply"} size={18} />
      <div className={quoteStyles.quote}>
        {intent.kind === "edit" ? (
          <>
            <span className={quoteStyles.name}>{t("composer.editing")}</span>
            <span className={quoteStyles.body} dir="auto">{quoted.body}</span>
          </>
        ) : (
          <QuoteLines quoted={quoted} />
        )}
      </div>
      <IconButton label={label} onClick={onCancel} data-testid="composer-cancel">
        <Icon name="close" size={18} />
      </IconButton>
    </div>
  );
}
