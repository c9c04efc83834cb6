"""Was a promise to pay kept? Days are dates, sums are of one currency."""

from datetime import timedelta
from typing import NamedTuple

OPEN, KEPT, PARTLY, BROKEN = "open", "kept", "partly", "broken"


class Promise(NamedTuple):
    """Who promised is the same for all: one customer, or one document.

    ``tolerance`` is what may lack: half a coin, more where money came in another currency.
    """

    id: int
    made: object
    due: object
    amount: float
    tolerance: float = 0.005


def judge(promises, receipts, today, grace=1):
    """Give the money that came to the promises, each coin once.

    Money counts for the promise that falls due first among those made before it came and
    not overdue by more than ``grace`` days (a transfer of the last evening is booked in
    the morning).

    :param promises: list of ``Promise``
    :param receipts: (day, amount) of what was received
    :param today: promises whose grace ends before it are decided
    :return: {id of the promise: (amount received for it, state)}
    """
    received = dict.fromkeys((promise.id for promise in promises), 0.0)
    ordered = sorted(promises, key=lambda promise: (promise.due, promise.made, promise.id))
    for day, amount in sorted(receipts):
        left = amount
        for promise in ordered:
            room = promise.amount - received[promise.id]
            if left <= 0 or not promise.made <= day <= _last_day(promise, grace):
                continue
            piece = min(left, max(room, 0))
            received[promise.id] += piece
            left -= piece
    return {
        promise.id: (
            received[promise.id],
            _state(promise, received[promise.id], today, grace),
        )
        for promise in promises
    }


def _last_day(promise, grace):
    return promise.due + timedelta(days=grace)


def _state(promise, received, today, grace):
    if received >= promise.amount - promise.tolerance:
        return KEPT
    if today <= _last_day(promise, grace):
        return OPEN
    return PARTLY if received > promise.tolerance else BROKEN
