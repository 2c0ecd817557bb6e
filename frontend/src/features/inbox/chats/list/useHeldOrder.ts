/** The rows to show: sorted, or in the order that is held. */
import { useState } from "react";
import { useInboxSnapshot } from "@/features/inbox/context";
import { countWaiting, nextStep, type HeldOrder, type Sorted } from "./heldOrder";

export function useHeldOrder(sorted: Sorted, isHeld: boolean) {
  const { ownMoves } = useInboxSnapshot();
  const [order, setOrder] = useState<HeldOrder | null>(null);
  const step = nextStep(order, sorted, isHeld, ownMoves);
  if (step.order !== order) setOrder(step.order);
  return { rows: step.rows, waiting: countWaiting(step.order, sorted) };
}
