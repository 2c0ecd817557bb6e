/** The page for unknown addresses. */
import { MissingState } from "@/components/MissingState";

export function NotFoundPage() {
  return <MissingState title="Page not found">The link may be out of date or incomplete.</MissingState>;
}
