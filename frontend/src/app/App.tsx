/** Assembles the app: session, query cache, live updates, pages. */
import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { SessionContext } from "@/features/session/context";
import { Session } from "@/features/session/session";
import { retryPassing } from "@/lib/api/errors";
import { openChannel } from "@/lib/channel";
import { CommandProvider } from "@/lib/commands/context";
import { CachedQueries } from "@/lib/queryClient";
import { ErrorBoundary } from "./ErrorBoundary";
import { Pages } from "./Pages";

const MAX_RETRIES = 2;

function createQueryClient(): QueryClient {
  return new CachedQueries({
    defaultOptions: {
      // navigator.onLine may be wrong; a paused query would show nothing and report nothing.
      mutations: { networkMode: "always" },
      queries: {
        networkMode: "always",
        refetchOnReconnect: true,
        refetchOnWindowFocus: false,
        // Errors that a retry cannot fix are shown immediately.
        retry: retryPassing(MAX_RETRIES),
      },
    },
  });
}

export function App() {
  const [session] = useState(() => new Session(undefined, openChannel));
  const [client] = useState(createQueryClient);
  useEffect(() => {
    if (session.state.status === "restoring") void session.restore();
  }, [session]);
  useEffect(
    () =>
      session.subscribe(() => {
        // No cached data of one user may be shown to the next.
        if (session.state.status === "signed-out") client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "config" });
      }),
    [session, client],
  );
  return (
    <ErrorBoundary>
      <SessionContext value={session}>
        <QueryClientProvider client={client}>
          <CommandProvider>
            <Pages />
          </CommandProvider>
        </QueryClientProvider>
      </SessionContext>
    </ErrorBoundary>
  );
}
