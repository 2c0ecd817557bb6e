/** Opens the dialog that connects a number, from any feature; the app provides the dialog. */
import { createContext, use } from "react";
import type { Account } from "@/types/wire";

/** Connects a new number, or gets a new code for a known one. */
export type Connect = (known?: Account) => void;

export const ConnectContext = createContext<Connect>(() => undefined);

export const useConnect = (): Connect => use(ConnectContext);
