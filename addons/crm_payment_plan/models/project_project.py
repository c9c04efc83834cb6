from collections import defaultdict

from odoo import api, fields, models

GROUPS = "crm_bpm_core.group_view,crm_payment_plan.group_plan_all"


class ProjectProject(models.Model):
    """A realisation: a project with the pool of contracts that pay for it (TN-20, TN-21)."""

    _inherit = "project.project"

    crm_contract_id = fields.Many2one(
        "crm.contract",
        string="Made by Contract",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=GROUPS,
        help="Contract whose signing or advance began this project.",
    )
    crm_contract_ids = fields.One2many(
        "crm.contract",
        "project_id",
        string="Contracts",
        domain=[("parent_id", "=", False)],
        groups=GROUPS,
    )
    crm_contract_count = fields.Integer(compute="_compute_crm_contract_money", groups=GROUPS)
    realisation_money = fields.Json(
        compute="_compute_crm_contract_money",
        groups=GROUPS,
        help="Income, expense and margin of the pool by currency, and how many of its "
        "contracts you may not see.",
    )
    realisation_currency_id = fields.Many2one(
        "res.currency", compute="_compute_crm_contract_money", groups=GROUPS
    )
    income_total = fields.Monetary(
        string="Income",
        compute="_compute_crm_contract_money",
        currency_field="realisation_currency_id",
        groups=GROUPS,
        help="Agreed with the customer, drafts included, in the company's currency at today's "
        "rate. A contract without a fixed sum counts with what is planned.",
    )
    income_received = fields.Monetary(
        string="Received",
        compute="_compute_crm_contract_money",
        currency_field="realisation_currency_id",
        groups=GROUPS,
    )
    expense_total = fields.Monetary(
        string="Expense",
        compute="_compute_crm_contract_money",
        currency_field="realisation_currency_id",
        groups=GROUPS,
    )
    expense_paid = fields.Monetary(
        string="Paid",
        compute="_compute_crm_contract_money",
        currency_field="realisation_currency_id",
        groups=GROUPS,
    )
    margin_planned = fields.Monetary(
        string="Margin",
        compute="_compute_crm_contract_money",
        currency_field="realisation_currency_id",
        groups=GROUPS,
        help="Income less expense as agreed, with taxes.",
    )
    margin_actual = fields.Monetary(
        string="Balance So Far",
        compute="_compute_crm_contract_money",
        currency_field="realisation_currency_id",
        groups=GROUPS,
        help="Received less paid so far; negative: we have paid in advance.",
    )

    _crm_contract_uniq = models.UniqueIndex(
        "(crm_contract_id) WHERE crm_contract_id IS NOT NULL",
        "The contract has made its project already.",
    )

    # Totals --------------------------------------------------------------------------

    @api.depends(
        "crm_contract_ids.amount_effective",
        "crm_contract_ids.planned_total",
        "crm_contract_ids.received_total",
        "crm_contract_ids.open_total",
        "crm_contract_ids.state",
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_crm_contract_money(self):
        """Totals of the contracts that the reader may see."""
        domain = [
            ("project_id", "in", self.ids),
            ("parent_id", "=", False),
            ("state", "!=", "cancelled"),
        ]
        contracts = self.env["crm.contract"].search(domain)
        counts = dict(
            self.env["crm.contract"].sudo()._read_group(domain, ["project_id"], ["__count"])
        )
        pools = contracts.grouped("project_id")
        for project in self:
            pool = pools.get(project._origin, contracts.browse())
            hidden = counts.get(project._origin, 0) - len(pool)
            project.update(project._prepare_realisation_money(pool, hidden))

    def _prepare_realisation_money(self, pool, hidden):
        """Totals of one pool: by currency, and together in the company's currency."""
        company = self.company_id or self.env.company
        rows = pool._sum_by_currency()
        totals = defaultdict(float)
        today = company._get_local_today()
        for row in rows:
            currency = self.env["res.currency"].browse(row["currency_id"])
            for name in ("agreed", "paid"):
                totals[row["direction"], name] += currency._convert(
                    row[name], company.currency_id, company, today
                )
        income, received = totals["income", "agreed"], totals["income", "paid"]
        expense, paid = totals["expense", "agreed"], totals["expense", "paid"]
        return {
            "crm_contract_count": len(pool),
            "realisation_currency_id": company.currency_id.id,
            "realisation_money": {
                "rows": rows,
                "hidden": hidden,
                "currency_id": company.currency_id.id,
                "together": {"income": income, "expense": expense, "balance": received - paid},
            },
            "income_total": income,
            "income_received": received,
            "expense_total": expense,
            "expense_paid": paid,
            "margin_planned": income - expense,
            "margin_actual": received - paid,
        }

    # Making one ----------------------------------------------------------------------

    @api.model
    def _create_realisation(self, values, template=None):
        """A project, from a template if there is one; rights are the caller's business.

        Other sources than a contract (a won tender) use it too, then add the contracts
        of the pool by ``_prepare_pool_contract``.
        """
        if not template:
            return self.create(values)
        # Whose messages and followers a template has is no matter of the new project.
        copied = template.with_context(mail_create_nosubscribe=True)
        return copied.action_create_from_template(values=dict(values))

    def _plan_from_contract(self, contract):
        """Deadlines of tasks and milestones from the terms of the contract."""
        self.ensure_one()
        self.tasks._follow_contract(contract)
        for task in self.tasks.filtered(lambda one: not one.user_ids and not one.parent_id):
            task.user_ids = self.user_id
        if self.allow_milestones:
            contract.payment_ids._make_milestones(self)

    def _prepare_pool_contract(self, direction):
        """Values of one more contract of the pool; also for those who fill it at a win."""
        self.ensure_one()
        kinds = self.env["crm.contract.type"]
        values = {
            "type_id": kinds.search([("direction", "=", direction)], limit=1).id,
            "project_id": self.id,
            "company_id": (self.company_id or self.env.company).id,
        }
        if direction == "income":
            values["partner_id"] = self.partner_id.commercial_partner_id.id
        return values

    # Buttons -------------------------------------------------------------------------

    def action_view_realisation(self):
        """The project with its money, for those who may see contracts."""
        self.ensure_one()
        form = self.env.ref("crm_payment_plan.project_project_view_form_realisation")
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(form.id, "form")],
        }

    def action_view_crm_contracts(self):
        """The pool of contracts, income and expense, and the place to add one."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Contracts of %s", self.name),
            "res_model": "crm.contract",
            "view_mode": "list,kanban,form,pivot",
            "domain": [("project_id", "=", self.id), ("parent_id", "=", False)],
            "context": {
                **self._get_pool_context("income"),
                "search_default_group_direction": 1,
            },
        }

    def action_new_income_contract(self):
        """Form of a contract with the customer of this project."""
        return self._new_pool_contract("income", self.env._("New contract with the customer"))

    def action_new_expense_contract(self):
        """Form of a contract with a supplier of this project."""
        return self._new_pool_contract("expense", self.env._("New contract with a supplier"))

    def _new_pool_contract(self, direction, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "crm.contract",
            "view_mode": "form",
            "context": self._get_pool_context(direction),
        }

    def _get_pool_context(self, direction):
        values = {**self._prepare_pool_contract(direction), "direction": direction}
        return {f"default_{name}": value for name, value in values.items() if value}

    def action_view_planned_payments(self):
        """Planned payments of the whole pool, in the sections of the receipts plan."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payments of %s", self.name),
            "res_model": "crm.contract.payment",
            "view_mode": "list,kanban,form,pivot,graph,calendar",
            "domain": [("project_id", "=", self.id)],
            "context": {"search_default_group_direction": 1, "search_default_planned": 1},
        }

    def _get_stat_buttons(self):
        buttons = super()._get_stat_buttons()
        if self.env["crm.contract"].has_access("read"):
            buttons.append(
                {
                    "icon": "handshake-o",
                    "text": self.env._("Contracts"),
                    "number": self.crm_contract_count,
                    "action_type": "object",
                    "action": "action_view_crm_contracts",
                    "show": bool(self.crm_contract_count),
                    "sequence": 5,
                }
            )
        return buttons
