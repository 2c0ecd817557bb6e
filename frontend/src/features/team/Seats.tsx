/** How many seats of the plan are taken. */
import { Notice } from "@/components/Notice";
import { useEntitlements } from "@/lib/usage";
import type { Limit } from "@/types/wire";

export function useSeats(): Limit | undefined {
  return useEntitlements().data?.[0]?.seats;
}

/** Not shown without a limit. */
export function SeatsTaken() {
  const seats = useSeats();
  if (seats === undefined || seats.allowed === null) return null;
  return (
    <p className="muted" data-testid="seats">
      {`${seats.used} of ${seats.allowed === 1 ? "1 seat" : `${seats.allowed} seats`}`}
    </p>
  );
}

export function NoSeatNotice() {
  const seats = useSeats();
  if (seats === undefined || seats.allowed === null || seats.used < seats.allowed) return null;
  return <Notice tone="info">All seats of your plan are taken. Disable a user, or ask for a larger plan.</Notice>;
}
