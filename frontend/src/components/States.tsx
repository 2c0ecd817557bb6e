/** Empty, error and loading states. */
import { useEffect, useState, type ReactNode } from "react";
import { t } from "@/i18n/translate";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";
import { Text, type Elements } from "./Text";
import { classes } from "./classes";
import styles from "./states.module.css";

/** 1 where the state is the whole page, so that every page has one heading of the first level. */
type HeadingLevel = 1 | 2;

function Heading({ level, children }: { readonly level: HeadingLevel; readonly children: string }) {
  const Level = `h${level}` as const;
  return <Level className={styles.title}>{children}</Level>;
}

interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  readonly level?: HeadingLevel;
  readonly children?: ReactNode;
  readonly action?: Elements;
}

export function EmptyState({ icon, title, level = 2, children, action }: EmptyStateProps) {
  return (
    <div className={styles.state}>
      <span className={styles.icon}>
        <Icon name={icon} size={28} />
      </span>
      <Heading level={level}>{title}</Heading>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}

interface ErrorStateProps {
  readonly title: string;
  readonly message: string;
  readonly level?: HeadingLevel;
  readonly onRetry?: () => void;
  readonly retryLabel?: string;
}

export function ErrorState({ title, message, level = 2, onRetry, retryLabel = t("app.retry") }: ErrorStateProps) {
  return (
    <div className={classes(styles.state, styles.error)} role="alert">
      <span className={styles.icon}>
        <Icon name="alert" size={28} />
      </span>
      <Heading level={level}>{title}</Heading>
      <p>{message}</p>
      {onRetry !== undefined && (
        <Button onClick={onRetry}>
          <Icon name="refresh" size={18} />
          <Text>{retryLabel}</Text>
        </Button>
      )}
    </div>
  );
}

/** A grey placeholder for content that is loading. */
export function Skeleton({ className }: { readonly className: string | undefined }) {
  return <span className={classes(styles.skeleton, className)} aria-hidden="true" />;
}

/** Content that loads faster shows no placeholder: it would only flash. */
const PATIENCE_MS = 300;

export function Loading({ label, children }: { readonly label: string; readonly children: Elements }) {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setSlow(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles.loading} role="status" aria-busy="true">
      {isSlow && <span className="visually-hidden">{label}</span>}
      {isSlow && children}
    </div>
  );
}
