/** The names of what an entry of the audit log is about; internal ids are not shown. */
import { nameAccount, useAccounts } from "@/lib/accounts";
import { useTeam } from "@/lib/team";
import type { AuditLine } from "@/types/wire";

export type NameTarget = (line: Pick<AuditLine, "target_kind" | "target_id">) => string | null;

/** Null for what was deleted, or is not among the user's own numbers. */
export function useTargetNames(): NameTarget {
  const accounts = useAccounts().data;
  const team = useTeam().data;
  return ({ target_kind, target_id }) => {
    const isTarget = ({ id }: { readonly id: number }) => String(id) === target_id;
    if (target_kind === "user") return team?.find(isTarget)?.name ?? null;
    const account = target_kind === "account" ? accounts?.find(isTarget) : undefined;
    return account === undefined ? null : nameAccount(account);
  };
}
