import io
import re
from functools import lru_cache

import lxml.html

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.misc import file_path

from odoo.addons.base.models import ir_actions_report

from ..lib.pdf_pages import print_whole_pages
from ..lib.pdf_scale import PROBE, measure_zoom
from ..lib.pdf_stamp import stamp

STYLE = "crm_payment_plan/static/forms/forms.css"
#: For page numbers; has Cyrillic letters, which Odoo's default font for reports has not.
FONT = "web/static/fonts/google/Roboto/Roboto-Regular.ttf"
#: By how much each build of wkhtmltopdf prints too small, once it is measured.
_zooms = {}
LENGTH = re.compile(r"\b([2-9]|\d\d+(?:\.\d+)?)px")
PREFIX = "crm_payment_plan.report_"


@lru_cache(maxsize=4)
def _get_style(zoom, breaks_well):
    """The style of the forms, inside of the page: printing fetches nothing from anywhere.

    :param zoom: lengths are multiplied by it.
    :param breaks_well: builds that do not lay out for pages of another height than they print,
        so that what they keep whole only makes holes.
    """
    with open(file_path(STYLE), encoding="utf-8") as file:
        style = file.read()
    if not breaks_well:
        style = style.replace("page-break-inside: avoid", "page-break-inside: auto")
    return _zoom_lengths(style, zoom)


def _zoom_lengths(style, zoom):
    return LENGTH.sub(lambda match: f"{float(match.group(1)) * zoom:.4g}px", style)


def _print(render, env):
    """The PDF that ``render`` makes.

    wkhtmltopdf may end with "1", which Odoo lets pass, and have written nothing: it is asked
    once more, so that no letter or contract goes out as an empty file.

    :raises UserError: when it writes nothing again
    """
    content = render() or render()
    if not content:
        raise UserError(
            env._(
                "The printing program (wkhtmltopdf) made an empty file twice, so nothing was "
                "printed. Try again; if it stays so, its messages stand in the server's log."
            )
        )
    return content


class IrActionsReport(models.Model):
    """Forms that look the same with every build of wkhtmltopdf.

    They have no header and footer of Odoo's layout, which Debian's build leaves out: the
    letterhead is part of the text, and page numbers are written into the finished PDF.
    """

    _inherit = "ir.actions.report"

    def _is_contract_form(self):
        return bool(self) and (self.report_name or "").startswith(PREFIX)

    def _prepare_html(self, html, report_model=False):
        if not self._is_contract_form():
            return super()._prepare_html(html, report_model=report_model)
        root = lxml.html.fromstring(html, parser=lxml.html.HTMLParser(encoding="utf-8"))
        articles = root.xpath("//div[contains(concat(' ', @class, ' '), ' article ')]")
        zoom, breaks_well = self._get_form_zoom(), ir_actions_report._wkhtml().is_patched_qt
        for node in root.xpath("//*[@style]"):
            node.set("style", _zoom_lengths(node.get("style"), zoom))
        bodies = [
            '<!DOCTYPE html><html><head><meta charset="utf-8"/>'
            f'<style>{_get_style(zoom, breaks_well)}</style></head><body class="o_form_body">'
            f"{lxml.html.tostring(article, encoding='unicode')}</body></html>"
            for article in articles
        ]
        ids = [int(article.get("data-oe-id") or 0) or None for article in articles]
        return bodies, ids, None, None, {}

    def _get_form_zoom(self):
        """How much larger forms must be written for this build; measured once by a page."""
        key = ir_actions_report._wkhtml().bin, self.get_paperformat().dpi
        if key not in _zooms:
            report = self.with_context(crm_contract_form=True)
            probe = report._print_probe()
            _zooms[key] = measure_zoom(probe)
        return _zooms[key]

    def _print_probe(self):
        return self._run_wkhtmltopdf([PROBE], report_ref=self)

    @api.model
    def _run_wkhtmltopdf(self, bodies, report_ref=False, **options):
        report = self._get_report(report_ref) if report_ref else self.browse()
        if not report._is_contract_form() or bodies == [PROBE]:
            # Some reports come as a generator, which only the first attempt could read.
            bodies = list(bodies)
            render = super()._run_wkhtmltopdf
            return _print(lambda: render(bodies, report_ref=report_ref, **options), self.env)
        hasty = self.with_context(crm_contract_form=True)
        render = super(IrActionsReport, hasty)._run_wkhtmltopdf
        (body,) = bodies
        return print_whole_pages(
            body,
            lambda text: _print(lambda: render([text], report_ref=report_ref, **options), self.env),
            breaks_well=ir_actions_report._wkhtml().is_patched_qt,
        )

    def _build_wkhtmltopdf_args(self, *args, **options):
        command = super()._build_wkhtmltopdf_args(*args, **options)
        if self.env.context.get("crm_contract_form"):
            # The forms have no scripts to wait a second for.
            command[command.index("--javascript-delay") + 1] = "1"
        return command

    def _render_qweb_pdf_prepare_streams(self, report_ref, data, res_ids=None):
        report = self._get_report(report_ref)
        if not report._is_contract_form() or not res_ids:
            return super()._render_qweb_pdf_prepare_streams(report_ref, data, res_ids=res_ids)
        streams = {}
        for record in self.env[report.model].browse(dict.fromkeys(res_ids)):
            record.check_access("read")
            streams[record.id] = {
                "stream": io.BytesIO(self._render_contract_form(report, record, data)),
                "attachment": None,
            }
        return streams

    def _render_contract_form(self, report, record, data):
        """The PDF of one form; of an issued contract the copy that went out."""
        contract = record if record._name == "crm.contract" else record.browse()
        is_text = report.report_name == f"{PREFIX}contract"
        if is_text and contract._is_issued():
            copy = contract._get_printed_copy()
            if copy:
                return copy.sudo().attachment_id.raw
            contract._freeze_document()
        # One by one: Debian's build cannot print several texts at once.
        # pylint: disable-next=super-method-mismatch
        streams = super()._render_qweb_pdf_prepare_streams(report, data, res_ids=record.ids)
        content = streams[record.id]["stream"].getvalue()
        footer, mark = record._get_form_stamp(report.report_name.removeprefix(PREFIX))
        content = stamp(content, file_path(FONT), footer, mark)
        if is_text and contract._is_issued():
            self.env["crm.contract.print"]._keep(contract, content)
        return content
