from odoo.tests import freeze_time

from odoo.addons.bpm_engine.engine import read_diagram

from .common import BpmCommon

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:bpm="urn:crm-bpm:bpmn:1" targetNamespace="urn:test" id="D">'
)


def extension(inner):
    return f"<extensionElements>{inner}</extensionElements>" if inner else ""


def start(id="Start"):
    return f'<startEvent id="{id}" name="{id}"/>'


def end(id="End"):
    return f'<endEvent id="{id}" name="{id}"/>'


def task(id, *outcomes, settings=""):
    keys = "".join(f'<bpm:outcome key="{key}" label="{key.title()}"/>' for key in outcomes)
    return f'<userTask id="{id}" name="{id}">{extension(keys + settings)}</userTask>'


def service(id, action, is_async=None, **parameters):
    given = "".join(f'<bpm:parameter name="{k}" value="{v}"/>' for k, v in parameters.items())
    background = "" if is_async is None else f' async="{str(is_async).lower()}"'
    inner = f'<bpm:action name="{action}"{background}>{given}</bpm:action>'
    return f'<serviceTask id="{id}" name="{id}">{extension(inner)}</serviceTask>'


def choice(id, default):
    return f'<exclusiveGateway id="{id}" name="{id}?" default="{default}"/>'


def flow(id, source, target, condition=None):
    inner = (
        f'<conditionExpression xsi:type="tFormalExpression">{condition}</conditionExpression>'
        if condition
        else ""
    )
    ends = f'sourceRef="{source}" targetRef="{target}"'
    return f'<sequenceFlow id="{id}" {ends}>{inner}</sequenceFlow>'


def chain(*ids):
    """Flows f1, f2 ... from each to the next."""
    pairs = zip(ids, ids[1:], strict=False)
    return "".join(flow(f"{a}_{b}", a, b) for a, b in pairs)


def timer(duration, basis=None):
    own = f' bpm:basis="{basis}"' if basis else ""
    return (
        f"<timerEventDefinition{own}><timeDuration>{duration}</timeDuration></timerEventDefinition>"
    )


def catch(id, definition):
    return f'<intermediateCatchEvent id="{id}" name="{id}">{definition}</intermediateCatchEvent>'


class RunCommon(BpmCommon):
    """Processes from a few lines of XML, published and run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Instance = cls.env["bpm.instance"]
        cls.manager.group_ids += cls.env.ref("base.group_partner_manager")

    @classmethod
    def make(cls, key, *body, roots="", model="res.partner", **values):
        """A published process."""
        process = cls.env["bpm.process"].create(
            {
                "name": key.title(),
                "key": key,
                "model_id": cls.env["ir.model"]._get_id(model) if model else False,
                "owner_id": cls.manager.id,
                **values,
            }
        )
        cls.publish(process, *body, roots=roots)
        return process

    @classmethod
    def publish(cls, process, *body, roots=""):
        xml = (
            f'{HEAD}{roots}<process id="{process.key}" isExecutable="true">'
            f"{''.join(body)}</process></definitions>"
        )
        versions = process.version_ids
        called = cls.env["bpm.process"].search([]).published_version_id
        diagrams = {version.process_id.key: version._get_diagram() for version in called}
        diagram = read_diagram(xml, diagrams)
        used = called.filtered(lambda v: v.process_id.key in diagram.called)
        versions.filtered(lambda v: v.state == "published").state = "retired"
        versions.flush_recordset()
        version = cls.env["bpm.process.version"].create(
            {
                "process_id": process.id,
                "number": len(versions) + 1,
                "state": "published",
                "bpmn_xml": xml,
                "called_version_ids": used.ids,
            }
        )
        cls.env["bpm.element"].create(
            [
                {
                    "version_id": version.id,
                    "element_id": element.id,
                    "type": element.type,
                    "event_kind": element.event,
                    "name": element.name,
                    "settings": element.settings,
                    "parent_element_id": element.parent,
                }
                for element in diagram.elements.values()
            ]
        )
        return version

    @classmethod
    def make_background(cls, **values):
        """A process that posts in the background, then gives a task: its action, itself."""
        act = cls.action("post", "message", is_async=True, max_tries=3)
        body = (
            start(),
            service("Post", "post", body="Done it"),
            task("After"),
            end(),
            chain("Start", "Post", "After", "End"),
        )
        return act, cls.make("bg", *body, **values)

    @classmethod
    def action(cls, key, kind, **values):
        return cls.env["bpm.action"].create({"name": key, "key": key, "kind": kind, **values})

    def launch(self, process, record=None, user=None, **variables):
        """Start by hand as a person; the instance."""
        record = self.partner if record is None else record
        process = process.with_user(user or self.worker)
        return self.Instance.browse(process.action_start(record.ids, variables))

    def run_timers(self, moment):
        """The timers' cron at a moment."""
        with freeze_time(moment), self.enter_registry_test_mode():
            self.env.ref("bpm_engine.ir_cron_timers").method_direct_trigger()
        self.env.invalidate_all()

    def open_names(self, instance):
        rows = instance.task_ids.filtered(lambda t: t.state == "todo")
        return sorted(rows.mapped("name"))

    def do(self, instance, name, outcome=None, comment=None, user=None):
        row = instance.task_ids.filtered(lambda t: t.state == "todo" and t.name == name)
        self.assertEqual(len(row), 1, f"one open task {name}")
        instance.with_user(user or self.worker)._complete_task(row, outcome, comment)
