from odoo import api, models
from odoo.tools import SQL


class CrmCallsToday(models.AbstractModel):
    """Who is called: how he pays, and what he owes beyond the due date, beside his name."""

    _inherit = "crm.customer.board"

    @api.model
    def _complete_calls(self, rows, today):
        result = super()._complete_calls(rows, today)
        facts = self._get_payer_facts([row["partner_id"] for row in rows])
        for row in rows:
            row["payer"] = facts.get(row["partner_id"], False)
        return result

    @api.model
    def _get_payer_facts(self, partner_ids):
        """How customers pay the current company, asked once for all of them.

        Serves every screen that names a customer while somebody speaks with him; those who
        were not rated and owe nothing overdue are left out, as there is nothing to say.

        :param partner_ids: customers or their contacts
        :return: {partner's id: {"id": of the discipline, "payer_class", "label": the class in
            words, "overdue": sum in the company's currency}}
        """
        if not partner_ids:
            return {}
        self.env["crm.payer.discipline"].flush_model()
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        labels = self._get_labels("crm.payer.discipline", "payer_class")
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT p.id AS partner_id, d.id, d.payer_class, d.overdue_amount AS overdue
                  FROM res_partner p
                  JOIN crm_payer_discipline d
                    ON d.partner_id = p.commercial_partner_id AND d.company_id = %s
                 WHERE p.id IN %s AND (d.payer_class <> 'unrated' OR d.overdue_amount > 0)
                """,
                self.env.company.id,
                tuple(set(partner_ids)),
            )
        )
        return {row.pop("partner_id"): {**row, "label": labels[row["payer_class"]]} for row in rows}
