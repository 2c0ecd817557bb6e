/** Empty, error and loading states. */
import type { ReactNode } from "react";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";
import { type Elements } from "./Text";
import { classes } from "./classes";
import styles from "./states.module.css";

interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: Elements;
}

export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className={styles.state}>
      <span className={styles.icon}>
        <Icon name={icon} size={28} />
      </span>
      <h2>{title}</h2>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}

interface ErrorStateProps {
  readonly title: string;
  readonly message: string;
  readonly onRetry?: () => void;
}

export function ErrorState({ title, message, onRetry }: ErrorStateProps) {
  return (
    <div className={classes(styles.state, styles.error)} role="alert">
      <span className={styles.icon}>
        <Icon name="alert" size={28} />
      </span>
      <h2>{title}</h2>
      <p>{message}</p>
      {onRetry !== undefined && (
        <Button onClick={onRetry}>
          <Icon name="refresh" size={18} />
          Try again
        </Button>
      )}
    </div>
  );
}

/** A grey placeholder for content that is loading. */
export function Skeleton({ className }: { readonly className: string | undefined }) {
  return <span className={classes(styles.skeleton, className)} aria-hidden="true" />;
}

export function Loading({ label, children }: { readonly label: string; readonly children: Elements }) {
  return (
    <div className={styles.loading} role="status">
      <span className="visually-hidden">{label}</span>
      {children}
    </div>
  );
}
