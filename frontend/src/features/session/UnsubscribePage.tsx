/** The page behind the link in mails about notifications: a button ends them, without signing in. */
import { useMutation } from "@tanstack/react-query";
import { Link, useLocation } from "@/lib/navigation";
import { Answer } from "@/components/Answer";
import { Button } from "@/components/Button";
import { Notice } from "@/components/Notice";
import { t } from "@/i18n/translate";
import { ApiError, describeError } from "@/lib/api/errors";
import { unsubscribe } from "@/lib/api/users";
import { usePageShown } from "@/lib/lazyPart";
import { Entrance } from "./Entrance";
import styles from "./login.module.css";

const explain = (error: unknown): string => (error instanceof ApiError && error.status === 404 ? t("session.unsubscribe.invalid") : describeError(error));

/** A button, since programs that check links in mails open them. */
export function UnsubscribePage() {
  const token = useLocation().pathname.split("/")[2] ?? "";
  const stop = useMutation({ mutationFn: () => unsubscribe(token) });
  usePageShown();
  return (
    <Entrance title={t("session.unsubscribe.title")} about={t("session.unsubscribe.about")}>
      <div className={styles.form}>
        <Answer to={stop}>
          {stop.isSuccess && <Notice tone="info">{t("session.unsubscribe.done")}</Notice>}
          {stop.isError && <Notice tone="bad">{explain(stop.error)}</Notice>}
        </Answer>
        {!stop.isSuccess && (
          <Button tone="primary" size="large" isBusy={stop.isPending} onClick={() => stop.mutate()} data-testid="unsubscribe">
            {t("session.unsubscribe.stop")}
          </Button>
        )}
      </div>
      <p className={styles.other}>
        <Link to="/inbox">{t("app.toInbox")}</Link>
      </p>
    </Entrance>
  );
}
