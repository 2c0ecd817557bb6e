/** How many seats of the plan are taken. */
import { Notice } from "@/components/Notice";
import { t } from "@/i18n/translate";
import { READ_WHEN_OPENED } from "@/lib/opened";
import { useEntitlements } from "@/lib/usage";
import type { Limit } from "@/types/wire";

export function useSeats(): Limit | undefined {
  return useEntitlements(READ_WHEN_OPENED).data?.[0]?.seats;
}

/** Not shown without a limit. */
export function SeatsTaken() {
  const seats = useSeats();
  if (seats === undefined || seats.allowed === null) return null;
  return (
    <p className="muted" data-testid="seats">
      {t("team.seats", { used: seats.used, allowed: seats.allowed })}
    </p>
  );
}

export function NoSeatNotice() {
  const seats = useSeats();
  if (seats === undefined || seats.allowed === null || seats.used < seats.allowed) return null;
  return <Notice tone="info">{t("team.seats.full")}</Notice>;
}
