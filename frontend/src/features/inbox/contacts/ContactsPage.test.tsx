import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Switch } from "@/lib/navigation";
import { At } from "@/testing/At";
import { expect, it, vi } from "vitest";
import { ToastProvider } from "@/components/Toast";
import { ACCOUNTS_KEY } from "@/lib/accounts";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import type { Request } from "@/lib/api/client";
import { createRoutes } from "@/lib/api/routes";
import { ME_KEY } from "@/lib/rights";
import { FeedContext } from "@/lib/socket/context";
import type { Feed } from "@/lib/socket/feed";
import { makeAccount, makeMe } from "@/testing/factories";
import type { ContactField, ContactRecord } from "@/types/wire";
import { ContactsPage } from "./ContactsPage";

const TIMES = { created_at: "2026-03-02T09:00:00.000Z", updated_at: "2026-03-02T09:00:00.000Z" };
const BIA: ContactRecord = {
  id: 3, account_id: 1, provider_id: "p1", provider_ids: ["p1"], name: "Bia Lima", own_name: null, whatsapp_name: "Bia Lima", username: null,
  phone: "+5511966660000", avatar: null, fields: { "1": "Porto", "2": 7 }, labels: [], merged_into: null, merged: [], seq: 4, chat_id: 10, ...TIMES,
};
const ZED: ContactRecord = { ...BIA, id: 4, name: null, whatsapp_name: null, username: "zed.77", phone: null, fields: {}, chat_id: null };
const FIELDS: readonly ContactField[] = [
  { id: 1, name: "City", kind: "text", options: [], created_at: TIMES.created_at },
  { id: 2, name: "Visits", kind: "number", options: [], created_at: TIMES.created_at },
];

function answer(path: string): unknown {
  if (path.startsWith("/api/channels/whatsapp/contacts?")) return { items: path.includes("q=zed") ? [ZED] : [BIA, ZED], next_cursor: null };
  if (path === "/api/contact-fields") return { items: FIELDS };
  if (path.endsWith("/chats") || path === "/api/labels") return { items: [] };
  return { contact: path.endsWith("/4") ? ZED : BIA };
}

function show(role: "agent" | "viewer" = "agent") {
  const send = vi.fn((path: string, request: Request = {}) => Promise.resolve(request.method === undefined ? answer(path) : { contact: { ...BIA, seq: 5 } }));
  const api = createRoutes(send as Parameters<typeof createRoutes>[0]);
  const client = new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: Infinity } } });
  client.setQueryData(ACCOUNTS_KEY, [makeAccount({ role, payer_id: 99 })]);
  client.setQueryData(ME_KEY, makeMe());
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <FeedContext value={{ state: "live", listen: () => () => undefined } as unknown as Feed}>
          <ToastProvider>
            <At path="/contacts">
              <Switch>
                <Route path="/contacts"><ContactsPage /></Route>
                <Route path="/contacts/:accountId/:contactId"><ContactsPage /></Route>
              </Switch>
            </At>
          </ToastProvider>
        </FeedContext>
      </ApiContext>
    </QueryClientProvider>,
  );
  return send;
}

const rows = async () => (await screen.findAllByTestId("contact-row")).map(({ textContent }) => textContent);

it("lists contacts, those without a phone by their username, and searches", async () => {
  show();
  expect(await rows()).toEqual([expect.stringContaining("Bia Lima"), expect.stringContaining("@zed.77")]);
  await userEvent.type(screen.getByTestId("contacts-search"), "zed");
  await vi.waitFor(async () => expect(await rows()).toHaveLength(1));
});

it("changes only what was edited", async () => {
  const send = show();
  await userEvent.click((await screen.findAllByTestId("contact-row"))[0] ?? document.body);
  const record = await screen.findByTestId("contact-record");
  expect(within(record).getAllByTestId("contact-value").map(({ textContent }) => textContent)).toEqual(["CityPorto", "Visits7"]);
  await userEvent.click(screen.getByTestId("contact-edit"));
  const [city] = screen.getAllByTestId("contact-field");
  await userEvent.clear(city ?? document.body);
  await userEvent.type(screen.getByTestId("contact-own-name"), "Bia B.");
  await userEvent.click(screen.getByTestId("contact-save"));
  await vi.waitFor(() => expect(screen.queryByTestId("contact-form")).toBeNull());
  expect(send).toHaveBeenCalledWith("/api/channels/whatsapp/1/contacts/3", { method: "PATCH", body: { own_name: "Bia B.", fields: { "1": null } } });
});

it("shows the server's reason at the field it is about", async () => {
  const send = show();
  await userEvent.click((await screen.findAllByTestId("contact-row"))[0] ?? document.body);
  await userEvent.click(await screen.findByTestId("contact-edit"));
  send.mockRejectedValue(new ApiError(422, { code: "invalid", message: "Some fields are invalid.", fields: { "fields.2": ["Must be a number."] }, requestId: null }));
  await userEvent.type(screen.getAllByTestId("contact-field")[1] ?? document.body, "x");
  await userEvent.click(screen.getByTestId("contact-save"));
  expect(await screen.findByText("Must be a number.")).toBeTruthy();
  expect(screen.queryByText("Some fields are invalid.")).toBeNull();
});

it("offers a viewer of the number nothing to change", async () => {
  show("viewer");
  await userEvent.click((await screen.findAllByTestId("contact-row"))[0] ?? document.body);
  expect(await screen.findByTestId("contact-record")).toBeTruthy();
  expect(screen.queryByTestId("contact-edit")).toBeNull();
});

it("merges a contact and undoes it from the toast", async () => {
  const send = show();
  await userEvent.click((await screen.findAllByTestId("contact-row"))[0] ?? document.body);
  await userEvent.click(await screen.findByTestId("contact-merge"));
  await userEvent.click(await screen.findByTestId("contact-merge-with"));
  expect(send).toHaveBeenCalledWith("/api/channels/whatsapp/1/contacts/3/merge", { method: "POST", body: { contact_id: 4 } });
  await vi.waitFor(() => expect(screen.getByTestId("toast").textContent).toContain("@zed.77"));
  await userEvent.click(screen.getByTestId("toast-action"));
  await vi.waitFor(() => expect(send).toHaveBeenCalledWith("/api/channels/whatsapp/1/contacts/4/merge", { method: "DELETE" }));
});
