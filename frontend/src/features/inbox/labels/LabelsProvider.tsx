/** Reads the labels once the list is shown, and provides them to rows, thread and details. */
import { useMemo } from "react";
import type { Elements } from "@/components/Text";
import { useCan } from "@/lib/rights";
import { useAfterPage } from "@/lib/useAfterPage";
import { useLabelList, usePrivateLabels } from "./labelQueries";
import { LabelsContext } from "./labelsContext";

export function LabelsProvider({ children }: { readonly children: Elements }) {
  const isAfter = useAfterPage();
  const can = useCan();
  const list = useLabelList(isAfter && can("read")).data;
  const rows = usePrivateLabels(isAfter && can("organise")).data;
  const labels = useMemo(
    () => ({
      byId: new Map((list ?? []).map((label) => [label.id, label])),
      privateOf: new Map((rows ?? []).map((row) => [row.chat_id, row.labels])),
    }),
    [list, rows],
  );
  return <LabelsContext value={labels}>{children}</LabelsContext>;
}
