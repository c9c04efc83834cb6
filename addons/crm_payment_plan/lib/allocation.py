"""Which planned payment a received sum closes; sums are whole numbers of coins."""


def allocate(entries, rows, marks=None):
    """Give received sums to planned payments.

    A sum goes first to the payment it is linked to, then to the earliest ones
    that are open; what no payment takes stays without one. A sum paid back closes
    the open refunds, the linked one first; the rest opens the linked payment, takes then
    what had stayed without one, and then opens the latest that were closed. A received sum
    that is linked to a refund opens it: the money came back.

    A payment that a person marked as received is closed before the earliest ones by
    money that came after the mark: that money is what the person meant.

    :param entries: (sum, id of the linked row or None), in the order of dates
    :param rows: (id, sum of the row, negative: a refund), in the order in which they are to be
        closed
    :param marks: {id of a marked row: unlinked money known when it was marked}
    :return: per entry its list of (row id or None, sum)
    """
    plan = _Plan(rows, marks)
    return [plan.move(amount, linked) for amount, linked in entries]


def count_unlinked(entries, rows, marks=None):
    """How much of received sums went to payments that nobody had named for it.

    :return: (sum received, sum paid back)
    """
    plan = _Plan(rows, marks)
    for amount, linked in entries:
        plan.move(amount, linked)
    return plan.payments.unlinked, plan.refunds.unlinked


class _Rows:
    """Planned payments of one direction, and what of them is closed so far."""

    def __init__(self, rows, marks):
        self.order = [row_id for row_id, _amount in rows]
        self.room = dict(rows)
        self.taken = dict.fromkeys(self.order, 0)
        self.marks = {row_id: known for row_id, known in marks.items() if row_id in self.room}
        self.unlinked = 0

    def take(self, amount, linked, put):
        """Close the linked row, then others; gives what is left.

        :param put: called with the pieces: row id and sum
        """
        amount = self._close([linked] if linked in self.room else [], amount, put)
        while amount:
            # The order changes where a mark begins to be meant.
            later = [known - self.unlinked for known in self.marks.values()]
            part = min([amount, *(ahead for ahead in later if ahead > 0)])
            left = self._close(self._get_order(), part, put)
            self.unlinked += part - left
            amount -= part - left
            if left:
                break
        return amount

    def _get_order(self):
        """Rows in the order in which the next unlinked money closes them."""
        if not self.marks:
            return self.order
        return sorted(
            self.order,
            key=lambda row_id: self.marks.get(row_id, self.unlinked + 1) > self.unlinked,
        )

    def _close(self, row_ids, amount, put):
        for row_id in row_ids:
            piece = min(amount, self.room[row_id])
            if piece > 0:
                self.room[row_id] -= piece
                self.taken[row_id] += piece
                amount -= piece
                put(row_id, piece)
        return amount

    def open(self, row_ids, amount, put):
        """Open rows that were closed, by at most this sum; gives what is left."""
        for row_id in row_ids:
            piece = min(amount, self.taken.get(row_id, 0))
            if piece > 0:
                self.taken[row_id] -= piece
                self.room[row_id] += piece
                amount -= piece
                put(row_id, piece)
        return amount


class _Plan:
    """The payments and refunds of a plan, and the money that no row took."""

    def __init__(self, rows, marks):
        marks = marks or {}
        self.payments = _Rows([row for row in rows if row[1] >= 0], marks)
        self.refunds = _Rows([(row_id, -amount) for row_id, amount in rows if amount < 0], marks)
        self.beyond = 0

    def move(self, amount, linked):
        """Pieces of one sum: [(row id or None, sum)], one for a row."""
        pieces = {}
        sign = 1 if amount >= 0 else -1

        def put(row_id, piece):
            pieces[row_id] = pieces.get(row_id, 0) + sign * piece

        if amount >= 0:
            self._take(amount, linked, put)
        else:
            self._give_back(-amount, linked, put)
        return list(pieces.items())

    def _take(self, amount, linked, put):
        amount = self.refunds.open([linked], amount, put)
        amount = self.payments.take(amount, linked, put)
        if amount:
            self.beyond += amount
            put(None, amount)

    def _give_back(self, amount, linked, put):
        amount = self.refunds.take(amount, linked, put)
        amount = self.payments.open([linked], amount, put)
        piece = min(amount, max(self.beyond, 0))
        if piece:
            self.beyond -= piece
            put(None, piece)
        amount = self.payments.open(reversed(self.payments.order), amount - piece, put)
        if amount:
            # More went back than ever came.
            self.beyond -= amount
            put(None, amount)
