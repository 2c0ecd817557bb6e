"""The in-memory entities of the sandbox, with the indexes that UniPile's routes need."""

import bisect
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict

from sandbox.problems import not_found
from sandbox.store.archive import Archive
from sandbox.store.entities import (
    DIRECT,
    SELF,
    Account,
    Chat,
    Contact,
    Delivery,
    Entity,
    HostedLink,
    Message,
    Snapshot,
    Webhook,
)
from sandbox.store.ids import derived_id, derived_lid, new_id
from sandbox.store.paging import Page, Position

SAMPLE_CONTACTS = (
    ("5511988880000", "Bia Lima"),
    ("2348031110001", "Chidi Okafor"),
    ("819012340002", "Hana Sato"),
    ("4915112340003", "Lea Baumann"),
    ("351910000004", "Tomás Almeida"),
)


class World:
    """The entities and their indexes; every change goes through `save`, which also marks it for the archive."""

    def __init__(self, archive: Archive, clock: Callable[[], float]) -> None:
        self._archive = archive
        self._clock = clock
        self._last_moment = 0
        self._empty()

    def _empty(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.contacts: dict[str, Contact] = {}
        self.chats: dict[str, Chat] = {}
        self.messages: dict[str, Message] = {}
        self.webhooks: dict[str, Webhook] = {}
        self.links: dict[str, HostedLink] = {}
        self._chat_by_jid: dict[tuple[str, str], Chat] = {}
        self._chats_of: defaultdict[str, dict[str, Chat]] = defaultdict(dict)
        self._positions: defaultdict[str, list[Position]] = defaultdict(list)
        self._attendees: dict[str, tuple[str, str]] = {}
        self._frozen: dict[str, World] = {}

    def moment(self) -> int:
        """Return the time in milliseconds, strictly increasing, so that timestamps define an order."""
        self._last_moment = max(int(self._clock() * 1000), self._last_moment + 1)
        return self._last_moment

    def load(self, entities: list[Entity]) -> list[Delivery]:
        """Load the archived entities; return the unfinished deliveries."""
        # Snapshots last: they need their account.
        for entity in sorted(entities, key=lambda item: isinstance(item, Snapshot)):
            self._index(entity)
        return [entity for entity in entities if isinstance(entity, Delivery)]

    async def reset(self, preserve_webhooks: bool = False) -> None:
        """Empty the world except for the sample contacts and, if requested, the webhooks."""
        webhooks = list(self.webhooks.values()) if preserve_webhooks else []
        await self._archive.clear()
        self._empty()
        for webhook in webhooks:
            self.save(webhook)
        self.add_sample_contacts()

    def add_sample_contacts(self) -> None:
        """Create the initial contacts."""
        for digits, name in SAMPLE_CONTACTS:
            self.save(Contact(digits, name, derived_lid(digits), created_at=self.moment()))

    def save(self, entity: Entity) -> None:
        """Add an entity or save its changes."""
        self._index(entity)
        self._archive.save(entity)

    def _index(self, entity: Entity) -> None:
        match entity:
            case Account():
                self.accounts[entity.id] = entity
                self._attendees[self.attendee_id(entity.id, SELF)] = entity.id, SELF
            case Contact():
                self.contacts[entity.id] = entity
            case Chat():
                self._index_chat(entity)
            case Message():
                self._index_message(entity)
            case Webhook():
                self.webhooks[entity.id] = entity
            case HostedLink():
                self.links[entity.id] = entity
            case Snapshot():
                self._frozen[entity.id] = self._frozen_world(entity)

    def _index_chat(self, chat: Chat) -> None:
        self.chats[chat.id] = chat
        self._chat_by_jid[chat.account_id, chat.provider_id] = chat
        self._chats_of[chat.account_id][chat.id] = chat
        for member in chat.members:
            self._attendees[self.attendee_id(chat.account_id, member)] = chat.account_id, member

    def _index_message(self, message: Message) -> None:
        if message.id in self.messages:
            return
        self.messages[message.id] = message
        for owner in (message.chat_id, message.account_id):
            bisect.insort(self._positions[owner], (message.timestamp, message.id))
        self._attendees.setdefault(
            self.attendee_id(message.account_id, message.sender), (message.account_id, message.sender)
        )

    def remove_chat(self, chat: Chat) -> None:
        """Remove a chat and its messages."""
        removed = {id_ for _, id_ in self._positions.pop(chat.id, [])}
        self._positions[chat.account_id] = [
            position for position in self._positions[chat.account_id] if position[1] not in removed
        ]
        for id_ in removed:
            self._archive.drop(self.messages.pop(id_))
        if chat.account_id in self._frozen:
            self._frozen[chat.account_id].remove_chat(chat)
        self.chats.pop(chat.id, None)
        self._chats_of[chat.account_id].pop(chat.id, None)
        self._chat_by_jid.pop((chat.account_id, chat.provider_id), None)
        self._archive.drop(chat)
        known = {member for other in self._chats_of[chat.account_id].values() for member in other.members}
        for member in set(chat.members) - known:
            self._attendees.pop(self.attendee_id(chat.account_id, member), None)

    def remove_account(self, account: Account) -> None:
        """Remove an account with its chats and messages."""
        for chat in list(self._chats_of[account.id].values()):
            self.remove_chat(chat)
        self._attendees = {key: owner for key, owner in self._attendees.items() if owner[0] != account.id}
        self.thaw(account.id)
        del self.accounts[account.id]
        self._archive.drop(account)

    def freeze(self, account_id: str) -> None:
        """Freeze reads of an account at its present state."""
        if account_id in self._frozen:
            return
        chats = list(self._chats_of[account_id].values())
        members = dict.fromkeys(member for chat in chats for member in chat.members)
        members |= dict.fromkeys(item.sender for item in self.newest(account_id) if not item.is_sender)
        contacts = [self.contacts[member] for member in members]
        messages = list(self.newest(account_id))
        rows = [[asdict(item) for item in items] for items in (chats, messages, contacts)]
        self.save(Snapshot(account_id, *rows))

    def thaw(self, account_id: str) -> None:
        """Make reads of an account return current data again."""
        if self._frozen.pop(account_id, None) is not None:
            self._archive.drop(Snapshot(account_id, [], [], []))

    def as_synced(self, account_id: str) -> "World":
        """Return the world as UniPile has synced it for an account: this one, or the frozen one."""
        return self._frozen.get(account_id, self)

    def _frozen_world(self, snapshot: Snapshot) -> "World":
        frozen = World(self._archive, self._clock)
        frozen._index(self.account(snapshot.id))
        for contact in snapshot.contacts:
            frozen._index(Contact(**contact))
        # Entities removed since the snapshot are not restored.
        for chat in snapshot.chats:
            if chat["id"] in self.chats:
                frozen._index(Chat(**chat))
        for message in snapshot.messages:
            if message["id"] in self.messages:
                frozen._index(Message(**message))
        return frozen

    def remove_webhook(self, webhook: Webhook) -> None:
        """Remove a webhook registration."""
        del self.webhooks[webhook.id]
        self._archive.drop(webhook)

    def account(self, account_id: str) -> Account:
        """Return an account or raise the 404."""
        if account_id not in self.accounts:
            raise not_found("account")
        return self.accounts[account_id]

    def chat(self, chat_id: str) -> Chat:
        """Return a chat or raise the 404."""
        if chat_id not in self.chats:
            raise not_found("chat")
        return self.chats[chat_id]

    def message(self, message_id: str) -> Message:
        """Return a message or raise the 404."""
        if message_id not in self.messages:
            raise not_found("message")
        return self.messages[message_id]

    def contact(self, contact_id: str) -> Contact:
        """Return a contact or raise the 404."""
        if contact_id not in self.contacts:
            raise not_found("contact")
        return self.contacts[contact_id]

    def attendee(self, attendee_id: str) -> tuple[Account, str]:
        """Return an attendee's account and contact id (or SELF), or raise the 404."""
        if attendee_id not in self._attendees:
            raise not_found("attendee")
        account_id, contact_id = self._attendees[attendee_id]
        if attendee_id not in self.as_synced(account_id)._attendees:
            raise not_found("attendee")
        return self.account(account_id), contact_id

    def attendee_id(self, account_id: str, contact_id: str) -> str:
        """Return the id of a contact as an attendee of an account."""
        return derived_id(account_id, contact_id)

    def attendees_of(self, account_ids: list[str]) -> list[tuple[Account, str]]:
        """List all attendees of these accounts, including the accounts themselves."""
        wanted = set(account_ids)
        worlds = [self.as_synced(account_id) for account_id in wanted]
        return [
            (self.accounts[owner], who)
            for world in dict.fromkeys(worlds)
            for owner, who in world._attendees.values()
            if owner in wanted and self.as_synced(owner) is world
        ]

    def find_contact(self, identifier: str) -> Contact | None:
        """Find a contact by phone digits or by LID."""
        by_phone = self.contacts.get(identifier)
        return by_phone or next((item for item in self.contacts.values() if item.lid == identifier), None)

    def chats_of(self, account_id: str) -> list[Chat]:
        """List an account's chats, newest first."""
        return sorted(self._chats_of[account_id].values(), key=chat_position, reverse=True)

    def chat_with(self, account: Account, contact: Contact) -> Chat:
        """Return the direct chat with a contact, created if missing."""
        known = self.find_chat_with(account, contact)
        if known is not None:
            return known
        chat = Chat(new_id(), account.id, contact.chat_provider_id, DIRECT, None, [contact.id], self.moment())
        self.save(chat)
        return chat

    def find_chat_with(self, account: Account, contact: Contact) -> Chat | None:
        """Return the direct chat with a contact, if there is one."""
        return next((chat for chat in self._direct_chats(account, contact) if chat), None)

    def _direct_chats(self, account: Account, contact: Contact) -> Iterator[Chat | None]:
        # A chat keeps its provider id even if the contact's identity changes later.
        for provider_id in (contact.chat_provider_id, contact.phone_jid, contact.lid):
            yield self._chat_by_jid.get((account.id, provider_id))

    def chat_by_jid(self, account_id: str, provider_id: str) -> Chat | None:
        """Find a chat of an account by its provider id."""
        return self._chat_by_jid.get((account_id, provider_id))

    def newest(self, owner_id: str, page: Page | None = None) -> Iterator[Message]:
        """Iterate over the messages of a chat or account, newest first, within the page's bounds."""
        positions = self._positions.get(owner_id, [])
        end, start = len(positions), 0
        if page is not None:
            if page.last is not None:
                end = bisect.bisect_left(positions, page.last)
            if page.before is not None:
                end = min(end, bisect.bisect_left(positions, (page.before, "")))
            if page.after is not None:
                start = bisect.bisect_left(positions, (page.after + 1, ""))
        for index in range(end - 1, start - 1, -1):
            yield self.messages[positions[index][1]]


def chat_position(chat: Chat) -> Position:
    """Return a chat's sort position: by its last message, empty chats last."""
    return (chat.last_at or 0, chat.id)
