"""What an installation does once, after all data files are loaded."""

from .lib import ledger_triggers


def post_init_hook(env):
    """Build the ledger, give existing customers their place in the life cycle, set the clock."""
    env["crm.order.day"]._rebuild(env["res.company"].search([]))
    env["res.partner"]._init_customer_status()
    env["crm.nightly.run"]._start_schedule()


def uninstall_hook(env):
    """Leave nothing in the database that refers to our tables."""
    ledger_triggers.drop(env.cr)
