"""Which answer ends which waiting: by time and by arrival."""

from datetime import UTC, datetime, timedelta

from server.rules.turns import TurnMessage, pair_turns

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def asks(seq: int, minute: int) -> TurnMessage:
    return TurnMessage(seq, at(minute), seq, "in")


def answers(seq: int, minute: int) -> TurnMessage:
    return TurnMessage(seq, at(minute), seq, "out", "user", 7)


def paired(*messages: TurnMessage) -> list[tuple[int, datetime]]:
    return [(turn.answer.id, turn.asked_at) for turn in pair_turns(messages).answered]


def test_messages_until_an_answer_are_one_turn_that_begins_with_the_first() -> None:
    messages = (asks(1, 0), asks(2, 3), answers(3, 10), answers(4, 11), asks(5, 20), answers(6, 25))
    assert paired(*messages) == [(3, at(0)), (6, at(20))]
    assert pair_turns(messages).waiting_since is None


def test_an_answer_before_the_question_arrived_does_not_answer_it() -> None:
    late = asks(3, 5)
    assert paired(asks(1, 0), answers(2, 10), late) == [(2, at(0))]
    assert pair_turns([asks(1, 0), answers(2, 10), late]).waiting_since == at(5)
    assert paired(asks(1, 0), answers(2, 10), late, answers(4, 30)) == [(2, at(0)), (4, at(5))]


def test_an_answer_that_arrives_late_answers_only_what_was_sent_before_it() -> None:
    turns = pair_turns([asks(1, 0), asks(2, 20), answers(3, 10)])
    assert [(turn.answer.id, turn.asked_at) for turn in turns.answered] == [(3, at(0))]
    assert turns.waiting_since == at(20)


def test_nothing_is_answered_without_messages() -> None:
    assert pair_turns([answers(1, 0)]) == ([], None)
