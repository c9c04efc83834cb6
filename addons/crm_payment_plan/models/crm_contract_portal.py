import base64
import binascii
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import consteq

from . import rows
from .crm_contract_signing import SIGNED

SHOWN_STATES = ("approved", "active", "completed", "terminated")


class CrmContract(models.Model):
    """What a customer sees of a contract, and the signature given there.

    Portal users have no right to the model itself: with it they could read every
    attachment of the contract and every field by RPC. The pages read for them, after
    this model has said whose contract it is.
    """

    _name = "crm.contract"
    _inherit = ["crm.contract", "portal.mixin"]

    portal_attachment_ids = fields.Many2many(
        "ir.attachment",
        "crm_contract_portal_attachment_rel",
        string="For the Customer",
        copy=False,
        help="Files that the customer finds beside the contract. No other file of the contract "
        "is shown, but signed copies.",
    )
    portal_signature = fields.Image(
        string="Their Drawn Signature", copy=False, attachment=True, max_width=1024, max_height=1024
    )
    portal_signed_by = fields.Char(string="Signed Online By", copy=False, readonly=True)
    portal_signed_at = fields.Datetime(string="Signed Online At", copy=False, readonly=True)
    portal_digest = fields.Char(
        string="Fingerprint of What Was Signed",
        copy=False,
        readonly=True,
        help="SHA-256 of the signed terms, which are kept as a file beside the signature.",
    )

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for contract in self:
            contract.access_url = f"/my/contracts/{contract.id}"
        return result

    def write(self, vals):
        if "partner_id" in vals:
            # A link that the former party was sent must not open the contract of the next.
            vals = {**vals, "access_token": False}
        return super().write(vals)

    # Whose it is ---------------------------------------------------------------------

    @api.model
    def _get_portal_domain(self, partner):
        """Contracts that a customer finds in his portal: of his firm, sent or signed.

        What the company buys is not shown: when it plans to pay is its own business.
        """
        return Domain(
            [
                ("commercial_partner_id", "=", partner.commercial_partner_id.id),
                ("direction", "=", "income"),
                ("state", "in", SHOWN_STATES),
                ("signature_state", "!=", "none"),
            ]
        )

    def _is_on_portal(self, user, access_token=None):
        """Whether these pages may be shown to a user, or to whoever has the link.

        :param access_token: of the link; shows nothing that the customer would not see
        """
        self.ensure_one()
        if not user.share:
            return self.with_user(user).has_access("read")
        contract = self.sudo()
        own = contract.filtered_domain(self._get_portal_domain(user.partner_id))
        if own and not user._is_public():
            return True
        shown = contract.filtered_domain(self._get_portal_domain(contract.partner_id))
        token = contract.access_token
        return bool(shown and token and access_token and consteq(token, access_token))

    # What is shown -------------------------------------------------------------------

    def _get_portal_payments(self):
        """Planned payments as the customer sees them, in the order of dates."""
        self.ensure_one()
        live = self.payment_ids.filtered(lambda payment: payment.state != "cancelled")
        return live.sorted(lambda payment: (payment.date_planned, payment.sequence, payment.id))

    def _get_portal_invoices(self):
        """Posted invoices and credit notes of the contract to this very customer."""
        self.ensure_one()
        lines = self.env["account.move.line"].search(
            [("crm_contract_id", "=", self.id), ("parent_state", "=", "posted")]
        )
        invoices = lines.move_id.filtered(
            lambda move: (
                move.move_type in ("out_invoice", "out_refund")
                and move.commercial_partner_id == self.commercial_partner_id
            )
        )
        return invoices.sorted(lambda move: (move.invoice_date, move.id))

    def _get_portal_agreements(self):
        """Additional agreements that the customer may see."""
        self.ensure_one()
        return self.child_ids.filtered_domain(self._get_portal_domain(self.partner_id))

    def _get_portal_documents(self):
        """Files for the customer: [(title, ir.attachment)], the newest version first."""
        self.ensure_one()
        now = self.env._("Version %s", self.version)
        found = [(now, one) for one in self._get_stored_text() | self.signed_attachment_ids]
        found += [(self.env._("Attachment"), one) for one in self.portal_attachment_ids]
        for version in self.version_ids.sorted("version", reverse=True):
            found += [
                (version.display_name, one)
                for one in version._get_stored_text() | version.attachment_ids
            ]
        return found

    def _get_stored_text(self):
        """Hook: the contract's text as it was printed and kept, one PDF or none."""
        return self.env["ir.attachment"]

    # Signing -------------------------------------------------------------------------

    def _can_be_signed_online(self):
        self.ensure_one()
        return (
            self.direction == "income"
            and self.state in ("approved", "active")
            and self.signature_state != "none"
            and self.partner_signature not in SIGNED
        )

    def _sign_online(self, name, signature, author):
        """Take the customer's signature.

        :param name: who signs, as typed
        :param signature: drawn signature, an image in base64
        :param author: partner who is logged in, or the contract's own
        :raise UserError: nothing to sign, no name, no image
        """
        self.ensure_one()
        rows.take(self)
        if not self._can_be_signed_online():
            raise UserError(self.env._("This contract does not wait for your signature."))
        name = (name or "").strip()
        if not name:
            raise UserError(self.env._("Write your name."))
        image = self._read_signature(signature)
        self.write(
            {
                "portal_signature": signature,
                "portal_signed_by": name,
                "portal_signed_at": fields.Datetime.now(),
                "partner_signer": self.partner_signer or name,
            }
        )
        terms = self._get_signed_terms()
        self.portal_digest = hashlib.sha256(terms).hexdigest()
        copies = self.env["ir.attachment"].create(self._prepare_signed_copies(name, image, terms))
        self._sign(("partner",), "esign", self.company_id._get_local_today(), copies)
        self._announce_online_signature(name, author)

    @api.model
    def _read_signature(self, signature):
        try:
            image = base64.b64decode(signature or "", validate=True)
        except (binascii.Error, ValueError):
            image = b""
        if not image.startswith(b"\x89PNG") and not image.startswith(b"\xff\xd8"):
            raise UserError(self.env._("The signature is missing or is no picture. Draw it again."))
        return image

    def _prepare_signed_copies(self, name, image, terms):
        """Hook: what is kept of the signature: as drawn, and the terms it stands under.

        :param bytes image: the drawn signature
        :param bytes terms: text whose fingerprint is kept
        """
        owner = {"res_model": self._name, "res_id": self.id}
        titles = {"number": self.number, "version": self.version, "name": name}
        return [
            {
                "name": self.env._("%(number)s version %(version)s, signature of %(name)s.png",
                                   **titles),
                "raw": image,
                **owner,
            },
            {
                "name": self.env._("%(number)s version %(version)s, signed terms.txt", **titles),
                "raw": terms,
                **owner,
            },
        ]  # fmt: skip

    def _get_signed_terms(self):
        """Terms, plan and fingerprint of the stored text, as one text in UTF-8."""
        lines = [f"{label}: {text}" for label, text in self._prepare_terms().items()]
        lines.append(self.env._("Version: %s", self.version))
        lines += [f"{one.name}: SHA-1 {one.checksum}" for one in self._get_stored_text()]
        return "\n".join(lines).encode()

    def _announce_online_signature(self, name, author):
        text = self.env._("%(name)s signed version %(version)s online.",
                          name=name, version=self.version)  # fmt: skip
        self.message_post(
            body=text,
            author_id=author.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.user_id.partner_id.ids,
        )
        if self.signature_state != "signed":
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The customer has signed: sign for us"),
                user_id=self.user_id.id or self.env.uid,
            )

    def _ask_changes(self, text, author):
        """The customer does not sign, and says what should be different."""
        self.ensure_one()
        if not self._can_be_signed_online():
            raise UserError(self.env._("This contract does not wait for your signature."))
        self.message_post(
            body=text,
            author_id=author.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.user_id.partner_id.ids,
        )
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=self.env._("The customer asks for changes before signing"),
            note=text,
            user_id=self.user_id.id or self.env.uid,
        )

    def _revise(self, reason):
        result = super()._revise(reason)
        self._write_guarded(
            dict.fromkeys(
                ("portal_signature", "portal_signed_by", "portal_signed_at", "portal_digest"), False
            )
        )
        return result

    # Buttons -------------------------------------------------------------------------

    def action_preview_portal(self):
        """The page as the customer sees it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "target": "self", "url": self.get_portal_url()}

    def action_share_portal(self):
        """Send the customer a link to the page."""
        self.ensure_one()
        if not self.filtered_domain(self._get_portal_domain(self.partner_id)):
            raise UserError(
                self.env._(
                    "The customer sees contracts from the moment they are sent to sign: press "
                    '"Sent to sign" first.'
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id("portal.portal_share_action")
        return {**action, "context": {"active_model": self._name, "active_id": self.id}}


class CrmContractVersion(models.Model):
    _inherit = "crm.contract.version"

    def _get_stored_text(self):
        """Hook: the text of this former version as it was printed and kept."""
        return self.env["ir.attachment"]
