from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..lib.netting import Document, Documents, compare
from ..lib.splitting import by_largest_remainder

#: Debts of former accounting that credit notes of these contracts lower.
DEBTS = """
SELECT l.id AS line_id, l.crm_contract_id, l.crm_contract_payment_id, l.currency_id,
       abs(l.amount_currency) AS whole, abs(l.balance) AS booked, l.crm_contract_rate AS rate
  FROM account_move_line l WHERE l.id IN %(lines)s
"""


class CrmContract(models.Model):
    """Credit notes that close what is not theirs.

    A credit note closes first what it names of an invoice. What of it names no contract lowers
    what the contracts of that invoice owe; what names another contract is netting: received by
    the one contract, given back by the other, and no money.
    """

    _inherit = "crm.contract"

    def _get_documents(self):
        """Invoices, credit notes and old debts of these contracts, and how they meet others."""
        moves, entries = self._get_contract_moves()
        openings = self._get_openings(entries)
        documents = Documents(
            shares=self._get_move_shares(moves) if moves else {}, openings=openings
        )
        own = dict(documents.shares)
        own.update((-row["line_id"], self._prepare_debt(row)) for row in openings if row["is_debt"])
        documents.rows = self._get_document_rows(own)
        self._meet_documents(documents, own)
        return documents

    @api.model
    def _prepare_debt(self, row):
        """An item of former accounting as a document, see _get_move_shares."""
        currency = self.env["res.currency"].browse(row["currency_id"])
        total = round(row["whole"] / currency.rounding)
        return {
            "currency": currency,
            "sign": 1,
            "booked": row["booked"],
            "amount": row["whole"],
            "keys": [(row["crm_contract_id"], row["crm_contract_payment_id"])],
            "rates": [row["rate"]],
            "shares": [total],
        }

    @api.model
    def _get_document_rows(self, documents):
        """Reconciliations of these documents, see PARTIALS: {document: rows}"""
        moves = tuple(one for one in documents if one > 0)
        lines = tuple(-one for one in documents if one < 0)
        found = defaultdict(list)
        if moves:
            for row in self._get_partials(SQL("inv.move_id IN %s", moves)):
                found[row["move_id"]].append(row)
        if lines:
            for row in self._get_partials(SQL("inv.id IN %s", lines)):
                found[-row["line_id"]].append(row)
        return found

    @api.model
    def _get_other(self, row):
        """The document on the other side of a reconciliation; None if it is money."""
        if row["counterpart_type"] == "entry":
            return None
        if row["counterpart_type"] == "opening":
            return -row["counterpart_line_id"]
        return row["counterpart_move_id"]

    def _meet_documents(self, documents, own):
        """Divide what documents close of each other; asks the database only if they do."""
        meeting = {self._get_other(row) for rows in documents.rows.values() for row in rows}
        if not meeting - {None}:
            return
        known = dict(own)
        near = self._add_documents(known, meeting - {None})
        rows = {**documents.rows, **self._get_document_rows(near)}
        self._add_documents(
            known, {self._get_other(row) for one in near for row in rows.get(one, ())} - {None}
        )
        for one in [*own, *near]:
            self._meet_document(documents, one, known, rows.get(one, ()))
        self._net(documents, own, known)

    @api.model
    def _add_documents(self, known, wanted):
        """Fetch the shares of documents that are not known yet: {document: shares}"""
        missing = wanted - known.keys()
        moves = tuple(one for one in missing if one > 0)
        lines = tuple(-one for one in missing if one < 0)
        found = self._get_move_shares(moves) if moves else {}
        if lines:
            for row in self.env.execute_query_dict(SQL(DEBTS, lines=lines)):
                found[-row["line_id"]] = self._prepare_debt(row)
        known.update(found)
        return found

    def _meet_document(self, documents, one, known, rows):
        """Parts of one document in each other document that it meets."""
        shares = known[one]
        coin = shares["currency"].rounding
        document = Document(shares["keys"], shares["shares"])
        for row in sorted(rows, key=lambda row: row["partial_id"]):
            other = known.get(self._get_other(row))
            if not other:
                continue
            amount = round(row["amount"] / coin)
            weights = self._get_other_weights(row, shares, other)
            before = self._convert_parts(shares, document.met)
            parts = document.meet(amount, weights)
            after = self._convert_parts(shares, document.met)
            units = [new - old for new, old in zip(after, before, strict=True)]
            documents.parts[row["partial_id"], one] = {"parts": parts, "units": units, "row": row}
        documents.met[one] = document

    @api.model
    def _get_other_weights(self, row, shares, other):
        """Shares of the other document in coins of this one: {key: coins}"""
        weights = defaultdict(int)
        same = shares["currency"] == other["currency"]
        factor = 1 if same else row["amount"] / (row["counterpart_amount"] or row["amount"] or 1)
        factor *= 1 if same else other["currency"].rounding / shares["currency"].rounding
        for key, share in zip(other["keys"], other["shares"], strict=True):
            weights[key] += share if same else round(share * factor)
        return {key: weight for key, weight in weights.items() if weight > 0}

    def _convert_parts(self, shares, parts):
        """Coins of a document in units of its contracts; 0 for contracts that are not asked."""
        contracts = {contract.id: contract for contract in self}
        return [
            contracts[key[0]]._convert_units(part, shares, rate) if key[0] in contracts else 0
            for key, part, rate in zip(shares["keys"], parts, shares["rates"], strict=True)
        ]

    # What differs ---------------------------------------------------------------------

    def _net(self, documents, own, known):
        """What credit notes close that is not theirs, as receipts and as what is credited."""
        pairs = {}
        for (partial_id, one), met in documents.parts.items():
            pairs.setdefault(partial_id, {})[known[one]["sign"]] = one, met
        for pair in pairs.values():
            # Odoo lets invoices be reconciled with credit notes only.
            if len(pair) == 2 and not own.keys().isdisjoint(one for one, _met in pair.values()):
                self._net_pair(documents, known, pair)

    def _net_pair(self, documents, known, pair):
        (invoice, asked), (note, taken) = pair[1], pair[-1]
        sides = [
            self._sum_by_contract(known[one], met) for one, met in ((invoice, asked), (note, taken))
        ]
        wholes = [sum(met["parts"]) for met in (asked, taken)]
        gives = {
            key: sides[1][key][0] * wholes[0] - sides[0][key][0] * wholes[1]
            for key in {*sides[0], *sides[1]}
        }
        given = sum(one for one in gives.values() if one > 0)
        unnamed = max(gives.get(None, 0), 0)
        for contract in self:
            if contract.id not in gives:
                continue
            (coins, units), (back_coins, back) = sides[0][contract.id], sides[1][contract.id]
            common, noted, rest, more = compare(
                (coins, wholes[0], units), (back_coins, wholes[1], back)
            )
            let_go = round(rest * unnamed / given) if given else 0
            share = round(coins * let_go / units) if units else 0
            # What both name counts as the invoice does, whatever the rate of the note's day.
            contract._add_credit(documents, known, invoice, asked, let_go + common - noted, share)
            contract._add_netting(documents, known, (invoice, asked), (note, taken),
                                  rest - let_go, more)  # fmt: skip

    @api.model
    def _sum_by_contract(self, shares, met):
        """{contract id: (coins, units)} of one document in one reconciliation"""
        sums = defaultdict(lambda: (0, 0))
        for key, part, units in zip(shares["keys"], met["parts"], met["units"], strict=True):
            coins, before = sums[key[0]]
            sums[key[0]] = coins + part, before + units
        return sums

    def _divide_among_keys(self, shares, met, *amounts):
        """Amounts of this contract by the planned payments that the document names."""
        places = [index for index, key in enumerate(shares["keys"]) if key[0] == self.id]
        weights = [met["parts"][index] for index in places]
        divided = (by_largest_remainder(amount, weights) for amount in amounts)
        for index, *parts in zip(places, *divided, strict=True):
            yield shares["keys"][index][1], *parts

    def _add_credit(self, documents, known, invoice, met, units, share):
        """Note that less is owed, though no credit note names this contract."""
        if not units:
            return
        row = met["row"]
        for payment_id, part, coins in self._divide_among_keys(known[invoice], met, units, share):
            documents.credits[self.id].append(
                {
                    "units": -part,
                    "share": coins,
                    "payment_id": payment_id,
                    "date": row["date"],
                    "move_id": row["move_id"],
                    "note_id": row["counterpart_move_id"],
                    "is_note": True,
                    "origin_id": row["move_id"],
                }
            )

    def _add_netting(self, documents, known, invoice, note, received, given):
        """Note what is received, or given back, by a credit note of another contract."""
        one, met = invoice if received else note
        units = received or -given
        if not units:
            return
        row = met["row"]
        own = [
            (part, counted)
            for key, part, counted in zip(
                known[one]["keys"], met["parts"], met["units"], strict=True
            )
            if key[0] == self.id
        ]
        coins, counted = (sum(values) for values in zip(*own, strict=True))
        company = row["company_amount"] * coins / sum(met["parts"]) * units / counted
        company = round(company / row["company_coin"])
        for payment_id, part, booked in self._divide_among_keys(known[one], met, units, company):
            if part:
                documents.nettings[self.id].append(
                    {
                        "units": part,
                        "cash": 0.0,
                        "company": booked * row["company_coin"],
                        "payment_id": payment_id or False,
                        "partial_id": row["partial_id"],
                        "account_payment_id": False,
                        "opening_line_id": False,
                        "move_id": row["move_id"],
                        "counterpart_move_id": row["counterpart_move_id"],
                        "date": row["met_date"],
                        "source": "netting",
                    }
                )
