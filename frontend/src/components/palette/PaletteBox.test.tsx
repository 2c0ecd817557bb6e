/** An Enter that comes before the items chooses the first that matches, once they are there. */
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { PaletteBox } from "./PaletteBox";
import { PaletteItem } from "./PaletteItem";

const onSelect = vi.fn();

function Fruits({ isLoading, text = "" }: { readonly isLoading: boolean; readonly text?: string }) {
  return (
    <PaletteBox
      label="Fruits"
      placeholder="Search"
      text={text}
      onChange={() => undefined}
      filter={(value, typed) => (value.includes(typed) ? 1 : 0)}
      empty="Nothing"
      isLoading={isLoading}
      onClose={() => undefined}
    >
      {isLoading ? <></> : ["apple", "pear"].map((name) => <PaletteItem key={name} value={name} keywords={[name]} face={<></>} label={name} onSelect={() => void onSelect(name)} />)}
    </PaletteBox>
  );
}

describe("Enter in a palette", () => {
  beforeEach(() => onSelect.mockClear());

  it("chooses the match when the items arrive", async () => {
    const { rerender } = render(<Fruits isLoading text="pear" />);
    await userEvent.type(screen.getByTestId("palette-input"), "{Enter}");
    rerender(<Fruits isLoading={false} text="pear" />);
    await vi.waitFor(() => expect(onSelect.mock.calls).toEqual([["pear"]]));
  });

  it("waits on while more items are asked for", async () => {
    const { rerender } = render(<Fruits isLoading text="pear" />);
    await userEvent.type(screen.getByTestId("palette-input"), "{Enter}");
    rerender(<Fruits isLoading={false} text="pear" />);
    rerender(<Fruits isLoading text="pear" />);
    rerender(<Fruits isLoading={false} text="pear" />);
    await vi.waitFor(() => expect(onSelect.mock.calls).toEqual([["pear"]]));
  });

  it("is forgotten when another key follows", async () => {
    const { rerender } = render(<Fruits isLoading />);
    await userEvent.type(screen.getByTestId("palette-input"), "{Enter}{ArrowDown}");
    rerender(<Fruits isLoading={false} />);
    await screen.findByText("pear");
    await userEvent.type(screen.getByTestId("palette-input"), "x");
    expect(onSelect).not.toHaveBeenCalled();
  });
});
