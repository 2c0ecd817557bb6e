/** Connecting on UniPile's hosted page, for phones that cannot scan this screen. */
import { useMutation } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { Icon } from "@/components/Icon";
import { ErrorState, Loading, Skeleton } from "@/components/States";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { classes } from "@/components/classes";
import buttonStyles from "@/components/button.module.css";
import styles from "./scan.module.css";

export function HostedPage() {
  const api = useApi();
  const link = useMutation({ mutationFn: () => api.openHostedPage() });
  const open = useEffectEvent(() => link.mutate());
  useEffect(() => {
    // Requested once: each link connects one account.
    const timer = setTimeout(open, 0);
    return () => clearTimeout(timer);
  }, []);
  if (link.error !== null) {
    return <ErrorState title="No page yet" message={describeError(link.error)} onRetry={() => link.mutate()} />;
  }
  if (link.data === undefined) {
    return (
      <Loading label="Getting the page">
        <Skeleton className={styles.line} />
      </Loading>
    );
  }
  return (
    <p className={styles.hosted}>
      <a className={classes(buttonStyles.button, buttonStyles.primary)} href={link.data} target="_blank" rel="noreferrer" data-testid="connect-hosted-link">
        Open UniPile&rsquo;s page
        <Icon name="external" size={16} />
      </a>
      The number appears here once it is connected there.
    </p>
  );
}
