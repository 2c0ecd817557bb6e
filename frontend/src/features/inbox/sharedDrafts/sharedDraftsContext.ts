/** Provides what colleagues are writing and share, by chat. */
import { createContext, use } from "react";
import type { SharedDraft } from "@/types/wire";

export type SharedDrafts = ReadonlyMap<number, readonly SharedDraft[]>;

export const SharedDraftsContext = createContext<SharedDrafts>(new Map());

const NONE: readonly SharedDraft[] = [];

/** The newest first. */
export const useSharedDrafts = (chatId: number): readonly SharedDraft[] => use(SharedDraftsContext).get(chatId) ?? NONE;
