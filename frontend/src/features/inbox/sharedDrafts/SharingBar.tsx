/** Above the text that colleagues see while it is written. */
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import styles from "./sharing-bar.module.css";

export function SharingBar({ onStop }: { readonly onStop: () => void }) {
  return (
    <p className={styles.sharing} data-testid="draft-shared">
      <Icon name="people" size={15} />
      <Text>{t("composer.shared.isShared")}</Text>
      <Button size="small" tone="quiet" onClick={onStop} data-testid="draft-unshare">
        {t("composer.shared.stop")}
      </Button>
    </p>
  );
}
