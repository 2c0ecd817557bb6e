import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { createRoutes } from "@/lib/api/routes";
import { TeamSettings } from "./TeamSettings";

const ON = { answer_assigns: true, keep_archived: true };

function show(...permissions: readonly string[]) {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const user = { id: 1, email: "ada@example.com", name: "Ada", role: "owner" } as const;
  vi.spyOn(api, "fetchMe").mockResolvedValue({ user, permissions, number_permissions: {}, key: null });
  vi.spyOn(api, "fetchTeamSettings").mockResolvedValue(ON);
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <TeamSettings />
      </ApiContext>
    </QueryClientProvider>,
  );
  return vi.spyOn(api, "changeTeamSettings");
}

const keepArchived = () => screen.findByTestId<HTMLInputElement>("team-setting-keep_archived");

it("changes one setting and shows it at once", async () => {
  const change = show("see_people", "manage_people");
  change.mockReturnValue(new Promise(() => undefined));
  await userEvent.click(await keepArchived());
  expect((await keepArchived()).checked).toBe(false);
  expect(change.mock.calls).toEqual([[{ keep_archived: false }]]);
});

it("shows what was refused, and the setting as it is", async () => {
  const change = show("see_people", "manage_people");
  change.mockRejectedValue(new Error("no network in tests"));
  await userEvent.click(await keepArchived());
  expect(await screen.findByText(/went wrong|no network/i)).toBeTruthy();
  expect((await keepArchived()).checked).toBe(true);
});

it("is only shown to users who may not change it", async () => {
  show("see_people");
  expect((await keepArchived()).disabled).toBe(true);
});
