/** Shows the exports of whatever somebody asks for, above what they are looking at. */
import { useState } from "react";
import { type Elements } from "@/components/Text";
import { ExportingContext, type ExportWish } from "@/lib/exporting";
import { Exports } from "./Exports";

export function ExportsProvider({ children }: { readonly children: Elements }) {
  const [wish, setWish] = useState<ExportWish | null>(null);
  return (
    <ExportingContext value={setWish}>
      {children}
      {wish !== null && <Exports {...wish} onClose={() => setWish(null)} />}
    </ExportingContext>
  );
}
