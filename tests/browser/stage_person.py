"""A person who works under stage regulations in Chromium."""

from tests import running

SIZES = {
    "desktop": {"viewport": {"width": 1366, "height": 768}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
    },
}
#: As wide as a screen: on a phone Odoo's cards are not dragged, holding one selects it.
TABLET = {"tablet": {"viewport": {"width": 1366, "height": 1024}, "has_touch": True}}
IS_WIDER = """() => {
    const boxes = document.querySelectorAll(".modal-body, .o_bpm_stage_bar, .o_bpm_board");
    return [document.documentElement, ...boxes].filter(
        (box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.className);
}"""


class Person:
    """Somebody at the screen, with mouse or thumb."""

    def __init__(self, browser, server, login: str, size: str):
        self.size = size
        self.page = running.log_in(browser, server.url, login, login, **(SIZES | TABLET)[size])
        self.page.set_default_timeout(60_000)
        self.faults = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._hear)
        self.panel = self.page.locator(".o_bpm_stage_panel")
        self._finger = None

    def _hear(self, message):
        if message.type == "error":
            self.faults.append(f"{message.text} {message.location.get('url')}")

    def leave(self):
        """Nothing went wrong unseen, nothing was wider than the screen."""
        self.look()
        self.page.context.close()
        assert not self.faults, self.faults

    def look(self):
        wider = self.page.evaluate(IS_WIDER)
        assert not wider, f"scrolls sideways: {wider}"

    # ------------------------------------------------------------ places

    def open_pipeline(self, view="kanban"):
        self.page.goto(f"/odoo/crm?view_type={view}")
        self.page.wait_for_selector(".o_kanban_group, .o_data_row")

    def open_lead(self, name: str):
        self.open_pipeline()
        self.card(name).click()
        self.page.wait_for_selector(".o_bpm_stage_bar")

    def column(self, stage: str):
        return self.page.locator(f".o_kanban_group:has(.o_column_title:has-text('{stage}'))")

    def card(self, name: str, stage=None):
        where = self.column(stage) if stage else self.page
        return where.get_by_role("link").filter(has=self.page.get_by_text(name, exact=True))

    def button(self, name: str):
        """Of the form's head; on a phone the rest of them stands in a menu."""
        button = self.page.locator(f"button[name='{name}']:visible, [name='{name}']:visible")
        if self.size == "phone":
            # For a moment all of them stand in the head, wider than the screen.
            menu = self.page.locator(".o_statusbar_buttons .o-dropdown")
            menu.wait_for()
            self.page.wait_for_function(
                "() => document.querySelectorAll('.o_statusbar_buttons > button').length < 3"
            )
            if not button.count():
                menu.click()
        return button.first

    # ------------------------------------------------------------ acts

    def drag(self, name: str, stage: str):
        """With the events of a real mouse, or of a finger that waits until the card lifts."""
        self.card(name).scroll_into_view_if_needed()
        start, end = self.card(name).bounding_box(), self.column(stage).bounding_box()
        points = _way(
            (start["x"] + start["width"] / 2, start["y"] + 15),
            (max(end["x"] + 40, end["x"] + end["width"] / 2), start["y"] + 40),
        )
        if self.size == "tablet":
            self._drag_by_touch(points)
        else:
            self._drag_by_mouse(points)

    def _drag_by_mouse(self, points):
        mouse = self.page.mouse
        mouse.move(*points[0])
        mouse.down()
        for point in points[1:]:
            mouse.move(*point)
        # The card is dropped where the column has noticed it.
        self.page.wait_for_timeout(200)
        mouse.up()

    def _drag_by_touch(self, points, tries=5):
        """As a hand does it: what did not lift the card is tried again.

        Held for more than the 300 ms that lift the card, for less than the 600 ms that select
        it; a page that is busy may see the hold too short or too long.
        """
        for _attempt in range(tries):
            self._touch("touchStart", points[0])
            # The page's own clock is asked: it stands still when the page does.
            self.page.evaluate("() => new Promise((done) => setTimeout(done, 330))")
            self._touch("touchMove", points[1])
            self._touch("touchMove", points[2])
            if self.page.locator(".o_dragged").count():
                break
            self._touch("touchCancel")
            self.page.wait_for_timeout(700)
            if self.page.locator(".o_unselect_all").count():
                self.page.locator(".o_unselect_all").click()
        for point in points[3:]:
            self._touch("touchMove", point)
        self.page.wait_for_timeout(200)
        self._touch("touchEnd")

    def _touch(self, kind, *points):
        if not self._finger:
            self._finger = self.page.context.new_cdp_session(self.page)
        touches = [{"x": x, "y": y} for x, y in points]
        self._finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def _press(self, button):
        """As the screen has it: where a mouse had clicked, its pointer would stay on.

        The browser tells the page again and again what stands below that pointer, also in the
        middle of a finger's drag, which the page then takes to be elsewhere.
        """
        if self.size == "tablet":
            button.tap()
        else:
            button.click()

    def move_by_bar(self, stage: str):
        """Click a stage; on a phone the bar is opened first if it does not show it."""
        self.page.wait_for_selector(".o_bpm_stage_current")
        target = self.page.locator(f".o_bpm_stage[data-stage='{stage}']")
        if not target.is_visible():
            self.page.click(".o_bpm_stage_toggle")
        target.click()

    def move_lines(self, names, stage: str):
        """Give several lines of the list a stage at once."""
        rows = [self.page.locator(f".o_data_row:has-text('{name}')") for name in names]
        for row in rows:
            row.locator(".o_list_record_selector input").check()
        cell = rows[0].locator("td[name=stage_id]")
        cell.click()
        cell.locator("input").fill(stage)
        self.page.locator(f".o-autocomplete--dropdown-item:has-text('{stage}')").first.click()
        self.page.locator(".modal footer .btn-primary").click()

    def cure(self, kind: str, cure=None):
        """Click the button beside a missing item."""
        which = f"[data-cure={cure}]" if cure else ".o_bpm_stage_cure"
        self.panel.locator(f"[data-kind={kind}] {which}").first.click()

    def current(self, stage: str):
        """The bar's present stage, if it is that one."""
        return self.page.locator(f".o_bpm_stage_current[data-stage='{stage}']")

    def step(self, name: str, state: str):
        """A step of the bar in that state."""
        return self.page.locator(f"[data-step='{name}'][data-state={state}]")

    def do(self, name: str, what: str):
        """Click a button of a step in the bar."""
        self.page.locator(f"[data-step='{name}'] [data-do={what}]").click()

    def buttons(self) -> dict[str, list[str]]:
        """{what is missing, up to a colon: its buttons} in the panel."""
        found = self.panel.locator(".o_bpm_stage_missing li").evaluate_all(
            """items => items.map((item) => [
                item.querySelector(".o_bpm_stage_missing_text").textContent.split(":")[0],
                [...item.querySelectorAll(".o_bpm_stage_cure")].map((b) => b.textContent.trim())])
            """
        )
        return dict(found)

    def fill_in(self, value: str):
        """The dialog that asks for a field."""
        self.page.locator(".o_bpm_record_form input").first.fill(value)
        self.page.locator(".o_bpm_stage_fill_save").click()
        self.page.wait_for_selector(".o_bpm_stage_fill_save", state="detached")

    def confirm_step(self, comment=""):
        if comment:
            self.page.fill(".o_bpm_stage_step_comment", comment)
        self.page.click(".o_bpm_stage_step_confirm")
        self.page.wait_for_selector(".o_bpm_stage_step_confirm", state="detached")

    def go_on(self):
        self._press(self.page.locator(".o_bpm_stage_go"))

    def close_panel(self):
        self._press(self.page.locator(".modal:has(.o_bpm_stage_panel) footer .btn-secondary").last)
        self.panel.wait_for(state="detached")

    def missing(self) -> list[str]:
        """Kinds of what the panel says is missing, once it says so."""
        self.panel.locator(".o_bpm_stage_missing_text").first.wait_for()
        return self.kinds()

    def kinds(self, name="") -> list[str]:
        """Kinds of what is missing now, of all records in the panel or of one."""
        cards = self.panel.locator(".o_bpm_stage_card")
        if name:
            cards = cards.filter(has=self.page.get_by_text(name, exact=True))
        return cards.locator("[data-kind]").evaluate_all(
            "items => items.map((item) => item.dataset.kind)"
        )


def _way(start, end, steps=25):
    """Points of a movement; a jump would not be taken for a drag."""
    return [
        tuple(a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
        for step in range(steps + 1)
    ]
