/** The progress of running account erasures. */
import { Notice } from "@/components/Notice";
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
  const count = messages === 1 ? "1 message" : `${messages.toLocaleString()} messages`;
  const removed = `A number is being erased: ${count} removed so far.`;
  return unlinked ? removed : `${removed} WhatsApp’s gateway has not released it yet; we retry every minute.`;
}
