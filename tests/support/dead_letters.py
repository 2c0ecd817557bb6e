"""Dead letters as workers store them."""

from server.store.dead_letters import insert_dead_letter
from server.web.app_keys import DATABASE
from tests.support.fixtures_stack import Stack


async def insert_dead(stack: Stack, source: str = "messages", body: str = '{"account_id": "acc-9"}') -> int:
    """A dead letter of an account that is not connected, unless the body names another."""
    await stack.app[DATABASE].write(
        insert_dead_letter, source, "dead", "UnusableEventError at parse.py:1", None, body
    )
    ((dead_letter_id,),) = await stack.execute("select max(id) from dead_letters")
    return int(dead_letter_id)
