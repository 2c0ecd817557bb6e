import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Route, Switch } from "@/lib/navigation";
import { At } from "@/testing/At";
import { beforeEach, expect, it, vi } from "vitest";
import { ApiError } from "@/lib/api/errors";
import { makeConfig } from "@/testing/factories";
import { ForgotPage } from "./ForgotPage";

const forgotPassword = vi.hoisted(() => vi.fn());
vi.mock(import("@/lib/api/users"), async (load) => ({ ...(await load()), forgotPassword }));

beforeEach(() => {
  forgotPassword.mockReset();
});

function show(forgot_password = true) {
  const client = new QueryClient();
  client.setQueryData(["config"], makeConfig({ forgot_password }));
  render(
    <QueryClientProvider client={client}>
      <At path="/forgot">
        <Switch>
          <Route path="/forgot"><ForgotPage /></Route>
          <Route path="/login"><p>The login page</p></Route>
        </Switch>
      </At>
    </QueryClientProvider>,
  );
}

const ask = () => userEvent.type(screen.getByLabelText("Email"), " eva@example.com{Enter}");

it("requests a link without revealing whether the address exists", async () => {
  forgotPassword.mockResolvedValue(undefined);
  show();
  await ask();
  expect(forgotPassword).toHaveBeenCalledWith("eva@example.com");
  const shownText = await screen.findByTestId("forgot-asked");
  expect(shownText.textContent).toMatch(/^If eva@example.com belongs to a user here/);
  expect(document.activeElement).toBe(shownText);
  expect(screen.queryByTestId("forgot-submit")).toBeNull();
});

it("reports the rate limit, and keeps the input", async () => {
  const problem = { code: "too_many_requests", message: "Too many requests: try again later.", fields: {}, requestId: null };
  forgotPassword.mockRejectedValue(new ApiError(429, problem));
  show();
  await ask();
  expect(await screen.findByText(/again/)).toBeTruthy();
  expect(screen.getByTestId("forgot-email")).toHaveProperty("value", "eva@example.com");
  expect(screen.getByTestId("forgot-submit")).toHaveProperty("disabled", false);
});

it("is not available without a mail server", () => {
  show(false);
  expect(screen.getByText("The login page")).toBeTruthy();
});
