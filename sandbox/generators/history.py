"""Generates the chat history that a phone shares when it is linked, without webhooks."""

import asyncio
import random
from dataclasses import dataclass

from sandbox.problems import Problem
from sandbox.simulator import Simulator
from sandbox.store.entities import SELF, Account, Chat, Contact, Json
from sandbox.whatsapp.accounts import now_ms
from sandbox.whatsapp.conversations import Draft, upsert_contact, write

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
MAX_CHATS, MAX_MESSAGES = 2_000, 200_000
FIRST_NAMES = (
    "Ana", "Bruno", "Carla", "Diego", "Elif", "Femi", "Greta", "Hugo", "Ines",
    "Jonas", "Kenji", "Lucia", "Marta", "Nils", "Olu", "Paula", "Rafa", "Sofia",
)  # fmt: skip
LAST_NAMES = (
    "Alves", "Braun", "Costa", "Dias", "Eze", "Fischer", "Gomes", "Horn",
    "Ito", "Klein", "Lopes", "Meyer", "Nunes", "Okoye", "Pires", "Ramos", "Silva",
)  # fmt: skip
QUESTIONS = (
    "Do you have this in blue?",
    "Oi, qual o prazo de entrega?",
    "Is the shop open on Saturday?",
    "Kann ich die Bestellung noch ändern?",
    "Can you send the invoice again, please?",
    "Ainda tem no tamanho M?",
    "My parcel has not arrived yet.",
    "Thank you, that was quick!",
    "¿Puedo pagar al recibir?",
    "How much is the shipping to Lagos?",
)
ANSWERS = (
    "Yes, we have it here for you.",
    "Claro! Chega em dois dias úteis.",
    "We are open from 9 to 6.",
    "Gern, schicken Sie mir die Nummer.",
    "Just sent it to you again.",
    "I am looking into it, one moment.",
    "You are welcome! Anything else?",
    "Sí, también aceptamos tarjeta.",
)


@dataclass(frozen=True, slots=True)
class History:
    """The size of a generated history."""

    chats: int
    messages: int
    days: int = 30
    seed: int = 1


def read_history(value: object) -> History | None:
    """Parse `{chats, messages, days?, seed?}`; messages are per chat."""
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) - {"chats", "messages", "days", "seed"}:
        raise Problem("invalid_parameters", "history must be an object with chats, messages, days and seed.")
    values: Json = {"chats": 5, "messages": 20, "days": 30, "seed": 1} | value
    for name, value in values.items():
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
            raise Problem("invalid_parameters", f"{name} must be an integer of at least 0.")
    history = History(**values)
    if (
        history.chats > MAX_CHATS
        or history.chats * history.messages > MAX_MESSAGES
        or not 1 <= history.days <= 3650
    ):
        raise Problem(
            "invalid_parameters", f"history may have at most {MAX_MESSAGES} messages in {MAX_CHATS} chats."
        )
    return history


async def generate_history(simulator: Simulator, account: Account, history: History) -> None:
    """Fill an account with past chats, all of them read."""
    dice = random.Random(history.seed)
    now = now_ms(simulator)
    for nth in range(history.chats):
        contact = _customer(simulator, dice, history.seed, nth)
        chat = simulator.world.chat_with(account, contact)
        begun = now - dice.randint(HOUR_MS, history.days * DAY_MS)
        moments = sorted(dice.sample(range(begun, now), history.messages))
        for index, moment in enumerate(moments):
            _write_historic(simulator, chat, contact, dice, index, moment)
        chat.unread_count = chat.marked_unread = 0
        simulator.world.save(chat)
        await asyncio.sleep(0)  # A long history must not block the event loop.


def _customer(simulator: Simulator, dice: random.Random, seed: int, nth: int) -> Contact:
    name = f"{dice.choice(FIRST_NAMES)} {dice.choice(LAST_NAMES)}"
    return upsert_contact(simulator, f"55119{seed % 100:02d}{nth:06d}", name)


def _write_historic(
    simulator: Simulator, chat: Chat, contact: Contact, dice: random.Random, index: int, moment: int
) -> None:
    is_answer = index % 2 == 1
    text = dice.choice(ANSWERS if is_answer else QUESTIONS)
    draft = Draft(text, timestamp=moment, silent=True, past=True)
    write(simulator, chat, SELF if is_answer else contact.id, draft)
