from odoo import fields, models


class CrmContract(models.Model):
    """Who is named beside the signatures.

    The text says "represented by ...", which many languages decline: в лице директора Орлова
    А. В. Beside his signature the same man stands as Директор Орлов А. В.
    """

    _inherit = "crm.contract"

    company_signature_name = fields.Char(
        string="Beside Our Signature",
        help="Post and name as they stand beside the signature on printed forms. "
        "Empty: as in Signs for Us.",
    )
    partner_signature_name = fields.Char(
        string="Beside Their Signature",
        help="Post and name as they stand beside the signature on printed forms. "
        "Empty: as in Signs for Them.",
    )

    def _get_signature_name(self, party):
        """Post and name beside the signature; empty without a contract.

        :param party: company or partner
        """
        return self[f"{party}_signature_name"] or self[f"{party}_signer"] or ""
