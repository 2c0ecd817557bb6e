/**
 * Opens the exports dialog over the current page. The dialog is used by connections and inbox, which features may not
 * import from each other; they open it through `lib/exporting`.
 */
import { useState } from "react";
import { type Elements } from "@/components/Text";
import { ExportingContext, type ExportRequest } from "@/lib/exporting";
import { lazyPart } from "@/lib/lazyPart";

const Exports = lazyPart(async () => (await import("./Exports")).Exports, { isExtra: true });

export function ExportsProvider({ children }: { readonly children: Elements }) {
  const [request, setRequest] = useState<ExportRequest | null>(null);
  return (
    <ExportingContext value={setRequest}>
      {children}
      {request !== null && <Exports {...request} onClose={() => setRequest(null)} />}
    </ExportingContext>
  );
}
