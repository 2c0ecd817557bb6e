/** For an address that leads nowhere. */
import { Link } from "react-router";
import { EmptyState } from "@/components/States";

export function NotFoundPage() {
  return (
    <EmptyState
      icon="chat"
      title="There is nothing at this address"
      action={
        <Link className="button button-primary" to="/inbox">
          Go to the inbox
        </Link>
      }
    >
      The link may be old, or a letter went missing on the way.
    </EmptyState>
  );
}
