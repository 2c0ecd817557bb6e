/** The progress of running account erasures. */
import { Notice } from "@/components/Notice";
import { t } from "@/i18n/translate";
import type { AccountErasure } from "@/types/wire";
import { useErasures } from "./erasures";

export function Erasures() {
  return useErasures().map((erasure) => (
    <Notice key={erasure.id} tone="info">
      <span role="status" data-testid="erasure">{describe(erasure)}</span>
    </Notice>
  ));
}

function describe({ messages, unlinked }: AccountErasure): string {
  const progress = t("numbers.deleting", { count: messages });
  return unlinked ? progress : `${progress}. ${t("numbers.deleting.waiting")}`;
}
