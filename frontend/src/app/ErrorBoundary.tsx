/** Catches rendering errors anywhere in the page and offers to reload. */
import { Component, type ReactNode } from "react";
import { ErrorState } from "@/components/States";

interface Props {
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <ErrorState
        title="Something went wrong on this page"
        message="Your messages are safe on the server. Reloading the page usually helps."
        onRetry={() => window.location.reload()}
      />
    );
  }
}
