/** For a signed-in user: provides the API routes and the socket's feed, which is loaded after the first page. */
import { useState } from "react";
import type { Elements } from "@/components/Text";
import { InboxProvider } from "@/features/inbox/InboxProvider";
import { useSession } from "@/features/session/context";
import { createSend } from "@/lib/api/client";
import { ApiContext } from "@/lib/api/context";
import { withFirst } from "@/lib/api/first";
import { createApi } from "@/lib/api/late";
import { lazyPart } from "@/lib/lazyPart";
import { FeedContext } from "@/lib/socket/context";
import { LateFeed } from "@/lib/socket/lateFeed";
import type { User } from "@/types/wire";

const Live = lazyPart(async () => (await import("./Live")).Live, { preloading: "page", isExtra: true });

interface LiveProviderProps {
  readonly user: User;
  readonly mediaKey: string;
  readonly children: Elements;
}

export function LiveProvider({ user, mediaKey, children }: LiveProviderProps) {
  const session = useSession();
  const [api] = useState(() => createApi(withFirst(createSend({ token: () => session.token, renew: () => session.renew() }), user.id), mediaKey));
  const [feed] = useState(() => new LateFeed());
  return (
    <ApiContext value={api}>
      <FeedContext value={feed}>
        <InboxProvider userId={user.id}>
          {children}
          <Live feed={feed} userId={user.id} />
        </InboxProvider>
      </FeedContext>
    </ApiContext>
  );
}
