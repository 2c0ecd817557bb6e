/** Numbers that were connected on UniPile's page and cannot be had: says why, on whatever page one is, until it is read. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconButton } from "@/components/Button";
import { Icon } from "@/components/Icon";
import { useApi } from "@/lib/api/context";
import type { Refusal } from "@/lib/api/refusals";
import { useCan } from "@/lib/rights";
import { isRecord } from "@/lib/socket/frames";
import { useConnectionState, useFeedListener } from "@/lib/socket/context";
import "./connections.css";

const REFUSALS_KEY = ["refusals"] as const;

function readRefusal(data: unknown): Refusal | null {
  if (!isRecord(data) || !isRecord(data.error)) return null;
  const { id, phone, error } = data;
  if (typeof id !== "number" || typeof error.message !== "string") return null;
  return { id, phone: typeof phone === "string" ? phone : null, error: { message: error.message } };
}

/** Those that nobody has read: heard as they come, and asked for whenever the socket is there again. */
function useRefusals() {
  const [api, client] = [useApi(), useQueryClient()];
  const mayConnect = useCan()("connect_number");
  const isLive = useConnectionState() === "live";
  const { data } = useQuery({
    queryKey: REFUSALS_KEY,
    queryFn: ({ signal }) => api.listRefusals(signal),
    enabled: mayConnect && isLive,
  });
  const put = (change: (known: readonly Refusal[]) => readonly Refusal[]) =>
    client.setQueryData<readonly Refusal[]>(REFUSALS_KEY, (known = []) => change(known));
  useFeedListener({
    onChange: (event, told) => {
      const refusal = event === "account:refused" ? readRefusal(told) : null;
      if (refusal === null) return;
      put((known) => [refusal, ...known.filter(({ id }) => id !== refusal.id)]);
      // An answer that is under way was written before.
      void client.invalidateQueries({ queryKey: REFUSALS_KEY });
    },
  });
  const dismiss = async (refusalId: number) => {
    await client.cancelQueries({ queryKey: REFUSALS_KEY });
    put((known) => known.filter(({ id }) => id !== refusalId));
    // One that the server did not hear of is shown again: better twice than never.
    await api.dismissRefusal(refusalId).catch(() => undefined);
  };
  return { refusals: data ?? [], dismiss };
}

export function RefusedBanner() {
  const { refusals, dismiss } = useRefusals();
  return (
    <div role="status">
      {refusals.map(({ id, phone, error }) => (
        <div key={id} className="refused-banner" data-testid="refused-banner">
          <p>{`${phone ?? "The number"} was not connected. ${error.message}`}</p>
          <IconButton label="Dismiss" onClick={() => void dismiss(id)}>
            <Icon name="close" size={16} />
          </IconButton>
        </div>
      ))}
    </div>
  );
}
