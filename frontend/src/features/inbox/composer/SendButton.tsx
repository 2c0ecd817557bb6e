/** Sends what is written; with nothing written it records a voice message. */
import { MenuButton, MenuItem } from "@/components/Menu";
import { Icon } from "@/components/Icon";
import { printKeys } from "@/lib/commands/describe";
import { t } from "@/i18n/translate";
import type { Sharing } from "./drafts/useSharing";
import styles from "./composer.module.css";

interface SendButtonProps {
  readonly isEdit: boolean;
  readonly isEnabled: boolean;
  readonly onRecord: (() => void) | undefined;
  /** Sends, and closes the chat; absent where it cannot be closed. */
  readonly onSendAndClose?: (() => void) | undefined;
  readonly sharing?: Sharing | undefined;
}

export function SendButton({ isEdit, isEnabled, onRecord, onSendAndClose, sharing }: SendButtonProps) {
  if (onRecord !== undefined) {
    const label = t("composer.voice.record");
    return (
      <button type="button" className={styles.record} aria-label={label} title={label} onClick={onRecord} data-testid="voice-record">
        <Icon name="mic" />
      </button>
    );
  }
  const label = t(isEdit ? "composer.save" : "composer.send");
  return (
    <span className={styles.sends}>
      <button type="submit" className={styles.send} disabled={!isEnabled} aria-label={label} title={label} data-testid="composer-send">
        <Icon name={isEdit ? "check" : "send"} />
      </button>
      {(onSendAndClose ?? sharing) !== undefined && isEnabled && <SendMenu onSendAndClose={onSendAndClose} sharing={sharing} />}
    </span>
  );
}

function SendMenu({ onSendAndClose, sharing }: Pick<SendButtonProps, "onSendAndClose" | "sharing">) {
  return (
    <MenuButton label={t("composer.sendMore")} icon="up" testId="composer-more">
      {(close) => {
        const choose = (act: () => void) => () => {
          close();
          act();
        };
        return (
          <>
            {onSendAndClose && (
              <MenuItem icon="done" keys={printKeys("Ctrl+Shift+Enter")} onSelect={choose(onSendAndClose)} testId="composer-send-close">
                {t("composer.sendAndClose")}
              </MenuItem>
            )}
            {sharing && (
              <MenuItem icon="people" keys={printKeys("Shift+d")} onSelect={choose(sharing.toggle)} testId="composer-share">
                {sharing.label}
              </MenuItem>
            )}
          </>
        );
      }}
    </MenuButton>
  );
}
