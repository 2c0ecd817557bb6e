/** Empty, error and loading states. */
import type { ReactNode } from "react";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";
import { type Elements } from "./Text";
import "./states.css";

interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: Elements;
}

export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="state">
      <span className="state-icon">
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
    <div className="state state-error" role="alert">
      <span className="state-icon">
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
export function Skeleton({ className }: { readonly className: string }) {
  return <span className={`skeleton ${className}`} aria-hidden="true" />;
}

export function Loading({ label, children }: { readonly label: string; readonly children: Elements }) {
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">{label}</span>
      {children}
    </div>
  );
}
