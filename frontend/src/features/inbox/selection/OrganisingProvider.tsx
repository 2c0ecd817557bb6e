/** Keeps the selection of the list, and shows the labels to choose for one chat or for the selected ones. */
import { useMemo, useState } from "react";
import type { Elements } from "@/components/Text";
import { LoadingDialog } from "@/components/LoadingDialog";
import { lazyPart } from "@/lib/lazyPart";
import type { Chat } from "@/types/wire";
import { LabelsProvider } from "@/features/inbox/labels/LabelsProvider";
import { Selection } from "./selection";
import { OrganisingContext } from "./selectionContext";

const ChatLabelPicker = lazyPart(async () => (await import("./ChatLabelPicker")).ChatLabelPicker, { Waiting: LoadingDialog });

export function OrganisingProvider({ children }: { readonly children: Elements }) {
  const [selection] = useState(() => new Selection());
  const [picking, setPicking] = useState<readonly Chat[] | null>(null);
  const organising = useMemo(() => ({ selection, pickLabels: setPicking }), [selection]);
  return (
    <LabelsProvider>
      <OrganisingContext value={organising}>
        <>{children}</>
        {picking === null ? <></> : <ChatLabelPicker chats={picking} onClose={() => setPicking(null)} />}
      </OrganisingContext>
    </LabelsProvider>
  );
}
