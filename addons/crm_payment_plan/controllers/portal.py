from odoo import SUPERUSER_ID, http
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager


class ContractPortal(CustomerPortal):
    """Contracts in the customer's portal.

    Rights are decided by ``crm.contract._get_portal_domain`` and ``_is_on_portal``; every
    query here starts from them, because it runs for users without rights to the model.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        contracts = self._get_portal_contracts()
        domain = self._get_portal_contract_domain()
        if "contract_count" in counters:
            values["contract_count"] = contracts.search_count(domain, limit=1)
        if "contract_sign_count" in counters:
            to_sign = self._get_contract_filters()["to_sign"]["domain"]
            values["contract_sign_count"] = contracts.search_count(domain & to_sign)
        return values

    def _get_portal_contracts(self):
        return request.env["crm.contract"].sudo()

    def _get_portal_contract_domain(self):
        partner = request.env.user.partner_id
        return request.env["crm.contract"]._get_portal_domain(partner)

    def _get_contract_sortings(self):
        _ = request.env._
        return {
            "date": {"label": _("Newest"), "order": "date desc, id desc"},
            "number": {"label": _("Number"), "order": "number, id"},
            "amount": {"label": _("Amount"), "order": "amount_effective desc, id"},
            "next": {"label": _("Next payment"), "order": "next_date, id"},
        }

    def _get_contract_filters(self):
        _ = request.env._
        waits = Domain("state", "in", ("approved", "active")) & Domain(
            "partner_signature", "in", ("none", "sent")
        )
        return {
            "all": {"label": _("All"), "domain": Domain.TRUE},
            "to_sign": {"label": _("To sign"), "domain": waits},
            "active": {"label": _("In force"), "domain": Domain("state", "=", "active")},
            "ended": {
                "label": _("Ended"),
                "domain": Domain("state", "in", ("completed", "terminated")),
            },
        }

    def _get_contract_inputs(self):
        _ = request.env._
        return {
            "all": {"input": "all", "label": _("Search in all")},
            "number": {"input": "number", "label": _("Search in numbers")},
            "title": {"input": "title", "label": _("Search in subjects")},
        }

    def _get_contract_search_domain(self, search_in, search):
        fields = {
            "number": ("number", "partner_reference"),
            "title": ("title",),
        }.get(search_in, ("number", "partner_reference", "title"))
        return Domain.OR(Domain(name, "ilike", search) for name in fields)

    @http.route(
        ["/my/contracts", "/my/contracts/page/<int:page>"], type="http", auth="user", website=True
    )
    def portal_my_contracts(
        self, page=1, sortby=None, filterby=None, search=None, search_in="all", **kw
    ):
        """The customer's contracts: searched, sorted, page by page."""
        sortings, filters = self._get_contract_sortings(), self._get_contract_filters()
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        domain = self._get_portal_contract_domain() & filters[filterby]["domain"]
        if search:
            domain &= self._get_contract_search_domain(search_in, search)
        contracts = self._get_portal_contracts()
        pager = portal_pager(
            url="/my/contracts",
            url_args={
                "sortby": sortby, "filterby": filterby, "search": search, "search_in": search_in,
            },
            total=contracts.search_count(domain),
            page=page,
            step=self._items_per_page,
        )  # fmt: skip
        found = contracts.search(
            domain,
            order=sortings[sortby]["order"],
            limit=self._items_per_page,
            offset=pager["offset"],
        )
        request.session["my_contracts_history"] = found.ids[:100]
        values = {
            **self._prepare_portal_layout_values(),
            "contracts": found,
            "page_name": "contract",
            "pager": pager,
            "default_url": "/my/contracts",
            "searchbar_sortings": sortings,
            "sortby": sortby,
            "searchbar_filters": filters,
            "filterby": filterby,
            "searchbar_inputs": self._get_contract_inputs(),
            "search_in": search_in,
            "search": search,
        }
        return request.render("crm_payment_plan.portal_my_contracts", values)

    def _get_shown_contract(self, contract_id, access_token=None):
        """The contract with all rights, if the visitor may see its pages; else nothing."""
        contract = request.env["crm.contract"].browse(contract_id).with_user(SUPERUSER_ID).exists()
        if contract and contract._is_on_portal(request.env.user, access_token):
            # Texts in the visitor's language, not in that of the superuser.
            return contract.with_context(lang=request.env.lang)
        return request.env["crm.contract"]

    @http.route("/my/contracts/<int:contract_id>", type="http", auth="public", website=True)
    def portal_contract_page(self, contract_id, access_token=None, message=None, **kw):
        """One contract: terms, payments, invoices, files, signature."""
        contract = self._get_shown_contract(contract_id, access_token)
        if not contract:
            return request.redirect("/my")
        values = self._get_page_view_values(
            contract,
            access_token,
            self._prepare_contract_values(contract, message),
            "my_contracts_history",
            False,
            **kw,
        )
        # The discussion answers to the link: portal users have no right to the model.
        values["token"] = contract._portal_ensure_token()
        return request.render("crm_payment_plan.portal_contract_page", values)

    def _prepare_contract_values(self, contract, message=None):
        return {
            "contract": contract,
            "payments": contract._get_portal_payments(),
            "invoices": contract._get_portal_invoices(),
            "agreements": contract._get_portal_agreements(),
            "documents": contract._get_portal_documents(),
            "can_sign": contract._can_be_signed_online(),
            "message": message,
            "page_name": "contract",
            "res_company": contract.company_id,
            "backend_url": f"/odoo/contracts/{contract.id}",
        }

    @http.route(
        "/my/contracts/<int:contract_id>/file/<int:attachment_id>",
        type="http",
        auth="public",
        website=True,
        readonly=True,
    )
    def portal_contract_file(self, contract_id, attachment_id, access_token=None, **kw):
        """A file that the contract shows to the customer, and no other."""
        contract = self._get_shown_contract(contract_id, access_token)
        shown = [one for _title, one in contract._get_portal_documents()] if contract else []
        attachment = next((one for one in shown if one.id == attachment_id), None)
        if attachment is None:
            return request.redirect("/my")
        stream = request.env["ir.binary"]._get_stream_from(attachment)
        return stream.get_response(as_attachment=True)

    @http.route(
        "/my/contracts/<int:contract_id>/accept", type="jsonrpc", auth="public", website=True
    )
    def portal_contract_accept(self, contract_id, access_token=None, name=None, signature=None):
        """Take the signature of the portal's form."""
        access_token = access_token or request.httprequest.args.get("access_token")
        contract = self._get_shown_contract(contract_id, access_token)
        if not contract:
            return {"error": request.env._("This contract is not shown to you.")}
        if not request.env.user.share:
            return {"error": request.env._("Only the customer signs here.")}
        try:
            with request.env.cr.savepoint():
                contract._sign_online(name, signature, self._get_author(contract))
        except UserError as error:
            return {"error": str(error)}
        return {
            "force_refresh": True,
            "redirect_url": contract.get_portal_url(query_string="&message=signed"),
        }

    @http.route(
        "/my/contracts/<int:contract_id>/changes",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_contract_changes(self, contract_id, access_token=None, text=None, **kw):
        """The customer says what has to be different before he signs."""
        contract = self._get_shown_contract(contract_id, access_token)
        if not contract or not request.env.user.share:
            return request.redirect("/my")
        message = ""
        if (text or "").strip() and contract._can_be_signed_online():
            contract._ask_changes(text.strip(), self._get_author(contract))
            message = "&message=asked"
        return request.redirect(contract.get_portal_url(query_string=message))

    def _get_author(self, contract):
        user = request.env.user
        return contract.partner_id if user._is_public() else user.partner_id
