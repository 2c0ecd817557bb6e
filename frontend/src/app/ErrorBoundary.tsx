/** Catches rendering errors anywhere in the page and offers to reload. */
import { Component, type ReactNode } from "react";
import { ErrorState } from "@/components/States";
import { t } from "@/i18n/translate";
import { removeFrame } from "./frame";

interface Props {
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override componentDidCatch() {
    removeFrame();
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <ErrorState
        title={t("app.error.title")}
        message={t("app.error.text")}
        retryLabel={t("app.error.reload")}
        onRetry={() => window.location.reload()}
      />
    );
  }
}
