"""The weekly file of debts and the night's rating, on as many debts as there are customers.

A file of plain rows is read, applied, and read again a week later with a tenth of the
debts paid and a tenth new; then all payers are rated. Time is that of the user or of the
scheduler; the targets are the house's own.
"""

import base64
import datetime as dt

from tests.bench import reminders
from tests.bench.frame import bench
from tests.bench.lab import seconds

HEADERS = "Контрагент;ИНН;Документ;Дата;Срок оплаты;Сумма;Остаток долга"
PER_FIRM = 5
#: Mails of one batch of the sending.
SENT = 20


def _content(first, last, day):
    """Debts first ... last as a file of accounting."""
    lines = [HEADERS]
    for number in range(first, last):
        firm = number // PER_FIRM
        due = day - dt.timedelta(days=number % 90 - 30)
        lines.append(
            f"Фирма {firm};{7_700_000_000 + firm};Н-{number};{due - dt.timedelta(days=30)};{due};"
            f"{100 + number % 900},50;{100 + number % 900},50"
        )
    return "\n".join(lines).encode()


def _file(env, content, day):
    file = env["crm.receivable.import"].create(
        {"file": base64.b64encode(content), "file_name": "debts.csv", "date": day}
    )
    file.digest = "bench"
    file._read_or_refuse()
    if file.state == "columns":
        file._learn_layout()
        file._read_or_refuse()
    assert file.state == "preview", file.message
    return file


def _apply(file):
    file._apply()
    assert file.state == "done", file.message


def _figures(lab):
    """Seconds of each step, measured once."""
    count = lab.large
    today = dt.date.today()
    week = today - dt.timedelta(days=7)
    with lab.env(database=lab.fresh()) as env:
        firms = count // PER_FIRM + 1
        env["res.partner"].create(
            [{"name": f"F{n}", "is_company": True, "vat": str(7_700_000_000 + n),
              "email": f"debtor{n}@example.com"} for n in range(firms)]
        )  # fmt: skip
        env.flush_all()
        env.cr.execute("ANALYZE res_partner")
        figures, made = {}, []
        content = _content(0, count, week)
        figures["read"] = seconds(lambda: made.append(_file(env, content, week)))
        figures["apply"] = seconds(lambda: _apply(made[0]))
        env.cr.execute("ANALYZE crm_receivable_item")
        content = _content(count // 10, count + count // 10, week)
        figures["compare"] = seconds(lambda: made.append(_file(env, content, today)))
        expected = {"gone": count // 10, "new": count // 10, "unchanged": count - count // 10}
        found = {name: made[1][f"{name}_count"] for name in expected}
        assert found == expected, found
        figures["second"] = seconds(lambda: _apply(made[1]))
        payer = env["crm.payer.discipline"]
        rated = []
        figures["rate"] = seconds(lambda: rated.append(payer._run(env.company, today)))
        figures["again"] = seconds(lambda: payer._run(env.company, today))
        lab.note(f"{count} debts of {firms} firms; {rated[0][0]} payers rated")
        figures |= _remind(env, lab)
        env.cr.rollback()
    return figures


def _remind(env, lab):
    """Seconds of the night's list of reminders, made and made again, and of sending a batch."""
    run = env["crm.payment.reminder.run"].create({"company_id": env.company.id})
    figures = {"remind": seconds(run._prepare)}
    ids = run.reminder_ids.ids
    assert ids and run.reminder_ids.document_ids, "nobody to remind"
    figures["remind again"] = seconds(run._prepare)
    assert len(run.reminder_ids) == len(ids)
    mails = run.reminder_ids.filtered(lambda one: one.channel == "mail" and one.chosen)[:SENT]
    # Debts of files have no papers in Odoo; mails with files are a bench of their own.
    mails.level_id.write({"attach_invoices": False, "attach_statement": False})
    figures["send"] = reminders.seconds_of_a_mail(run, mails) * 1000
    lab.note(f"{len(ids)} customers in the list, {len(mails)} mails sent")
    return figures


def _measured(lab):
    return lab.once("receivables", lambda: _figures(lab))


@bench("debts: read a file up to the difference", at_most=60)
def read(lab):
    return _measured(lab)["read"]


@bench("debts: apply it, all new", at_most=30)
def apply_first(lab):
    return _measured(lab)["apply"]


@bench("debts: read next week's file", at_most=60)
def read_next(lab):
    return _measured(lab)["compare"]


@bench("debts: apply the difference", at_most=30)
def apply_next(lab):
    return _measured(lab)["second"]


@bench("payers: rate all, first night", at_most=60)
def rate_first(lab):
    return _measured(lab)["rate"]


@bench("payers: rate all, nothing changed", at_most=30)
def rate_again(lab):
    return _measured(lab)["again"]


@bench("reminders: the night's list of all debtors", at_most=60)
def remind(lab):
    return _measured(lab)["remind"]


@bench("reminders: the list made again", at_most=60)
def remind_again(lab):
    return _measured(lab)["remind again"]


@bench("reminders: send a mail of a batch", unit="ms", at_most=500)
def send(lab):
    return _measured(lab)["send"]
