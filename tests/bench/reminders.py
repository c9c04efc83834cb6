"""Sending reminders: what a mail of a batch takes, and what printing its papers adds."""

import datetime as dt

from tests.bench import books
from tests.bench.frame import bench
from tests.bench.lab import seconds

#: Customers of the bench with papers, and invoices that each of them owes.
CUSTOMERS, INVOICES = 5, 3
#: So long ago the invoices fell due: the second reminder, which goes by mail.
DAYS = 10


def seconds_of_a_mail(run, mails):
    """Send these reminders in one batch; each of them must have gone out as a mail."""
    taken = seconds(lambda: run._send_batch(mails.ids))
    mails.invalidate_recordset()
    for one in mails:
        if one.state != "sent" or not one.sudo().message_id.mail_ids:
            raise AssertionError(f"{one.partner_id.name}: {one.state}, {one.hold_text}")
    if not mails:
        raise AssertionError("There is nobody to write to.")
    return taken / len(mails)


def _owe(env, customers, count):
    """Companies with an address and posted invoices that are overdue."""
    ledger = books.Books(env)
    partners = env["res.partner"].create(
        [
            {"name": f"Owes {n}", "is_company": True, "email": f"owes{n}@example.com"}
            for n in range(customers)
        ]
    )
    due = env.company._get_local_today() - dt.timedelta(days=DAYS)
    for partner in partners:
        for _n in range(count):
            ledger.invoice(partner, date=due)
    return partners


def _get_list(env, partners, count):
    """The list of these customers, which sends each his invoices and a statement."""
    run = env["crm.payment.reminder.run"]._make("partners", partners)
    mails = run.reminder_ids
    levels = mails.level_id
    if len(mails) != len(partners) or levels.mapped("channel") != ["mail"]:
        raise AssertionError(f"{levels.mapped('name')} for {len(mails)} of {len(partners)}.")
    levels.write({"attach_invoices": True, "attach_statement": True})
    mails.write({"chosen": True})
    if {len(one._get_invoices()) for one in mails} != {count}:
        raise AssertionError("Not all of the invoices are reminded of.")
    return run, mails


@bench("reminders: send a mail with three invoices and a statement", at_most=5)
def send_with_papers(lab):
    """Each paper is a PDF of its own, by one call of the printing program or more."""
    customers, count = (1, 1) if lab.tiny else (CUSTOMERS, INVOICES)
    with lab.env(database=lab.fresh()) as env:
        run, mails = _get_list(env, _owe(env, customers, count), count)
        # What a process does once: it measures the printing program by a page of its own.
        env.ref("crm_payment_plan.action_report_reconciliation")._get_form_zoom()
        taken = seconds_of_a_mail(run, mails)
        files = mails.message_id.attachment_ids
        if len(files) != customers * (count + 1) or not all(
            file.raw.startswith(b"%PDF") for file in files
        ):
            raise AssertionError(f"The mails have {len(files)} files.")
        lab.note(f"{len(files)} files, {sum(files.mapped('file_size')) / 1024:.0f} kB")
    return taken
