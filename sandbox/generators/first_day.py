"""The first minutes of a number: its phone is linked, shares its history, and a busy day of some minutes begins, with a
week behind it.
"""

from sandbox.generators.history import History, generate_history
from sandbox.generators.scripts import DayPlan, Scripts
from sandbox.generators.week import ROUND_SECONDS
from sandbox.simulator import Simulator
from sandbox.store.entities import Account, Json
from sandbox.whatsapp.accounts import Scan, scan

CHATS, MESSAGES_PER_CHAT, DAYS = 24, 14, 21
STEPS, OPENING = 280, 24
# Nine hours in four minutes.
SPEED = 9 * 60 / 4


async def begin_busy_day(simulator: Simulator, scripts: Scripts, account: Account, seed: int) -> Json | None:
    """Scan the code of a number that is pairing, and play a busy day on it, with a week behind it unless it has one; a
    running day is stopped.
    """
    if account.is_pairing:
        is_new = not account.linked
        scan(simulator, account, Scan())
        if is_new:
            await generate_history(simulator, account, History(CHATS, MESSAGES_PER_CHAT, DAYS, seed))
    return await scripts.play(
        simulator,
        account,
        DayPlan(steps=STEPS, speed=SPEED, seed=seed, opening=OPENING, week_round=ROUND_SECONDS),
    )
