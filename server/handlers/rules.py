"""Rules: list, create, change, delete, try on a chat, and their runs."""

from typing import cast

from aiohttp import web

from server.automation import rules as editing
from server.automation.trying import TriedError, TriedRule, try_rule
from server.errors import NotFound
from server.schemas.fields import ListQuery
from server.schemas.rules import ChangeRule, CreateRule, TryRule
from server.store.rules import rule_runs, rules
from server.store.rules.rules import TIME_EVENTS, RuleChanges
from server.web.app_keys import ACTOR, CONFIG, DATABASE
from server.web.requests import (
    caller,
    decode_cursor,
    json_answer,
    load_body,
    load_query,
    object_answer,
    page_answer,
    path_id,
)

LIST_QUERY, CREATE, CHANGE, TRY = ListQuery(), CreateRule(), ChangeRule(), TryRule()


async def list_rules(request: web.Request) -> web.Response:
    """The rules of accounts that the caller owns, in the order in which they run."""
    found = await request.app[DATABASE].read(rules.list_rules, caller(request))
    return object_answer([("items", f"[{','.join(found)}]")])


async def create_rule(request: web.Request) -> web.Response:
    """Create a rule after all others; it is off unless it is given as on."""
    given = cast(RuleChanges, await load_body(request, CREATE))
    rule_id = await request.app[DATABASE].write(editing.create_rule, caller(request), given, request[ACTOR])
    return await _rule_answer(request, rule_id, 201)


async def change_rule(request: web.Request) -> web.Response:
    """Change what is given, or move the rule. Only who owns all of its accounts may."""
    changes = cast(RuleChanges, await load_body(request, CHANGE))
    rule_id = path_id(request, "rule_id")
    await request.app[DATABASE].write(editing.change_rule, caller(request), rule_id, changes, request[ACTOR])
    return await _rule_answer(request, rule_id)


async def delete_rule(request: web.Request) -> web.Response:
    """Delete a rule. What it did keeps its name."""
    await request.app[DATABASE].write(
        editing.delete_rule, caller(request), path_id(request, "rule_id"), request[ACTOR]
    )
    return web.Response(status=204)


async def list_rule_runs(request: web.Request) -> web.Response:
    """The runs of a rule in chats that the caller sees, newest first; they are stored for 90 days."""
    query, rule_id = load_query(request, LIST_QUERY), path_id(request, "rule_id")
    if not await request.app[DATABASE].read(rules.is_managed, caller(request), rule_id):
        raise NotFound
    before = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        rule_runs.list_runs,
        caller(request),
        rule_id,
        limit=query["limit"],
        before=before[1] if before else None,
    )
    return page_answer(page)


async def try_rule_on_chat(request: web.Request) -> web.Response:
    """Which conditions hold for the chat's newest event of this kind, and what each action would do."""
    tried = TriedRule(**await load_body(request, TRY))
    try:
        await request.app[DATABASE].write(try_rule, request.app[CONFIG].plans, caller(request), tried)
    except TriedError as found:
        trial = found.trial
    event = trial.event and {"message_id": trial.event.message_id, "at": trial.event.at}
    has_event = trial.event is not None or tried.event in TIME_EVENTS
    return json_answer(
        {
            "event": event,
            "would_run": has_event and all(trial.conditions),
            "conditions": trial.conditions,
            "actions": trial.actions,
        }
    )


async def _rule_answer(request: web.Request, rule_id: int, status: int = 200) -> web.Response:
    shown = await request.app[DATABASE].read(rules.fetch_rule_json, caller(request), rule_id)
    return object_answer([("rule", shown)], status)
