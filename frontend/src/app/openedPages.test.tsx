/** A page that is opened again shows what was read last, and reads it again: what was done elsewhere moves its values. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, waitFor } from "@testing-library/react";
import type { ReactElement } from "react";
import { expect, it } from "vitest";
import { ToastProvider } from "@/components/Toast";
import { ConnectionsPage } from "@/features/connections/ConnectionsPage";
import { ContactsPage } from "@/features/inbox/contacts/ContactsPage";
import { LabelsPage } from "@/features/inbox/labels/LabelsPage";
import { PlannedPage } from "@/features/inbox/planned/PlannedPage";
import { ViewsPage } from "@/features/inbox/views/ViewsPage";
import { RepliesPage } from "@/features/replies/RepliesPage";
import { MacrosPage } from "@/features/rules/MacrosPage";
import { RulesPage } from "@/features/rules/RulesPage";
import { TargetsPage } from "@/features/rules/targets/TargetsPage";
import { TeamPage } from "@/features/team/TeamPage";
import { UsagePage } from "@/features/usage/UsagePage";
import type { Send } from "@/lib/api/client";
import { ApiContext } from "@/lib/api/context";
import { createRoutes } from "@/lib/api/routes";
import { FeedContext } from "@/lib/socket/context";
import { makeEntitlement } from "@/testing/factories";
import { makeFeed } from "@/testing/fakeFeed";

const ME = { user: { id: 1, email: "ada@example.com", name: "Ada", role: "owner" }, permissions: ["read", "see_people", "manage_people", "organise", "see_reports"], number_permissions: {}, key: null };
const ANSWERS: Readonly<Record<string, unknown>> = {
  "/api/auth/me": ME,
  "/api/entitlements": { items: [makeEntitlement()] },
  "/api/team-settings": { settings: { answer_assigns: true, keep_archived: true } },
};
const EMPTY = { items: [], next_cursor: null, total: { asked: 0, answered: 0, scores: [] }, users: [], accounts: [] };

/** A signed-in user, whose requests are counted. */
function makeApp() {
  const asked: string[] = [];
  const send: Send = (path) => {
    const [route = ""] = path.split("?");
    asked.push(route);
    return Promise.resolve((ANSWERS[route] ?? EMPTY) as never);
  };
  const [api, client] = [createRoutes(send), new QueryClient({ defaultOptions: { queries: { retry: false } } })];
  const { feed } = makeFeed();
  const open = (page: ReactElement) =>
    render(
      <QueryClientProvider client={client}>
        <ApiContext value={api}>
          <FeedContext value={feed}>
            <ToastProvider>{page}</ToastProvider>
          </FeedContext>
        </ApiContext>
      </QueryClientProvider>,
    );
  const settle = () => waitFor(() => expect(client.isFetching()).toBe(0));
  return { asked, open, settle };
}

it.each<[string, ReactElement, string]>([
  ["labels", <LabelsPage />, "/api/labels"],
  ["canned replies", <RepliesPage />, "/api/replies"],
  ["macros", <MacrosPage />, "/api/macros"],
  ["rules", <RulesPage />, "/api/rules"],
  ["targets", <TargetsPage />, "/api/targets"],
  ["views", <ViewsPage />, "/api/views"],
  ["team", <TeamPage />, "/api/entitlements"],
  ["usage", <UsagePage />, "/api/entitlements"],
  ["usage", <UsagePage />, "/api/usage"],
  ["numbers", <ConnectionsPage />, "/api/channels/whatsapp/accounts"],
  ["contacts", <ContactsPage />, "/api/channels/whatsapp/contacts"],
  ["planned", <PlannedPage />, "/api/channels/whatsapp/planned"],
])("%s", async (_, page, route) => {
  const { asked, open, settle } = makeApp();
  const first = open(page);
  await waitFor(() => expect(asked).toContain(route));
  await settle();
  first.unmount();
  asked.length = 0;
  open(page);
  await waitFor(() => expect(asked).toContain(route));
});
