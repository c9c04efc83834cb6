"""What an installation does once, after all data files are loaded."""

from .lib import ledger_triggers


def post_init_hook(env):
    """Give existing customers their place in the life cycle, and build the ledger."""
    env["crm.order.day"]._rebuild(env["res.company"].search([]))
    env["res.partner"]._init_customer_status()


def uninstall_hook(env):
    """Leave nothing in the database that refers to our tables."""
    ledger_triggers.drop(env.cr)
