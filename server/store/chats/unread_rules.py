"""SQL for unread counts: which messages move a chat up, which count as unread, and how a chat's are counted.

A chat is read up to a position in the order of arrival (`read_seq`, compared with `inserted_seq`), never up to a time:
a message that arrives late is new to its reader. `marked_unread` is set by a user and holds until a user reads on.
"""

# Of the system events (unipile-api.md §8.2) only a missed call needs attention at once.
MISSED_CALLS = "(8, 9)"


def is_listed(message: str) -> str:
    """Whether a message moves its chat up and is its preview; null for an event of unknown type."""
    return f"(not {message}.is_event or {message}.event_type in {MISSED_CALLS})"


def is_countable(message: str) -> str:
    """Whether a message counts as unread beyond the read mark, and waits for an answer; the index
    channels_message_unread has these. A rating without words needs no reader.
    """
    return (
        f"({message}.direction = 'in' and not {message}.is_history and {message}.deleted_at is null "
        f"and {is_listed(message)} and not {message}.is_rating)"
    )


def count_unread(read_seq: str = "c.read_seq", is_marked: str = "c.marked_unread") -> str:
    """The unread count of the chat `c`, read up to `read_seq`. While a reply is being sent, the chat also counts as
    read up to what its writer had seen; the outcome decides whether it stays so. Channels count nothing.
    """
    return f"""(
        select case when c.kind = 'channel' then 0 else greatest(
            (select count(*) from channels_message u where u.chat_id = c.id and {is_countable("u")}
                and u.inserted_seq > greatest({read_seq}, answered.seen_seq)),
            ({is_marked} and answered.seen_seq is null)::int) end
        from (select max(s.seen_seq) as seen_seq from channels_message s
              where s.chat_id = c.id and s.status = 'sending' and s.seen_seq is not null) answered)"""


# A flag set here reaches UniPile within this time: until then UniPile may report the flag before it, or only the echo
# of a read mark that Confab reported.
SETTLING = "interval '2 minutes'"
# Just before the newest incoming message, else the current mark: where the mark goes when a chat is marked unread.
BEFORE_NEWEST = f"""coalesce(
        (select max(u.inserted_seq) - 1 from channels_message u
         where u.chat_id = c.id and u.direction = 'in' and u.deleted_at is null and {is_listed("u")}), c.read_seq)"""
