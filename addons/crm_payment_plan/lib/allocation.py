"""Which planned payment a received sum closes; sums are whole numbers of coins."""


def allocate(entries, rows):
    """Give received sums to planned payments.

    A sum goes first to the payment it is linked to, then to the earliest ones
    that are open; what no payment takes stays without one. A sum paid back opens
    the linked payment first, takes then what had stayed without one, and then opens
    the latest that were closed.

    :param entries: (sum, id of the linked row or None), in the order of dates
    :param rows: (id, sum of the row), in the order in which they are to be closed
    :return: per entry its list of (row id or None, sum)
    """
    room = dict(rows)
    # Under None what no payment took.
    taken = dict.fromkeys([*room, None], 0)
    order = [row_id for row_id, _amount in rows]
    return [
        _take(amount, linked, room, taken, order)
        if amount >= 0
        else _give_back(-amount, linked, room, taken, order)
        for amount, linked in entries
    ]


def _take(amount, linked, room, taken, order):
    pieces = []
    for row_id in _linked_first(linked, room, order):
        piece = min(amount, room[row_id])
        if piece > 0:
            room[row_id] -= piece
            taken[row_id] += piece
            amount -= piece
            pieces.append((row_id, piece))
    if amount:
        taken[None] += amount
        pieces.append((None, amount))
    return pieces


def _give_back(amount, linked, room, taken, order):
    pieces = []
    first = [linked, None] if linked in room else [None]
    for row_id in [*first, *(one for one in reversed(order) if one != linked)]:
        piece = min(amount, taken[row_id])
        if piece > 0:
            taken[row_id] -= piece
            amount -= piece
            pieces.append((row_id, -piece))
            if row_id is not None:
                room[row_id] += piece
    if amount:
        # More went back than ever came.
        taken[None] -= amount
        pieces.append((None, -amount))
    return pieces


def _linked_first(linked, room, order):
    if linked in room:
        yield linked
    yield from (row_id for row_id in order if row_id != linked)
