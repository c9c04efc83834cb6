import io

import xlsxwriter

from odoo import http
from odoo.http import content_disposition, request

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class CashBoard(http.Controller):
    """The cash board as a spreadsheet, with formulas for what can be checked."""

    @http.route("/crm_payment_plan/cash_board.xlsx", type="http", auth="user", readonly=True)
    def export(self, mode=None, weeks=None, basis=None, companies=None, **_kw):
        """The board as its reader sees it: same dates, weeks, delays and companies."""
        weeks = int(weeks) if weeks and weeks.isdigit() else None
        chosen = {int(one) for one in (companies or "").split(",") if one.isdigit()}
        mine = request.env.user.company_ids.ids
        allowed = [one for one in mine if one in chosen]
        board_model = request.env["crm.cash.board"]
        if allowed:
            # The first company that the reader chose is his current one, as in the client.
            order = [int(one) for one in companies.split(",") if one.isdigit()]
            allowed.sort(key=order.index)
            board_model = board_model.with_context(allowed_company_ids=allowed)
        board = board_model.get_board(mode, weeks, basis)
        content = _write_board(board_model.env, board)
        name = f"{request.env._('Cash forecast')} {board['today']}.xlsx"
        return request.make_response(
            content,
            [("Content-Type", SHEET), ("Content-Disposition", content_disposition(name))],
        )


def _write_board(env, board):
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    currency = env["res.currency"].browse(board["currency_id"])
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
        "date": book.add_format({"num_format": "dd.mm.yyyy"}),
        "money": book.add_format({"num_format": _get_number_format(currency)}),
        "gap": book.add_format({"bold": True, "font_color": "#B02A37"}),
        "bold": book.add_format({"bold": True}),
    }
    _write_weeks(env, book.add_worksheet(env._("Weeks")), board, currency, formats)
    _write_accounts(env, book.add_worksheet(env._("Opening balance")), board, formats)
    book.close()
    return stream.getvalue()


def _get_number_format(currency):
    return ".".join(filter(None, ("#,##0", "0" * currency.decimal_places)))


def _write_weeks(env, sheet, board, currency, formats):
    _ = env._
    modes = dict(board["modes"])
    sheet.write(0, 0, _("Cash forecast, %s", currency.name), formats["bold"])
    sheet.write(1, 0, modes[board["mode"]])
    sheet.write(2, 0, _("Opening balance"))
    sheet.write(2, 4, board["opening"]["total"], formats["money"])
    heads = (_("From"), _("To"), _("Comes"), _("Goes"), _("Balance"), _("Lowest"), _("Note"))
    for column, head in enumerate(heads):
        sheet.write(3, column, head, formats["head"])
    for row, week in enumerate(board["weeks"], 4):
        sheet.write_datetime(row, 0, week["start"], formats["date"])
        sheet.write_datetime(row, 1, week["last"], formats["date"])
        sheet.write(row, 2, week["in"], formats["money"])
        sheet.write(row, 3, week["out"], formats["money"])
        # The balance is a formula: whoever changes a figure sees what follows from it.
        before = "E3" if row == 4 else f"E{row}"
        line = row + 1
        sheet.write_formula(row, 4, f"={before}+C{line}-D{line}", formats["money"], week["balance"])
        sheet.write(row, 5, week["low"], formats["money"])
        if week["is_gap"]:
            sheet.write(row, 6, _("below the least balance"), formats["gap"])
    sheet.set_column(0, 1, 12)
    sheet.set_column(2, 5, 18)
    sheet.set_column(6, 6, 28)
    sheet.freeze_panes(4, 0)


def _write_accounts(env, sheet, board, formats):
    _ = env._
    for column, head in enumerate((_("Account"), _("Company"), _("Balance"))):
        sheet.write(0, column, head, formats["head"])
    rows = [(one["name"], one["company"], one["amount"]) for one in board["opening"]["accounts"]]
    rows.append((_("On the way"), "", board["opening"]["transit"]))
    for row, (name, company, amount) in enumerate(rows, 1):
        sheet.write(row, 0, name)
        sheet.write(row, 1, company)
        sheet.write(row, 2, amount, formats["money"])
    sheet.set_column(0, 1, 30)
    sheet.set_column(2, 2, 18)
