"""Which messages move a chat up, which of them count as unread, and how a chat's unread messages are counted: as SQL.

A chat is read up to a place in the order of arrival (`read_seq`, a number of `inserted_seq`), never up to a time: what
comes late is new to its reader. `marked_unread` is a person's wish, and holds until somebody reads on.
"""

# Of the system events (unipile-api.md §8.2) only a missed call is something that somebody wants to know at once.
MISSED_CALLS = "(8, 9)"


def is_listed(message: str) -> str:
    """Whether a message moves its chat up and is its preview; null for an event that nobody names."""
    return f"(not {message}.is_event or {message}.event_type in {MISSED_CALLS})"


def is_countable(message: str) -> str:
    """Whether a message is unread while nobody has read up to it; the index channels_message_unread holds these."""
    return (
        f"({message}.direction = 'in' and not {message}.is_history and {message}.deleted_at is null "
        f"and {is_listed(message)})"
    )


def count_unread(read_seq: str = "c.read_seq", is_marked: str = "c.marked_unread") -> str:
    """The unread messages of the chat `c`, read up to `read_seq`. An answer on its way has read what its writer had
    before them; whether it stays read is decided by its outcome. Channels count nothing.
    """
    return f"""(
        select case when c.kind = 'channel' then 0 else greatest(
            (select count(*) from channels_message u where u.chat_id = c.id and {is_countable("u")}
                and u.inserted_seq > greatest({read_seq}, answered.place)),
            ({is_marked} and answered.place is null)::int) end
        from (select max(s.seen_seq) as place from channels_message s
              where s.chat_id = c.id and s.status = 'sending') answered)"""


# A choice made here needs this long at most to reach UniPile: what is read there before may be the choice before it,
# and what is said to be read there may only be the echo of a read mark that we told.
SETTLING = "interval '2 minutes'"
# Just before the newest message that came in, or the newest of all: where the mark goes when a chat is marked unread.
BEFORE_NEWEST = f"""coalesce(
        (select max(u.inserted_seq) - 1 from channels_message u
         where u.chat_id = c.id and u.direction = 'in' and u.deleted_at is null and {is_listed("u")}), c.read_seq)"""
