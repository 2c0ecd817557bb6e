/** Shows the exports of whatever somebody asks for, above what they are looking at. */
import { useState } from "react";
import { type Elements } from "@/components/Text";
import { ExportingContext, type ExportRequest } from "@/lib/exporting";
import { Exports } from "./Exports";

export function ExportsProvider({ children }: { readonly children: Elements }) {
  const [request, setRequest] = useState<ExportRequest | null>(null);
  return (
    <ExportingContext value={setRequest}>
      {children}
      {request !== null && <Exports {...request} onClose={() => setRequest(null)} />}
    </ExportingContext>
  );
}
