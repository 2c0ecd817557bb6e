import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter, Route, Routes } from "react-router";
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
      <MemoryRouter initialEntries={["/forgot"]}>
        <Routes>
          <Route path="/forgot" element={<ForgotPage />} />
          <Route path="/login" element={<p>The login page</p>} />
        </Routes>
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

const ask = () => userEvent.type(screen.getByLabelText("E-mail"), " eva@example.com{Enter}");

it("asks for a link and does not tell whether anybody has the address", async () => {
  forgotPassword.mockResolvedValue(undefined);
  show();
  await ask();
  expect(forgotPassword).toHaveBeenCalledWith("eva@example.com");
  const said = await screen.findByTestId("forgot-asked");
  expect(said.textContent).toMatch(/^If eva@example.com belongs to a user here/);
  expect(document.activeElement).toBe(said);
  expect(screen.queryByTestId("forgot-submit")).toBeNull();
});

it("says that it was too often, and keeps what was typed", async () => {
  const problem = { code: "too_many_requests", message: "Too many requests: try again later.", fields: {}, requestId: null };
  forgotPassword.mockRejectedValue(new ApiError(429, problem));
  show();
  await ask();
  expect(await screen.findByText(/again/)).toBeTruthy();
  expect(screen.getByTestId("forgot-email")).toHaveProperty("value", "eva@example.com");
  expect(screen.getByTestId("forgot-submit")).toHaveProperty("disabled", false);
});

it("is not there without a mail server", () => {
  show(false);
  expect(screen.getByText("The login page")).toBeTruthy();
});
