/** Shows the exports of whatever somebody asks for, above what they are looking at. */
import { useState, type ReactNode } from "react";
import { ExportingContext, type ExportWish } from "@/lib/exporting";
import { Exports } from "./Exports";

export function ExportsProvider({ children }: { readonly children: ReactNode }) {
  const [wish, setWish] = useState<ExportWish | null>(null);
  return (
    <ExportingContext value={setWish}>
      {children}
      {wish !== null && <Exports {...wish} onClose={() => setWish(null)} />}
    </ExportingContext>
  );
}
