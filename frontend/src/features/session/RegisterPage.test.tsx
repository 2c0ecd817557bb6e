import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Switch } from "@/lib/navigation";
import { At } from "@/testing/At";
import { beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/lib/api/errors";
import { makeConfig, makeSignedIn } from "@/testing/factories";
import { SessionContext } from "./context";
import { RegisterPage } from "./RegisterPage";
import { Session } from "./session";

const register = vi.hoisted(() => vi.fn());
vi.mock(import("@/lib/api/users"), async (load) => ({ ...(await load()), register }));

const SIGNED_IN = makeSignedIn({ expires_at: "2100-01-01T00:00:00.000Z" });

beforeEach(() => {
  register.mockReset();
});

function show(open_registration = true) {
  const client = new QueryClient();
  client.setQueryData(["config"], makeConfig({ open_registration }));
  const session = new Session({ login: vi.fn(), refresh: vi.fn(), logout: vi.fn() });
  render(
    <SessionContext value={session}>
      <QueryClientProvider client={client}>
        <At path="/register">
          <Switch>
            <Route path="/register"><RegisterPage /></Route>
            <Route path="/login"><p>The login page</p></Route>
          </Switch>
        </At>
      </QueryClientProvider>
    </SessionContext>,
  );
  return session;
}

async function fillIn() {
  await userEvent.type(screen.getByLabelText("Your name"), "Eva ");
  await userEvent.type(screen.getByLabelText("Email"), "eva@example.com");
  await userEvent.type(screen.getByLabelText(/^Password/), "correct horse battery{Enter}");
}

function reject(status: number, code: string, message: string, fields: Record<string, string[]> = {}) {
  register.mockRejectedValue(new ApiError(status, { code, message, fields, requestId: null }));
}

it("creates a user and signs in", async () => {
  register.mockResolvedValue(SIGNED_IN);
  const session = show();
  await fillIn();
  expect(register).toHaveBeenCalledWith({ name: "Eva", email: "eva@example.com", password: "correct horse battery" });
  expect(session.state.status).toBe("signed-in");
});

it("is not available where users are invited", () => {
  show(false);
  expect(screen.getByText("The login page")).toBeTruthy();
});

it.each([
  ["an address in use", 409, "conflict", "This email is already in use.", {}, "Email"],
  ["a password that is too short", 422, "invalid", "Some fields are not valid.", { password: ["Too short."] }, /^Password/],
] as const)("reports %s beside its field, and focuses it", async (_, status, code, message, fields, label) => {
  reject(status, code, message, fields as unknown as Record<string, string[]>);
  show();
  await fillIn();
  const field = await screen.findByLabelText(label);
  expect(field.getAttribute("aria-invalid")).toBe("true");
  const described = document.getElementById(field.getAttribute("aria-describedby") ?? "");
  expect(described?.textContent).toBe(status === 409 ? message : "Too short.");
  expect(document.activeElement).toBe(field);
});

it("reports that no seat is left, and keeps the input", async () => {
  reject(402, "plan_limit", "The team's plan includes 5 people, and 5 are there.");
  show();
  await fillIn();
  expect(await screen.findByText(/includes 5 people/)).toBeTruthy();
  expect(screen.getByLabelText("Email")).toHaveProperty("value", "eva@example.com");
  expect(screen.getByTestId("register-submit")).toHaveProperty("disabled", false);
});
