/** In the sandbox: links a test phone and lets customers write to it with one click, or opens the phone's page. */
import { useMutation } from "@tanstack/react-query";
import { Button } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { useConfig } from "@/lib/config";
import { classes } from "@/components/classes";
import buttonStyles from "@/components/button.module.css";
import styles from "./scan.module.css";

interface TestPhoneProps {
  /** The account that is pairing; null while there is none. */
  readonly accountId: number | null;
}

export function TestPhone({ accountId }: TestPhoneProps) {
  const api = useApi();
  const url = useConfig().data?.phone_url ?? null;
  const link = useMutation({ mutationFn: (id: number) => api.playBusyDay(id) });
  if (url === null) return null;
  return (
    <div className={styles.sandbox}>
      <p>{t("numbers.sandbox.text")}</p>
      <div className={styles.sandboxActions}>
        <Button
          tone="primary"
          disabled={accountId === null}
          // Until the dialog shows that the number is connected.
          isBusy={link.isPending || link.isSuccess}
          onClick={() => accountId !== null && link.mutate(accountId)}
          data-testid="connect-busy-day"
        >
          {t("numbers.sandbox.start")}
        </Button>
        <a className={classes(buttonStyles.button, buttonStyles.quiet)} href={url} target="_blank" rel="noreferrer">
          <Text>{t("numbers.sandbox.phone")}</Text>
          <Icon name="external" size={15} />
        </a>
      </div>
      {link.error !== null && <Notice tone="bad">{describeError(link.error)}</Notice>}
    </div>
  );
}
