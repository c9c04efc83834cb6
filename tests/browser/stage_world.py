"""A sale under a stage regulation, and a person who works on it in Chromium."""

import itertools

from tests import running

SIZES = {
    "desktop": {"viewport": {"width": 1366, "height": 768}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "has_touch": True,
        "is_mobile": True,
    },
}
SELLER, HEAD = "stage_anna", "stage_boris"
GROUPS = {
    SELLER: ["sales_team.group_sale_salesman_all_leads", "bpm_engine.group_user"],
    HEAD: [
        "sales_team.group_sale_manager",
        "bpm_engine.group_manager",
        "bpm_engine.group_override",
    ],
}
IS_WIDER = """() => {
    const boxes = document.querySelectorAll(".modal-body, .o_bpm_stage_bar, .o_bpm_board");
    return [document.documentElement, ...boxes].filter(
        (box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.className);
}"""


def _new(values):
    """Command of a one2many as XML-RPC can send it."""
    return (0, 0, values)


def _link(id_):
    return (4, id_, 0)


class StageWorld:
    """One database: New -> Qualified -> Proposition -> Won, each with its gate.

    Everything is done and read over XML-RPC: this process has no second database.
    """

    def __init__(self, server):
        self.rpc = running.XmlRpc(server, "admin", "admin")
        self._numbers = itertools.count(1)
        self.ids = {login: self._make_user(login, GROUPS[login]) for login in GROUPS}
        # Who makes leads at later stages for a test overrides the regulation.
        self._allow(self.rpc.uid, ["bpm_engine.group_override", "bpm_engine.group_manager"])
        self._archive_all("bpm.regulation", [("model", "=", "crm.lead")])
        self.rpc("crm.lead", "unlink", self.rpc("crm.lead", "search", []))
        self._regulate()

    def _find(self, model, *domain) -> int:
        return self.rpc(model, "search", list(domain), limit=1)[0]

    def _ref(self, xml_id) -> int:
        module, name = xml_id.split(".")
        data = self.rpc(
            "ir.model.data", "search_read", [("module", "=", module), ("name", "=", name)],
            ["res_id"],
        )  # fmt: skip
        return data[0]["res_id"]

    def _allow(self, user_id, groups):
        links = [_link(self._ref(name)) for name in groups]
        self.rpc("res.users", "write", [user_id], {"group_ids": links})

    def _archive_all(self, model, domain):
        self.rpc(model, "write", self.rpc(model, "search", domain), {"active": False})

    def _make_user(self, login, groups) -> int:
        user_id = self.rpc("res.users", "create", {
            "name": login.title(), "login": login, "password": login,
            "email": f"{login}@example.com",
        }, context={"no_reset_password": True})  # fmt: skip
        self._allow(user_id, groups)
        # On a phone its first message would cover the screen.
        self.rpc("res.users", "write", [user_id], {"odoobot_state": "disabled"})
        return user_id

    def _field(self, name) -> int:
        return self._find("ir.model.fields", ("model", "=", "crm.lead"), ("name", "=", name))

    def _regulate(self):
        self.rpc("bpm.stage.status", "create", [{"name": "Will think"}, {"name": "Warm"}])
        regulation = self.rpc("bpm.regulation", "create", {
            "name": "Sale", "model_id": self._find("ir.model", ("model", "=", "crm.lead")),
            "stage_field_id": self._field("stage_id"),
            "domain": "[('type', '=', 'opportunity')]",
        })  # fmt: skip
        version = self.rpc("bpm.regulation", "action_new_draft", [regulation])
        self.rpc("bpm.regulation.version", "load_stages", version)
        stages = self.rpc("bpm.regulation.stage", "search", [("version_id", "in", version)])
        call = self._ref("mail.mail_activity_data_call")
        parts = [
            {
                "fact_ids": [_new({
                    "name": "Budget known", "field_id": self._field("expected_revenue"),
                })],
                "step_ids": [_new({"name": "First call", "activity_type_id": call})],
            },
            {
                "ask_comment": True, "ask_status": True, "may_lose": False,
                "fact_ids": [_new({"name": "Task attached", "kind": "document"})],
            },
            {
                "fact_ids": [_new({
                    "name": "Worth it", "kind": "domain",
                    "domain": "[('expected_revenue', '>', 1000)]",
                })],
                "step_ids": [_new({
                    "name": "Visa", "kind": "approval", "assign_kind": "user",
                    "assign_user_id": self.ids[HEAD],
                })],
            },
        ]  # fmt: skip
        for stage, values in zip(stages, parts, strict=False):
            self.rpc("bpm.regulation.stage", "write", [stage], values)
        self.rpc("bpm.regulation.version", "action_publish", version)

    # ------------------------------------------------------------ leads

    def lead(self, stage="New", **values) -> str:
        """A new opportunity of the seller; its name, which no other has."""
        name = f"Deal {next(self._numbers)}."
        values = {
            "name": name, "type": "opportunity", "user_id": self.ids[SELLER],
            "stage_id": self._find("crm.stage", ("name", "=", stage)), **values,
        }  # fmt: skip
        context = {"bpm_stage_override": "Made for a test"}
        self.rpc("crm.lead", "create", values, context=context)
        return name

    def id_of(self, name: str) -> int:
        found = self.rpc(
            "crm.lead", "search", [("name", "=", name)], context={"active_test": False}
        )
        return found[0] if found else 0

    def read(self, name: str, *fields: str) -> list:
        """Values of a lead's fields; of a record its name."""
        [found] = self.rpc("crm.lead", "read", [self.id_of(name)], list(fields))
        values = [found[field] for field in fields]
        return [value[1] if isinstance(value, list) else value for value in values]

    def stage(self, name: str):
        return self.read(name, "stage_id")[0] if self.id_of(name) else False

    def write(self, name: str, **values):
        self.rpc("crm.lead", "write", [self.id_of(name)], values)

    def do_steps(self, name: str):
        found = self.rpc("mail.activity", "search", [
            ("res_model", "=", "crm.lead"), ("res_id", "=", self.id_of(name)),
        ])  # fmt: skip
        self.rpc("mail.activity", "action_feedback", found)

    def attach(self, name: str):
        self.rpc("ir.attachment", "create", {
            "name": "task.pdf", "res_model": "crm.lead", "res_id": self.id_of(name),
        })  # fmt: skip

    def last_change(self, name: str) -> dict:
        """The newest row in the history of a lead's stages."""
        domain = [("res_model", "=", "crm.lead"), ("res_id", "=", self.id_of(name))]
        fields = ["to_name", "kind", "comment", "status_id", "reason", "missing_names"]
        [found] = self.rpc("bpm.stage.change", "search_read", domain, fields, limit=1)
        return found


class Person:
    """Somebody at the screen, with mouse or thumb."""

    def __init__(self, browser, server, login: str, size: str):
        self.size = size
        self.page = running.log_in(browser, server.url, login, login, **SIZES[size])
        self.page.set_default_timeout(60_000)
        self.faults = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._hear)
        self.panel = self.page.locator(".o_bpm_stage_panel")

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
            # For a moment all of them stand in the head.
            menu = self.page.locator(".o_statusbar_buttons .o-dropdown")
            menu.wait_for()
            if not button.count():
                menu.click()
        return button.first

    # ------------------------------------------------------------ acts

    def drag(self, name: str, stage: str):
        """With the events of a real mouse, or of a finger that waits until the card lifts."""
        self.column(stage).scroll_into_view_if_needed()
        start, end = self.card(name).bounding_box(), self.column(stage).bounding_box()
        points = _way(
            (start["x"] + start["width"] / 2, start["y"] + 15),
            (max(end["x"] + 40, end["x"] + end["width"] / 2), end["y"] + 140),
        )
        mouse = self.page.mouse
        mouse.move(*points[0])
        mouse.down()
        for point in points[1:]:
            mouse.move(*point)
        # The card is dropped where the column has noticed it.
        self.page.wait_for_timeout(200)
        mouse.up()

    def cure(self, kind: str, cure=None):
        """Click the button beside a missing item."""
        which = f"[data-cure={cure}]" if cure else ".o_bpm_stage_cure"
        self.panel.locator(f"[data-kind={kind}] {which}").first.click()

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
        self.page.click(".o_bpm_stage_go")

    def close_panel(self):
        self.page.locator(".modal:has(.o_bpm_stage_panel) footer .btn-secondary").last.click()
        self.panel.wait_for(state="detached")

    def missing(self) -> list[str]:
        """Names of what the panel says is missing."""
        self.panel.locator(".o_bpm_stage_missing_text").first.wait_for()
        return self.panel.locator("[data-kind]").evaluate_all(
            "items => items.map((item) => item.dataset.kind)"
        )


def _way(start, end, steps=25):
    """Points of a movement; a jump would not be taken for a drag."""
    return [
        tuple(a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
        for step in range(steps + 1)
    ]
