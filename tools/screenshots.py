"""``make screenshots``: pictures of every screen of the running demo, at two widths.

All go to build/screenshots; the few that the README shows also to docs/pictures.
A screen that scrolls sideways or logs an error is reported, and the script ends with 1.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools.setup import browser, paths, python_env, secrets, server
from tools.setup.shell import SetupError, fail, say

SIZES = {"desktop": (1366, 768), "phone": (390, 844)}
TARGET = paths.REPO / "build" / "screenshots"
DOCS = paths.REPO / "docs" / "pictures"
#: Pictures that the documentation shows.
SHOWN = {
    "calls-desktop", "calls-phone", "board-desktop", "card-desktop", "stage-deal-desktop",
    "stage-why-desktop", "stage-board-desktop", "stage-worth-desktop", "stage-deal-phone",
    "stage-why-phone",
    "process-designer-desktop", "process-instance-desktop", "process-heat-desktop",
    "process-tasks-phone",
}  # fmt: skip
DEALS = "/odoo/crm?view_type=kanban"
DEAL = ".o_kanban_record:has-text('Сервис на Гагарина')"
#: name, login (password is the same, but the administrator's), path, what to do first:
#: (act, selector or key)
SCREENS = [
    ("calls", "igor", "/odoo/calls-today", []),
    ("calls-result", "igor", "/odoo/calls-today", [("click", ".o_crm_result_button >> nth=0"),
                                                   ("click", "[data-result=callback]")]),
    ("calls-keys", "igor", "/odoo/calls-today", [("key", "?")]),
    ("calls-all", "director", "/odoo/calls-today", []),
    ("board", "director", "/odoo/customers-board", []),
    ("board-below", "director", "/odoo/customers-board",
     [("scroll", ".o_crm_tile_funnel")]),
    ("customers", "igor", "/odoo/customers-watched", []),
    ("customers-list", "director", "/odoo/customers-watched?view_type=list", []),
    ("card", "director", "/odoo/customers-board",
     [("click", ".o_crm_recession a >> nth=0"), ("wait", ".o_crm_rhythm")]),
    ("card-bottom", "director", "/odoo/customers-board",
     [("click", ".o_crm_recession a >> nth=0"), ("wait", ".o_crm_rhythm"),
      ("click", "a[name=customer_watch]"), ("scroll", ".o_notebook")]),
    ("recessions", "director", "/odoo/customers-board",
     [("click", ".o_crm_tile_recessions header .btn-link >> nth=0"),
      ("wait", ".o_list_view, .o_kanban_view")]),
    ("calls-empty", "elena", "/odoo/calls-today", []),
    ("reminders", "admin", "/odoo/reminders-to-review", []),
    ("reminder-text", "admin", "/odoo/reminders-to-review",
     [("click", ".o_field_widget[name=reminder_ids] .o_data_row td[name=partner_id], "
       ".o_field_widget[name=reminder_ids] .o_kanban_record"),
      ("wait", ".modal"), ("click", ".modal .nav-link:has-text('Text')")]),
    ("reminder-levels", "admin", "/odoo/reminder-levels", []),
    ("promises", "admin", "/odoo/promises-to-pay", []),
    ("processes", "director", "/odoo/processes", []),
    ("process", "director", "/odoo/processes", [("click", ".o_kanban_record >> nth=0")]),
    ("process-designer", "director", "/odoo/processes",
     [("click", ".o_kanban_record >> nth=0"), ("click", "button[name=action_open_designer]"),
      ("wait", ".djs-container")]),
    ("process-tasks", "anna", "/odoo/my-process-tasks", []),
    ("process-calendar", "dmitry", "/odoo/my-process-tasks?view_type=calendar", []),
    ("process-cycle-times", "director", "/odoo/process-cycle-times", []),
    ("process-task-times", "director", "/odoo/process-task-times", []),
    ("process-history", "director", "/odoo/process-history", []),
    ("process-running", "director", "/odoo/running-processes", []),
    ("process-instance", "director", "/odoo/running-processes",
     [("click", ".o_data_row td:nth-child(3), .o_kanban_record"), ("wait", ".djs-container")]),
    ("process-record", "anna", "/odoo/my-process-tasks",
     [("click", ".o_data_row .o_data_cell[name=record_name], .o_kanban_record .fw-bold"),
      ("click", "button[name=action_open_record]"),
      ("wait", ".o_cp_action_menus button"), ("click", ".o_cp_action_menus button"),
      ("click", ".o_menu_item:has-text('Processes')"), ("wait", ".modal .o_bpm_run")]),
    ("process-systray", "anna", "/odoo/my-process-tasks",
     [("click", ".o_menu_systray .fa-clock-o"), ("wait", ".o_bpm_systray_tasks")]),
    ("process-moves", "director", "/odoo/process-moves", []),
    ("process-heat", "director", "/odoo/process-heat", []),
    ("process-board", "director", "/odoo/process-board", []),
    ("process-incidents", "director", "/odoo/process-incidents", []),
    ("process-proposals", "director", "/odoo/process-proposals", []),
    ("stage-changes", "director", "/odoo/stage-changes", []),
    ("ready-processes", "director", "/odoo/ready-processes", []),
    ("ready-regulations", "director", "/odoo/ready-regulations", []),
    ("ready-regulation", "director", "/odoo/ready-regulations",
     [("click", ".o_kanban_record >> nth=1"), ("wait", ".o_bpm_outline")]),
    ("ready-regulation-use", "director", "/odoo/ready-regulations",
     [("click", ".o_kanban_record button[name=action_use] >> nth=2"),
      ("wait", ".modal .o_field_x2many, .modal .o_field_one2many")]),
    ("regulated-sale", "igor", "/odoo/crm?view_type=list",
     [("click", ".o_data_row:has-text('Волгатранс') td[name=name], "
       ".o_kanban_record:has-text('Волгатранс')"), ("wait", ".o_bpm_stage_bar")]),
    ("stage-regulations", "director", "/odoo/stage-regulations", []),
    ("stage-board", "director", "/odoo/stage-regulations?view_type=kanban",
     [("click", ".o_kanban_record:has-text('автосервисам')"),
      ("menu", "button[name=action_open_published]"), ("wait", ".o_bpm_board_stage")]),
    ("stage-board-open", "director", "/odoo/stage-regulations?view_type=kanban",
     [("click", ".o_kanban_record:has-text('автосервисам')"),
      ("menu", "button[name=action_open_draft]"), ("click", ".o_bpm_board_head"),
      ("scroll", ".o_bpm_board_stage")]),
    ("stage-preview", "director", "/odoo/stage-regulations?view_type=kanban",
     [("click", ".o_kanban_record:has-text('автосервисам')"),
      ("menu", "button[name=action_open_published]"), ("click", ".o_bpm_preview")]),
    ("stage-worth", "director", "/odoo/stage-regulation-worth", []),
    ("stage-worth-below", "director", "/odoo/stage-regulation-worth",
     [("scroll", ".o_bpm_worth_card")]),
    ("stage-deal", "igor", DEALS, [("click", DEAL), ("wait", ".o_bpm_stage_bar")]),
    ("stage-why", "igor", DEALS,
     [("click", DEAL), ("click", ".o_bpm_stage_next.o_bpm_stage"), ("wait", ".o_bpm_stage_panel")]),
    ("contracts", "director", "/odoo/contracts", []),
    ("contract", "director", "/odoo/contracts",
     [("click", ".o_data_row td[name=title], .o_kanban_record"),
      ("wait", ".o_crm_contract_money")]),
    ("realisations", "director", "/odoo/realisations", []),
    ("realisation", "director", "/odoo/realisations",
     [("click", ".o_data_row td[name=name], .o_kanban_record"),
      ("wait", ".o_crm_realisation_money")]),
    ("receipts-plan", "director", "/odoo/receipts-plan", []),
    ("receipts-menu", "director", "/odoo/receipts-plan",
     [("click", ".o_crm_row_menu button, .o_kanban_record .o_dropdown_kanban button")]),
    ("payment", "director", "/odoo/receipts-plan",
     [("click", ".o_data_row td[name=name], .o_kanban_record"), ("wait", ".o_form_view")]),
    ("board-receipts", "director", "/odoo/customers-board",
     [("scroll", ".o_crm_tile_receipts")]),
    ("payers", "director", "/odoo/payers", []),
    ("payer", "director", "/odoo/payers",
     [("click", ".o_data_row td:nth-child(2), .o_kanban_record >> nth=0")]),
    ("cash", "director", "/odoo/cash-forecast", []),
    ("cash-weeks", "director", "/odoo/cash-forecast", [("scroll", ".o_crm_cash_weeks")]),
    ("cash-documents", "director", "/odoo/cash-documents", []),
    ("payment-calendar", "director", "/odoo/payment-calendar", []),
    ("cash-plan-fact", "director", "/odoo/cash-plan-fact", []),
    ("cash-budgets", "director", "/odoo/cash-budgets", []),
    ("debts", "director", "/odoo/debts", []),
    ("overdue-week", "director", "/odoo/overdue-week", []),
    ("debts-age", "director", "/odoo/debts?view_type=graph", []),
    ("collection", "director", "/odoo/collection", []),
    ("collection-list", "director", "/odoo/collection?view_type=list", []),
    ("payers-over-time", "director", "/odoo/payers-over-time", []),
    ("debt-files", "admin", "/odoo/debt-files", []),
    ("debt-file", "admin", "/odoo/debt-files",
     [("click", ".o_data_row td:nth-child(3), .o_kanban_record >> nth=0")]),
    ("debt-firms", "admin", "/odoo/debt-firms", []),
]  # fmt: skip
IS_WIDER = """() => {
    const boxes = [document.documentElement, ...document.querySelectorAll(".o_content"),
        ...document.querySelectorAll(".o_list_renderer")];
    return Math.max(...boxes.map((box) => box.scrollWidth - box.clientWidth));
}"""


def main() -> None:
    """Make sure that there is a server and a browser, then take the pictures."""
    python_env.python_env(dev=True)
    browser.browser()
    port = server.running_port()
    if not (port and server.answers(port)):
        subprocess.run([sys.executable, "-m", "tools.run"], cwd=paths.REPO, check=True)
    url = os.environ.get("URL") or f"http://127.0.0.1:{server.running_port()}"
    # Playwright lives in the environment of the product, not in the calling Python.
    command = [paths.VENV_PYTHON, "-m", "tools.screenshots", url]
    sys.exit(subprocess.run(command, cwd=paths.REPO, check=False).returncode)


def take_all(url: str) -> int:
    """:return: number of screens with a fault"""
    from playwright.sync_api import sync_playwright

    TARGET.mkdir(parents=True, exist_ok=True)
    DOCS.mkdir(parents=True, exist_ok=True)
    executable = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    faults = 0
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--headless=new"]
        )
        for size in SIZES:
            pages = {}
            for name, login, path, acts in SCREENS:
                if login not in pages:
                    pages[login] = log_in(chromium, url, login, size)
                faults += bool(take(pages[login], f"{name}-{size}", url + path, acts))
        chromium.close()
    return faults


def log_in(chromium, url: str, login: str, size: str):
    width, height = SIZES[size]
    phone = size == "phone"
    context = chromium.new_context(
        viewport={"width": width, "height": height},
        has_touch=phone,
        is_mobile=phone,
        device_scale_factor=1,
        color_scheme=os.environ.get("COLOR_SCHEME") or "light",
    )
    page = context.new_page()
    page.faults = []
    page.on("console", lambda message: message.type == "error" and page.faults.append(message.text))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.goto(f"{url}/web/login")
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", secrets.get("admin_password") if login == "admin" else login)
    page.press("input[name=password]", "Enter")
    page.wait_for_selector(".o_action", timeout=120_000)
    return page


def take(page, name: str, address: str, acts) -> list[str]:
    from playwright.sync_api import Error

    page.faults.clear()
    page.goto(address)
    page.wait_for_selector(".o_action .o_content", timeout=60_000)
    settle(page)
    try:
        for act, what in acts:
            perform(page, act, what)
            settle(page)
    except Error as error:
        page.faults.append(str(error).splitlines()[0])
    faults = list(page.faults)
    wider = page.evaluate(IS_WIDER)
    if wider > 1:
        faults.append(f"scrolls sideways by {wider} px")
    picture = TARGET / f"{name}.png"
    page.screenshot(path=picture)
    if name in SHOWN:
        shutil.copy(picture, DOCS / picture.name)
    say(f"  {name:<26} {size_of(picture)}  {'; '.join(faults)[:300]}".rstrip())
    return faults


def settle(page) -> None:
    """Let requests and the animations of pop-ups and charts end."""
    page.wait_for_timeout(900)
    page.wait_for_selector(".o_loading_indicator", state="detached", timeout=60_000)


def perform(page, act: str, what: str) -> None:
    if act == "key":
        page.keyboard.press(what)
    elif act == "click":
        page.locator(what).first.click()
    elif act == "menu":
        # Of a form's head a phone shows one button; the others stand in a menu.
        page.wait_for_selector(".o_statusbar_buttons")
        if not page.locator(what).first.is_visible():
            page.locator(".o_statusbar_buttons .o-dropdown").first.click()
        page.locator(what).first.click()
    elif act == "scroll":
        page.locator(what).first.scroll_into_view_if_needed()
        page.locator(what).first.evaluate("element => element.scrollIntoView()")
    elif act == "wait":
        page.wait_for_selector(what)


def size_of(picture: Path) -> str:
    return f"{picture.stat().st_size // 1000:>4} kB"


if __name__ == "__main__":
    try:
        if len(sys.argv) > 1:
            sys.exit(1 if take_all(sys.argv[1]) else 0)
        main()
    except SetupError as error:
        fail(error)
