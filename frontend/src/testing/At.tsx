/** Puts the page at an address before its children are rendered. */
import { useState, type ReactNode } from "react";

export function At({ path = "/", children }: { readonly path?: string; readonly children: ReactNode }) {
  useState(() => window.history.replaceState(null, "", path));
  return children;
}
