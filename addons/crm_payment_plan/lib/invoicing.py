"""What invoices ask of planned payments, and what credit notes let go of; whole coins.

An invoice fills the payment that it names, then the earliest ones. A credit note takes back
from the payment that it names, then from those that its invoice filled. What it takes back is
owed no more: it is set aside, and later invoices go past it, unless they name that payment,
are for the same lines of an order, or nothing else is left to invoice.
"""

from collections import defaultdict


def claim(entries, rows):
    """Give invoices and credit notes to planned payments.

    :param entries: in the order of dates, dicts with "units" (below 0: taken back),
        "payment_id" (named payment or None), "move_id", "origin_id" (document that is taken
        back), "is_lasting" (what is taken back is owed no more), "sales" ({id of an order's
        line: units})
    :param rows: (id, units), in the order in which invoices fill them
    :return: {row id: units that are invoiced}, {row id: units that are credited}
    """
    claims = _Claims(rows)
    for entry in entries:
        claims.add(entry)
    claims.finish()
    return claims.given, claims.credited()


class _Claims:
    def __init__(self, rows):
        self.rooms = {row_id: max(units, 0) for row_id, units in rows}
        # Under None what is invoiced beyond all rows.
        self.given = dict.fromkeys([*self.rooms, None], 0)
        # What credit notes let go of: {"row", "units", "sales"}
        self.aside = []
        self.filled = defaultdict(dict)
        # Credit notes that found nothing to take back yet.
        self.waiting = []

    def add(self, entry):
        if entry["units"] < 0:
            self._give_back(entry, -entry["units"])
            return
        self._take(entry, entry["units"])
        waiting, self.waiting = self.waiting, []
        for note, units in waiting:
            self._give_back(note, units)

    def finish(self):
        """A credit note without any invoice: that much less will be asked for."""
        for note, units in self.waiting:
            for row_id in self.rooms if note["is_lasting"] else ():
                part = min(units, self._room(row_id) - self._aside(row_id))
                self._set_aside(row_id, part, note)
                units -= max(part, 0)

    def credited(self):
        credited = defaultdict(int)
        for piece in self.aside:
            credited[piece["row"]] += piece["units"]
        return credited

    def _room(self, row_id):
        return self.rooms[row_id] - self.given[row_id]

    def _aside(self, row_id):
        return sum(piece["units"] for piece in self.aside if piece["row"] == row_id)

    def _set_aside(self, row_id, units, note):
        if units > 0:
            sales = set(note.get("sales", ()))
            self.aside.append({"row": row_id, "units": units, "sales": sales})

    # Invoices -----------------------------------------------------------------------

    def _take(self, entry, units):
        move_id = entry["move_id"]
        if entry["payment_id"] in self.rooms:
            units -= self._fill(entry["payment_id"], units, move_id)
        units -= self._take_again(entry, units)
        for row_id in self.rooms:
            part = min(units, self._room(row_id) - self._aside(row_id))
            units -= self._fill(row_id, part, move_id)
        for row_id in self.rooms:
            units -= self._fill(row_id, units, move_id)
        if units:
            self._note_filled(None, units, move_id)

    def _take_again(self, entry, units):
        """Invoice anew what was credited of the same lines of an order."""
        left, before = dict(entry.get("sales", {})), units
        for piece in self.aside if left else ():
            for line in piece["sales"] & left.keys():
                part = max(min(units, piece["units"], left[line]), 0)
                piece["units"] -= part
                left[line] -= part
                units -= self._fill(piece["row"], part, entry["move_id"])
        return before - units

    def _fill(self, row_id, units, move_id):
        """Fill a row as far as it has room; what was set aside of it gives way."""
        part = max(min(units, self._room(row_id)), 0)
        if not part:
            return 0
        self._note_filled(row_id, part, move_id)
        over = self._aside(row_id) - self._room(row_id)
        for piece in self.aside if over > 0 else ():
            if piece["row"] == row_id and over > 0:
                less = min(over, piece["units"])
                piece["units"] -= less
                over -= less
        return part

    def _note_filled(self, row_id, units, move_id):
        self.given[row_id] += units
        filled = self.filled[move_id]
        filled[row_id] = filled.get(row_id, 0) + units

    # Credit notes -------------------------------------------------------------------

    def _give_back(self, note, units):
        filled = self.filled[note["origin_id"]] if note["origin_id"] else {}
        for row_id, most in self._get_givers(note, filled):
            part = min(units, most)
            if part <= 0:
                continue
            units -= part
            self.given[row_id] -= part
            if row_id in filled:
                filled[row_id] -= min(part, filled[row_id])
            if row_id is not None and note["is_lasting"]:
                self._set_aside(row_id, part, note)
        if units:
            self.waiting.append((note, units))
        self._draw_in()

    def _get_givers(self, note, filled):
        """Rows and how much each may give back, the first one first; counted as one goes."""
        if note["payment_id"] in self.rooms:
            yield note["payment_id"], self.given[note["payment_id"]]
        for row_id in reversed(list(filled)):
            yield row_id, min(filled[row_id], self.given[row_id])
        yield None, self.given[None]
        for row_id in reversed(list(self.rooms)):
            yield row_id, self.given[row_id]

    def _draw_in(self):
        """What is invoiced beyond all rows takes the room that became free."""
        beyond = self.given[None]
        if beyond > 0 and any(self._room(row_id) > 0 for row_id in self.rooms):
            self.given[None] = 0
            self._take({"payment_id": None, "move_id": None}, beyond)
