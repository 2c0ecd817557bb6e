/** How chats without an owner are handed out, and how many each user has. */
import { queryOptions } from "@tanstack/react-query";
import type { MessageId } from "@/i18n/ids";
import { t } from "@/i18n/translate";
import type { Api } from "@/lib/api/routes";
import type { AssignmentMode, Load } from "@/types/wire";

const MODES: readonly AssignmentMode[] = ["manual", "round_robin", "balanced"];

/** The highest limit of open chats. */
export const MOST_CHATS = 1000;

const NAMES: Readonly<Record<AssignmentMode, MessageId>> = {
  manual: "assigning.manual",
  round_robin: "assigning.round_robin",
  balanced: "assigning.balanced",
};

/** The modes with their names, as options of a list. */
export const listModes = (): readonly (readonly [mode: AssignmentMode, name: string])[] => MODES.map((mode) => [mode, t(NAMES[mode])] as const);

export const readMode = (value: string): AssignmentMode | null => MODES.find((mode) => mode === value) ?? null;

export const loadsQuery = (api: Api, accountId: number) =>
  queryOptions({
    queryKey: ["loads", accountId] as const,
    queryFn: ({ signal }) => api.listLoads(accountId, signal),
    // Whenever it is shown: others work meanwhile.
    staleTime: 0,
  });

/** "3/5 · 7/20": of the limit in this number, and of the user's own in all; without limits how many are open. */
export function describeLoad({ open_chats, all_open_chats, chat_limit }: Load, numberLimit: number | null): string {
  const here = numberLimit === null ? [] : [`${open_chats}/${numberLimit}`];
  const everywhere = chat_limit === null ? [] : [`${all_open_chats}/${chat_limit}`];
  const limited = [...here, ...everywhere];
  return limited.length === 0 ? t("assigning.open", { count: all_open_chats }) : limited.join(" · ");
}
