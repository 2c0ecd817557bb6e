import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { At } from "@/testing/At";
import { beforeEach, expect, it, vi } from "vitest";
import { ApiError, unreachable } from "@/lib/api/errors";
import { makeConfig, makeSignedIn } from "@/testing/factories";
import type { Config } from "@/types/wire";
import { SessionContext } from "./context";
import { LoginPage } from "./LoginPage";
import { Session } from "./session";

const SIGNED_IN = makeSignedIn({ expires_at: "2100-01-01T00:00:00.000Z" });
const routes = { login: vi.fn(), refresh: vi.fn(), logout: vi.fn() };

beforeEach(() => {
  for (const route of Object.values(routes)) route.mockReset();
  routes.login.mockResolvedValue(SIGNED_IN);
});

function show(demo: Config["demo"] = null, open_registration = false, forgot_password = false) {
  const config = makeConfig({ sandbox: demo !== null, demo, open_registration, forgot_password });
  const client = new QueryClient();
  client.setQueryData(["config"], config);
  const session = new Session(routes);
  render(
    <SessionContext value={session}>
      <QueryClientProvider client={client}>
        <At>
          <LoginPage />
        </At>
      </QueryClientProvider>
    </SessionContext>,
  );
  return session;
}

async function fillIn() {
  await userEvent.type(screen.getByLabelText("Email"), " a@b.c");
  await userEvent.type(screen.getByLabelText("Password"), "secret");
  await userEvent.click(screen.getByTestId("login-submit"));
}

it("signs in with e-mail and password", async () => {
  const session = show();
  await fillIn();
  expect(routes.login).toHaveBeenCalledWith("a@b.c", "secret");
  expect(session.state.status).toBe("signed-in");
});

it("reports a wrong email or password", async () => {
  routes.login.mockRejectedValue(new ApiError(401, { code: "bad", message: "no", fields: {}, requestId: null }));
  show();
  await fillIn();
  expect(await screen.findByText(/Wrong email or password/)).toBeTruthy();
  expect(document.activeElement).toBe(screen.getByTestId("login-password"));
  expect(screen.getByTestId("login-submit")).toHaveProperty("disabled", false);
});

it("reports when Confab cannot be reached", async () => {
  routes.login.mockRejectedValue(unreachable());
  show();
  await fillIn();
  expect(await screen.findByText(/Can’t reach Confab/)).toBeTruthy();
});

it("offers the demo login in the sandbox only", async () => {
  const session = show({ email: "demo@confab.test", password: "demo" });
  await userEvent.click(screen.getByTestId("login-demo"));
  expect(routes.login).toHaveBeenCalledWith("demo@confab.test", "demo");
  expect(session.state.status).toBe("signed-in");
});

it("has no demo login elsewhere", () => {
  show();
  expect(screen.queryByTestId("login-demo")).toBeNull();
});

it("offers an account only where registration is open", () => {
  show(null, true);
  expect(screen.getByTestId("login-register").getAttribute("href")).toBe("/register");
});

it("offers a link by mail only if the server can send mail", () => {
  show(null, false, true);
  expect(screen.getByTestId("login-forgot").getAttribute("href")).toBe("/forgot");
});

it("offers no registration where users are invited", () => {
  show();
  expect(screen.queryByTestId("login-register")).toBeNull();
  expect(screen.queryByTestId("login-forgot")).toBeNull();
});
