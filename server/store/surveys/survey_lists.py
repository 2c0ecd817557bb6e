"""Lists of ratings in all chats that a user sees, newest first, and the averages of users and numbers."""

from collections.abc import Collection, Mapping
from typing import NamedTuple, TypedDict

from aiopg import Cursor

from server.store.chats.chats import CHAT_JOINS, TITLE
from server.store.chats.sight import sees
from server.store.db.keyset_pages import Key, Page, page_of

# The texts are those of the messages: what was deleted there is not here either.
SURVEY_JSON = f"""
    row_to_json((select x from (select
        s.id, s.account_id, s.chat_id, s.conversation_id, {TITLE} as chat_title, s.score,
        (select m.body from channels_message m where m.id = s.comment_id and m.deleted_at is null) as comment,
        case when s.user_id is not null then json_build_object('id', s.user_id,
            'name', (select w.name from users w where w.id = s.user_id)) end as user,
        rfc3339(s.asked_at) as asked_at, rfc3339(s.answered_at) as answered_at,
        s.message_id, s.answer_id, s.comment_id) x))::text"""
OWN_ACCOUNTS = """
    select a.id, u.is_restricted from channels_account_member u join channels_account a on a.id = u.account_id
    where u.user_id = %(user_id)s and a.provider = %(provider)s and a.erasing_since is null
        and (%(only)s::bigint[] is null or a.id = any(%(only)s))
        and (%(account_id)s::bigint is null or a.id = %(account_id)s)"""
# What of its account's answered surveys `t` a page has; those of one user have an index of their own.
PAGE = f"""
    where t.account_id = own.id and t.answered_at is not null {{of_user}} and {sees(member="own")}
        and (%(score)s::smallint is null or t.score = %(score)s)
        and (%(since)s::timestamptz is null or t.answered_at >= %(since)s)
        and (%(until)s::timestamptz is null or t.answered_at < %(until)s)
        and (%(after_id)s::bigint is null
            or (t.answered_at, t.id) < (%(after_time)s::timestamptz, %(after_id)s))
    order by t.answered_at desc, t.id desc limit %(limit)s + 1"""
OF_USER = "and t.user_id is not distinct from nullif(%(rated_id)s::bigint, 0)"
# Each account's page is read from its index, so that the cost does not grow with what was rated in them.
LIST = f"""
    select {SURVEY_JSON}, rfc3339(s.answered_at), s.id
    from (
        select p.* from ({OWN_ACCOUNTS}) own cross join lateral (
            select t.* from channels_survey t join channels_chat c on c.id = t.chat_id {PAGE}) p
        order by p.answered_at desc, p.id desc limit %(limit)s + 1) s
    join channels_chat c on c.id = s.chat_id {CHAT_JOINS}
    order by s.answered_at desc, s.id desc"""
LISTS = {False: LIST.format(of_user=""), True: LIST.format(of_user=OF_USER)}
SCORES = "sum(d.scores_1), sum(d.scores_2), sum(d.scores_3), sum(d.scores_4), sum(d.scores_5)"
# One row for each number and user, from the counters of days; restricted agents have none of a number's.
SUMMARY = f"""
    select grouping(d.account_id) = 0, grouping(d.user_id) = 0, d.account_id, d.user_id,
        (select w.name from users w where w.id = d.user_id), sum(d.asked), {SCORES}
    from ({OWN_ACCOUNTS}) own join channels_survey_day d on d.account_id = own.id
    where not own.is_restricted
        and (%(since)s::timestamptz is null or d.day >= (%(since)s::timestamptz at time zone 'UTC')::date)
        and (%(until)s::timestamptz is null
            or d.day < (%(until)s::timestamptz at time zone 'UTC')::date)
        and (%(rated_id)s::bigint is null or d.user_id = %(rated_id)s)
    group by grouping sets ((), (d.account_id), (d.user_id))
    order by 1, 2, 3, 5, 4"""


class RatedUser(TypedDict):
    """The user of a rating."""

    id: int
    name: str | None


class ListedSurvey(TypedDict):
    """What a table of ratings has of a row of SURVEY_JSON. `user` is None where the phone answered last."""

    id: int
    account_id: int
    chat_id: int
    chat_title: str | None
    score: int
    comment: str | None
    user: RatedUser | None
    asked_at: str
    answered_at: str


class SurveyFilters(TypedDict, total=False):
    """Which ratings: of one number; of one user, 0 being the phone; with one score; answered from, and before, a
    time. What is absent or None does not filter.
    """

    account_id: int | None
    user_id: int | None
    score: int | None
    since: str | None
    until: str | None


class SurveyScope(NamedTuple):
    """Whose accounts, which of them, and which ratings."""

    user_id: int
    provider: str
    only: Collection[int] | None
    filters: SurveyFilters


class Figures(NamedTuple):
    """How many were asked, and how many gave each score from 1 to 5."""

    asked: int
    scores: tuple[int, ...]

    @property
    def answered(self) -> int:
        return sum(self.scores)

    @property
    def average(self) -> float | None:
        """None without an answer."""
        total = sum(score * count for score, count in enumerate(self.scores, start=1))
        return round(total / self.answered, 2) if self.answered else None


class UserFigures(NamedTuple):
    """Those of a user; the phone has no id and no name."""

    id: int | None
    name: str | None
    figures: Figures


class Summary(NamedTuple):
    """The figures of all, of each number, and of each user."""

    total: Figures
    accounts: Mapping[int, Figures]
    users: list[UserFigures]


def _values(scope: SurveyScope) -> dict[str, object]:
    filters = scope.filters
    return {
        "user_id": scope.user_id,
        "provider": scope.provider,
        "only": None if scope.only is None else list(scope.only),
        "account_id": filters.get("account_id"),
        "rated_id": filters.get("user_id"),
        "score": filters.get("score"),
        "since": filters.get("since"),
        "until": filters.get("until"),
    }


async def list_surveys(cursor: Cursor, scope: SurveyScope, limit: int, after: Key | None) -> Page:
    """A page of the ratings in chats that the user sees, newest first."""
    after_time, after_id = after or (None, None)
    values = {**_values(scope), "limit": limit, "after_time": after_time, "after_id": after_id}
    await cursor.execute(LISTS[values["rated_id"] is not None], values)
    return page_of(await cursor.fetchall(), limit)


async def summarise_surveys(cursor: Cursor, scope: SurveyScope) -> Summary:
    """The figures of the user's accounts, for whole days (UTC). A score does not filter."""
    await cursor.execute(SUMMARY, _values(scope))
    total, accounts, users = Figures(0, (0,) * 5), {}, []
    for of_account, of_user, account_id, user_id, name, asked, *scores in await cursor.fetchall():
        figures = Figures(int(asked or 0), tuple(int(count or 0) for count in scores))
        if of_account:
            accounts[int(account_id)] = figures
        elif of_user:
            users.append(UserFigures(user_id or None, name, figures))
        else:
            total = figures
    return Summary(total, accounts, users)


class CountDrift(NamedTuple):
    """Counters of a number, user and day that differ from the surveys."""

    account_id: int
    user_id: int
    day: str


async def list_count_drift(cursor: Cursor) -> list[CountDrift]:
    """Where the counters differ from the rows: none, or there is a bug."""
    await cursor.execute(
        """with rows as (
               select account_id, coalesce(user_id, 0) as user_id, (at at time zone 'UTC')::date as day,
                   count(*) filter (where given is null) as asked, count(*) filter (where given = 1) as scores_1,
                   count(*) filter (where given = 2) as scores_2, count(*) filter (where given = 3) as scores_3,
                   count(*) filter (where given = 4) as scores_4, count(*) filter (where given = 5) as scores_5
               from (select account_id, user_id, asked_at as at, null::smallint as given
                     from channels_survey where asked_at is not null
                     union all select account_id, user_id, answered_at, score
                     from channels_survey where score is not null) x
               group by 1, 2, 3)
           select account_id, user_id, day::text from (
               (select * from rows except select * from channels_survey_day)
               union (select * from channels_survey_day where (asked, scores_1, scores_2, scores_3, scores_4, scores_5)
                      <> (0, 0, 0, 0, 0, 0) except select * from rows)) x
           group by 1, 2, 3 order by 1, 3, 2 limit 100"""
    )
    return [CountDrift(*row) for row in await cursor.fetchall()]
