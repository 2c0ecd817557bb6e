import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { ApiContext } from "@/lib/api/context";
import { ApiError } from "@/lib/api/errors";
import { createRoutes } from "@/lib/api/routes";
import { makeEntitlement } from "@/testing/factories";
import type { Limit } from "@/types/wire";
import { TeamPage } from "./TeamPage";

const ME = {
  user: { id: 1, email: "ada@example.com", name: "Ada", role: "owner" },
  permissions: ["see_people", "manage_people"],
  number_permissions: {},
  key: null,
} as const;

const SETTINGS = { answer_assigns: true, keep_archived: true };

function show(...seats: readonly Limit[]) {
  const api = createRoutes(() => Promise.reject(new Error("no network in tests")));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  vi.spyOn(api, "fetchMe").mockResolvedValue(ME);
  vi.spyOn(api, "listTeam").mockResolvedValue([]);
  vi.spyOn(api, "fetchTeamSettings").mockResolvedValue(SETTINGS);
  const plan = vi.spyOn(api, "listEntitlements");
  for (const now of seats) plan.mockResolvedValueOnce([makeEntitlement({ seats: now })]);
  const invite = vi.spyOn(api, "inviteUser");
  render(
    <QueryClientProvider client={client}>
      <ApiContext value={api}>
        <TeamPage />
      </ApiContext>
    </QueryClientProvider>,
  );
  return invite;
}

it("shows how many seats are taken", async () => {
  show({ allowed: 5, used: 4 });
  expect((await screen.findByTestId("seats")).textContent).toBe("4 of 5 seats");
  expect(screen.queryByText(/All seats/)).toBeNull();
});

it("hides seats without a limit", async () => {
  show({ allowed: null, used: 4 });
  expect(await screen.findByTestId("invite-email")).toBeTruthy();
  expect(screen.queryByTestId("seats")).toBeNull();
});

it("reports that no seat is left, with the server's sentence", async () => {
  const invite = show({ allowed: 5, used: 4 }, { allowed: 5, used: 5 });
  const message = "The team's plan includes 5 people, and 5 are there.";
  invite.mockRejectedValue(new ApiError(402, { code: "plan_limit", message, fields: {}, requestId: null }));
  await userEvent.type(await screen.findByTestId("invite-email"), "eva@example.com{Enter}");
  expect(await screen.findByText(message)).toBeTruthy();
  expect(await screen.findByText("5 of 5 seats")).toBeTruthy();
  // The input is kept for when a seat is free.
  expect(screen.getByTestId("invite-email")).toHaveProperty("value", "eva@example.com");
});

it("warns before an invitation when all seats are taken", async () => {
  show({ allowed: 1, used: 1 });
  expect(await screen.findByText(/All seats are taken/)).toBeTruthy();
  expect(screen.getByText("1 of 1 seat")).toBeTruthy();
});
