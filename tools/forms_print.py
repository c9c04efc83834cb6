"""Inside ``odoo shell``: every printed form from the data that is there, as PDF and pictures.

Nothing is kept in the database: the language of the forms, the printed copies and the
statement are rolled back.
"""

import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

ADDON = "crm_payment_plan"
#: Command of the other build, which ``requirements-dev.txt`` brings.
PATCHED = "wkhtmltopdf-pack"
#: Pictures are as many times larger than 72 dots an inch.
SCALE = 1.6
#: Pages that the documentation shows, in its language: {page: picture}.
SHOWN_LANGUAGE = "en_US"
SHOWN = {"1-contract-1": "form-contract", "5-invoice-abroad-1": "form-invoice"}
PICTURES = Path(__file__).parents[1] / "docs" / "pictures"


def print_all(env, folder: Path, lang: str = "ru_RU") -> list[tuple[str, str, int]]:
    """Print each form with each build of wkhtmltopdf that is there.

    :return: tuples of build, form and number of pages
    """
    done = []
    shutil.rmtree(folder, ignore_errors=True)
    env = speak(env, lang)
    for build, info in builds().items():
        for name, (report, record) in documents(env, lang).items():
            env.cr.execute("SAVEPOINT form")
            with use(info):
                content = to_pdf(env, report, record)
            # An issued contract is printed once: the next build would get that copy.
            env.cr.execute("ROLLBACK TO SAVEPOINT form")
            env.invalidate_all()
            target = folder / build
            target.mkdir(parents=True, exist_ok=True)
            (target / f"{name}.pdf").write_bytes(content)
            done.append((build, name, to_pictures(content, target / name)))
    env.cr.rollback()
    if lang == SHOWN_LANGUAGE:
        show(folder / done[0][0])
    return done


def show(folder: Path):
    """Keep the pages that the documentation shows, in few shades: they are text and lines."""
    from PIL import Image

    for page, name in SHOWN.items():
        with Image.open(folder / f"{page}.png") as picture:
            picture.convert("L").quantize(16).save(PICTURES / f"{name}.png", optimize=True)


def speak(env, lang: str):
    """The environment in a language, with the terms of the addons."""
    if lang != "en_US":
        env["res.lang"]._activate_lang(lang)
        names = ("base", "uom", "account", "crm_bpm_core", ADDON)
        modules = env["ir.module.module"].search([("name", "in", names)])
        modules._update_translations([lang])
    return env(context={**env.context, "lang": lang, "force_report_rendering": True})


def builds() -> dict:
    """Builds of wkhtmltopdf: the one Odoo finds, and the one of the test tools."""
    from odoo.addons.base.models import ir_actions_report

    found = ir_actions_report._wkhtml()
    result = {"patched" if found.is_patched_qt else "debian": found}
    other = Path(sys.executable).with_name(PATCHED)
    if other.exists():
        result["patched"] = found._replace(
            bin=str(other), version="0.12.3", dpi_zoom_ratio=True, is_patched_qt=True
        )
    return result


@contextmanager
def use(info):
    from odoo.addons.base.models import ir_actions_report

    with patch.object(ir_actions_report, "_wkhtml", lambda: info):
        yield


def find(env) -> tuple:
    """The contract with every form, a draft, a reminder, an enrolment, an invoice abroad."""
    contract = env["crm.contract"].search(
        [("version_ids", "!=", False), ("order_ids.invoice_ids.state", "=", "posted"),
         ("currency_id", "=", env.company.currency_id.id)],
        order="id desc",
        limit=1,
    )  # fmt: skip
    draft = env["crm.contract"].search(
        [("state", "=", "draft"), ("clause_ids", "!=", False)], order="id desc", limit=1
    )
    reminder = env["crm.payment.reminder"].search(
        [("channel", "!=", "call"), ("recipient_ids", "!=", False)],
        order="days desc, id",
        limit=1,
    )
    enrolment = env["crm.contract"].search(
        [("is_enrolment", "=", True), ("state", "=", "approved"), ("beneficiary_id", "!=", False)],
        limit=1,
    )
    abroad = env["account.move"].search(
        [("move_type", "=", "out_invoice"), ("state", "=", "posted"), ("amount_tax", ">", 0),
         ("currency_id", "!=", env.company.currency_id.id),
         ("line_ids.crm_contract_id", "!=", False)],
        limit=1,
    )  # fmt: skip
    if not (contract and draft and reminder and enrolment and abroad):
        raise SystemExit("This database has no demo data: make run makes one that has.")
    return contract, draft, reminder, enrolment, abroad


def documents(env, lang: str) -> dict:
    """{file name: (report, record)} of the eight forms, and the letter of a reminder."""
    contract, draft, reminder, enrolment, abroad = find(env)
    foreign = abroad.line_ids.crm_contract_id
    draft.document_lang = lang
    # The text and the labels of an issued contract are those of its day: issue it anew, twice,
    # so that the former version speaks the language too.
    for one in (contract, contract, foreign, enrolment):
        one._revise("print")
        one.document_lang = lang
        one.action_approve()
        one._freeze_document()
    people = contract.partner_id | foreign.partner_id | reminder.partner_id
    (people | reminder.recipient_ids).lang = lang
    move = contract.order_ids.invoice_ids.filtered(lambda one: one.state == "posted")[:1]
    statement = env["crm.reconciliation"].create(
        {"partner_id": contract.partner_id.id, "document_lang": lang}
    )
    return {
        "1-contract": ("report_contract", contract),
        "1-contract-draft": ("report_contract", draft),
        "2-schedule": ("report_schedule", contract),
        "3-version": ("report_version", contract.version_ids[:1]),
        "4-payment": ("report_payment", contract.payment_ids.sorted("sequence")[1]),
        "4-payment-abroad": ("report_payment", foreign.payment_ids[-1:]),
        "5-invoice": ("report_invoice", move),
        "5-invoice-abroad": ("report_invoice", abroad),
        "6-act": ("report_act", move),
        "6-act-abroad": ("report_act", abroad),
        "7-reconciliation": ("report_reconciliation", statement),
        "8-reminder": ("report_payment_reminder", reminder),
        "9-certificate": ("report_certificate", enrolment),
    }


def to_pdf(env, report: str, record) -> bytes:
    reports = env["ir.actions.report"]
    return reports._render_qweb_pdf(f"{ADDON}.{report}", record.ids)[0]


def to_pictures(content: bytes, path: Path) -> int:
    """A PNG of every page: name-1.png, name-2.png.

    :return: number of pages
    """
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    for place, page in enumerate(document, 1):
        page.render(scale=SCALE).to_pil().save(f"{path}-{place}.png")
    return len(document)
