/** Connecting on UniPile's hosted page, for phones that cannot scan this screen. */
import { useMutation } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { Icon } from "@/components/Icon";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import { Text } from "@/components/Text";
import { t } from "@/i18n/translate";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { classes } from "@/components/classes";
import buttonStyles from "@/components/button.module.css";
import styles from "./scan.module.css";

export function HostedPage({ knownId }: { readonly knownId: number | undefined }) {
  const api = useApi();
  const link = useMutation({ mutationFn: () => api.openHostedPage(knownId) });
  const open = useEffectEvent(() => link.mutate());
  useEffect(() => {
    // Requested once: each link connects one account.
    const timer = setTimeout(open, 0);
    return () => clearTimeout(timer);
  }, []);
  if (link.error !== null) {
    return <ErrorState title={t("numbers.hosted.failed")} message={describeError(link.error)} onRetry={() => link.mutate()} />;
  }
  if (link.data === undefined) {
    return (
      <Loading label={t("numbers.hosted.loading")}>
        <Skeleton className={styles.line} />
      </Loading>
    );
  }
  return (
    <p className={styles.hosted}>
      <a className={classes(buttonStyles.button, buttonStyles.primary)} href={link.data} target="_blank" rel="noreferrer" data-testid="connect-hosted-link">
        <Text>{t("numbers.hosted.open")}</Text>
        <Icon name="external" size={16} />
      </a>
      <Text>{t(knownId === undefined ? "numbers.hosted.text" : "numbers.hosted.again")}</Text>
    </p>
  );
}
