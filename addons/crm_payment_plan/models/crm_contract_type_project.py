from odoo import fields, models


class CrmContractType(models.Model):
    """When contracts of this type make their project, and of which template (AL-16)."""

    _inherit = "crm.contract.type"

    project_trigger = fields.Selection(
        [
            ("manual", "By a person"),
            ("signed", "When both parties have signed"),
            ("advance", "When the advance is received"),
        ],
        string="Project Begins",
        required=True,
        default="manual",
        help="When a contract of this type makes its project by itself: once, with tasks and "
        "their deadlines. A contract that stands in a project already makes none.",
    )
    project_template_id = fields.Many2one(
        "project.project",
        ondelete="set null",
        domain="[('is_template', '=', True)]",
        help="Its tasks become those of the new project. Tasks with an event of the contract "
        "get their deadline from the contract's terms. Empty: a project without tasks.",
    )
    project_user_id = fields.Many2one(
        "res.users",
        string="Project Manager",
        ondelete="set null",
        domain="[('share', '=', False)]",
        help="Leads the new projects and is told of them. Empty: the manager of the template, "
        "or else whoever answers for the contract.",
    )
    advance_wins_lead = fields.Boolean(
        string="Advance Wins the Opportunity",
        default=True,
        help="The opportunity that led to the contract is won when the advance is received, "
        "if its stage regulation allows.",
    )
