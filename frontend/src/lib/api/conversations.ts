/** The routes for the status and the owner of chats, what users did with them, and teams. */
import type { Activity, AssignmentMode, Chat, Conversation, Page, Team } from "@/types/wire";
import type { Send } from "./client";

const chatPath = ({ account_id, id }: ChatRef) => `/api/channels/whatsapp/${account_id}/chats/${id}`;

type ChatRef = Pick<Chat, "account_id" | "id">;

/** What the user had seen: a change of what is newer is refused. */
interface Guard {
  readonly state_seq?: number;
}

export interface StatusBody extends Guard {
  readonly status: Chat["status"];
  readonly until?: string;
  readonly wake_on_message?: boolean;
  readonly category?: string;
  /** Stored with the change, for colleagues; its id makes it one note, however often it is sent. */
  readonly note?: { readonly text: string; readonly client_id: string };
  readonly seen_seq?: number;
}

export interface OwnerBody extends Guard {
  readonly user_id: number | null;
  readonly team_id: number | null;
}

export interface TeamBody {
  readonly name?: string;
  readonly user_ids?: readonly number[];
  /** Null: as each number does. */
  readonly assignment_mode?: AssignmentMode | null;
}

interface Availability {
  readonly away_since: string | null;
}

export interface TeamSettings {
  readonly answer_assigns: boolean;
}

export function conversationRoutes(signed: Send) {
  const put = async (path: string, body: StatusBody | OwnerBody) => (await signed<{ chat: Chat }>(path, { method: "PUT", body })).chat;
  return {
    setStatus: (chat: ChatRef, body: StatusBody) => put(`${chatPath(chat)}/status`, body),

    setAssignee: (chat: ChatRef, body: OwnerBody) => put(`${chatPath(chat)}/assignee`, body),

    listActivities: (chat: ChatRef, cursor: string | null, limit: number, signal?: AbortSignal) => {
      const query = new URLSearchParams({ limit: String(limit), ...(cursor === null ? {} : { cursor }) });
      return signed<Page<Activity>>(`${chatPath(chat)}/activities?${query.toString()}`, { signal });
    },

    /** The newest ones. */
    listConversations: async (chat: ChatRef, limit: number, signal?: AbortSignal) =>
      (await signed<Page<Conversation>>(`${chatPath(chat)}/conversations?limit=${limit}`, { signal })).items,

    fetchAwaySince: async (signal?: AbortSignal) => (await signed<Availability>("/api/availability", { signal })).away_since,

    /** Who goes away gives back their chats that are not closed. */
    setAway: async (away: boolean) => (await signed<Availability>("/api/availability", { method: "PUT", body: { away } })).away_since,

    createTeam: async (body: Required<TeamBody>) => (await signed<{ team: Team }>("/api/teams", { method: "POST", body })).team,

    changeTeam: async (teamId: number, body: TeamBody) => (await signed<{ team: Team }>(`/api/teams/${teamId}`, { method: "PATCH", body })).team,

    deleteTeam: (teamId: number) => signed<undefined>(`/api/teams/${teamId}`, { method: "DELETE" }),

    fetchTeamSettings: async (signal?: AbortSignal) => (await signed<{ settings: TeamSettings }>("/api/team-settings", { signal })).settings,

    changeTeamSettings: async (body: TeamSettings) =>
      (await signed<{ settings: TeamSettings }>("/api/team-settings", { method: "PATCH", body })).settings,

    listTeams: async (signal?: AbortSignal) => (await signed<{ items: readonly Team[] }>("/api/teams", { signal })).items,
  };
}
