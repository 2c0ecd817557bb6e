"""A customer of the team's day: one contact with one question, whose phone is the sandbox's."""

import random
from dataclasses import dataclass

from sandbox.generators.history import FIRST_NAMES, LAST_NAMES
from sandbox.generators.team.hiring import AGENTS
from sandbox.simulator import Simulator
from sandbox.store.entities import Account
from sandbox.whatsapp.conversations import Draft, upsert_contact, write


@dataclass(frozen=True, slots=True)
class Topic:
    """What a customer writes about: the question, two answers, the thanks, the label and the category."""

    question: str
    first_answer: str
    answer: str
    thanks: str
    label: str
    category: str


TOPICS = (
    Topic(
        "Oi, qual o prazo de entrega para Recife?",
        "Oi! Vou verificar para você.",
        "Chega em três dias úteis.",
        "Perfeito, obrigada!",
        "Order",
        "Delivery",
    ),
    Topic(
        "My parcel has arrived damaged. What can I do?",
        "I am sorry to hear that. One moment, please.",
        "We send you a new one today, at no cost.",
        "Thank you, that was quick!",
        "Complaint",
        "Damaged parcel",
    ),
    Topic(
        "Kann ich meine Bestellung noch ändern?",
        "Ich sehe gleich nach.",
        "Ja, bis heute Abend. Was sollen wir ändern?",
        "Danke, sehr nett!",
        "Order",
        "Change of an order",
    ),
    Topic(
        "¿Puedo pagar al recibir?",
        "Un momento, lo consulto.",
        "Sí, también con tarjeta.",
        "Muchas gracias",
        "Order",
        "Payment",
    ),
)


class Customer:
    """Writes from their phone; the n-th one of a seed is always the same."""

    def __init__(self, simulator: Simulator, account: Account, dice: random.Random, digits: str) -> None:
        self._simulator, self._account = simulator, account
        names = [name for name in FIRST_NAMES if name not in AGENTS]
        self.first_name, self._digits = dice.choice(names), digits
        self._name = f"{self.first_name} {dice.choice(LAST_NAMES)}"
        self.topic = dice.choice(TOPICS)

    def write(self, text: str) -> str:
        """Send a message; returns the chat's id at UniPile."""
        contact = upsert_contact(self._simulator, self._digits, self._name)
        chat = self._simulator.world.chat_with(self._account, contact)
        write(self._simulator, chat, contact.id, Draft(text))
        return chat.id
