/** Provides the changes of status and owner, and what they ask the user. */
import { useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { useNavigate } from "@/lib/navigation";
import { LoadingDialog } from "@/components/LoadingDialog";
import type { Elements } from "@/components/Text";
import { useToasts } from "@/components/Toast";
import { useApi } from "@/lib/api/context";
import { describeError } from "@/lib/api/errors";
import { loadRoutes } from "@/lib/api/late";
import { lazyPart } from "@/lib/lazyPart";
import { loadTexts } from "@/i18n/translate";
import { LIMITS_MS, withDeadline } from "@/lib/limits";
import type { Chat } from "@/types/wire";
import { useInbox } from "@/features/inbox/context";
import type { StateAction } from "./stateActions";
import type { Deps, StateChanges } from "./stateChanges";
import { StatusContext, type OpenThread, type StatusActions, type StatusQuestion } from "./statusContext";

const StatusDialog = lazyPart(async () => (await import("./dialogs/StatusDialog")).StatusDialog, { Waiting: LoadingDialog });

type Changes = Pick<StateChanges, "run">;

/** With its texts and routes, which the first load does not have. */
async function loadChanges(deps: Deps): Promise<Changes> {
  const [{ StateChanges: Loaded }] = await withDeadline(LIMITS_MS.chunk, () => Promise.all([import("./stateChanges"), loadTexts(), loadRoutes()]));
  return new Loaded(deps);
}

function useRun(ask: (question: StatusQuestion) => void, thread: { readonly current: OpenThread | null }): StatusActions["run"] {
  const api = useApi();
  const { store, userId } = useInbox();
  const toasts = useToasts();
  const navigate = useNavigate();
  const client = useQueryClient();
  const loading = useRef<Promise<Changes> | null>(null);
  const [run] = useState(() => (chat: Chat, action: StateAction) => {
    const openChat = ({ account_id, id }: Chat) => navigate({ pathname: `/inbox/${account_id}/${id}`, search: window.location.search });
    loading.current ??= loadChanges({ client, api, store, userId, report: toasts.show, ask, openChat, thread: () => thread.current });
    loading.current.then(
      (changes) => changes.run(chat, action),
      (error: unknown) => {
        loading.current = null;
        toasts.show({ text: describeError(error) });
      },
    );
  });
  return run;
}

export function StatusProvider({ children }: { readonly children: Elements }) {
  const [question, ask] = useState<StatusQuestion | null>(null);
  const thread = useRef<OpenThread | null>(null);
  const run = useRun(ask, thread);
  const actions = useMemo((): StatusActions => {
    const follow = (followed: OpenThread) => {
      thread.current = followed;
      return () => {
        if (thread.current === followed) thread.current = null;
      };
    };
    return { run, ask, follow };
  }, [run]);
  return (
    <StatusContext value={actions}>
      {children}
      {question !== null && <StatusDialog question={question} onRun={run} onClose={() => ask(null)} />}
    </StatusContext>
  );
}
