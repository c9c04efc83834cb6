"""Invoices that meet credit notes: whose part of the one closes whose part of the other."""

from collections import defaultdict
from dataclasses import dataclass, field

from .splitting import Settling, by_largest_remainder

#: A credit note closes what it names: the same planned payment, then the same contract, then
#: whatever is left. Keys of shares are (contract, planned payment).
LEVELS = (lambda key: key, lambda key: key[0], lambda key: None)


class Document:
    """Shares of an invoice or credit note in what closes it; whole coins.

    First come all documents that it meets, then money: so no share depends on the order in
    which people entered them.
    """

    def __init__(self, keys, shares):
        self.keys = list(keys)
        self.shares = list(shares)
        self.rooms = list(shares)
        self.met = [0] * len(self.shares)
        self._plain = Settling(shares) if min(shares, default=0) < 0 else None

    def meet(self, amount, others):
        """Parts by share of what another document closes.

        :param others: {key: coins of the other document}, in this document's currency
        """
        if self._plain:
            parts = self._plain.pay(amount)
        else:
            parts, others = [0] * len(self.shares), dict(others)
            for level in LEVELS:
                amount -= self._meet(amount, parts, others, level)
            anything = min(amount, sum(room for room in self.rooms if room > 0))
            if anything > 0:
                amount -= self._meet(anything, parts, {None: anything}, LEVELS[-1])
            if amount:
                # More than there is: the document was changed after it was reconciled.
                rest = by_largest_remainder(amount, self.shares)
                parts = [part + more for part, more in zip(parts, rest, strict=True)]
                self.rooms = [room - more for room, more in zip(self.rooms, rest, strict=True)]
        self.met = [before + part for before, part in zip(self.met, parts, strict=True)]
        return parts

    def get_settling(self):
        """Who divides money, of what the documents that were met leave."""
        return self._plain or Settling(self.rooms)

    def get_noted(self):
        """What of each share is met beside what that divides."""
        return [0] * len(self.met) if self._plain else list(self.met)

    def _meet(self, amount, parts, others, level):
        own, their = defaultdict(list), defaultdict(list)
        for index, key in enumerate(self.keys):
            own[level(key)].append(index)
        for key in others:
            their[level(key)].append(key)
        common = {
            name: min(sum(self.rooms[index] for index in own[name]),
                      sum(others[key] for key in keys))
            for name, keys in their.items()
            if name in own
        }  # fmt: skip
        common = {name: most for name, most in common.items() if most > 0}
        taken = min(amount, sum(common.values()))
        if taken <= 0:
            return 0
        for name, part in zip(
            common, by_largest_remainder(taken, list(common.values())), strict=True
        ):
            self._meet_group(part, parts, own[name])
            less = by_largest_remainder(part, [others[key] for key in their[name]])
            for key, piece in zip(their[name], less, strict=True):
                others[key] -= piece
        return taken

    def _meet_group(self, amount, parts, indexes):
        pieces = by_largest_remainder(amount, [self.rooms[index] for index in indexes])
        for index, piece in zip(indexes, pieces, strict=True):
            self.rooms[index] -= piece
            parts[index] += piece


@dataclass
class Documents:
    """What contracts have in accounting: their documents and what these are reconciled with.

    Documents are known by the id of their entry, debts of former accounting by that of their
    item, below 0.
    """

    #: See _get_move_shares, of invoices and credit notes.
    shares: dict = field(default_factory=dict)
    #: See _get_openings.
    openings: list = field(default_factory=list)
    #: Rows of PARTIALS by document.
    rows: dict = field(default_factory=dict)
    #: Document objects of those that met others, and {(partial, document): {"parts", "units"}}.
    met: dict = field(default_factory=dict)
    parts: dict = field(default_factory=dict)
    #: By contract: what is credited without naming it, see _get_invoiced; receipts without
    #: money, see _get_settling_entries.
    credits: dict = field(default_factory=lambda: defaultdict(list))
    nettings: dict = field(default_factory=lambda: defaultdict(list))


def compare(invoice, note):
    """How two documents that meet differ about one contract.

    :param invoice, note: (coins of the contract, coins of the whole, units of the contract)
    :return: units that belong to both as the invoice counts them, as the note counts them;
        units of the invoice that something else closes; units of the note that close
        something else
    """
    asked, whole, owed = invoice
    taken, most, back = note
    if asked * most <= taken * whole:
        common = round(back * asked * most / (taken * whole)) if taken * whole else 0
        return owed, common, 0, back - common
    common = round(owed * taken * whole / (asked * most)) if asked * most else 0
    return common, back, owed - common, 0
