import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { session } from "@web/session";

const tours = registry.category("web_tour.tours");
const CANVAS = ".o_bpm_canvas";
const NAME = ".o_bpm_panel [data-name=name] input";
const BACK = ".o_breadcrumb .o_back_button a, .o_breadcrumb .breadcrumb-item a, a.o_back_button";

// Of the list of versions; the form has a list of elements of its own.
const ROW = ".o_list_view .o_data_row td[name=process_id]";

const click = (trigger, content) => ({ content, trigger, run: "click" });
const named = (name) => ({ trigger: `${NAME}:value(${name})` });
const rename = (name) => ({ trigger: NAME, run: `edit ${name} && press Tab` });
const waits = { content: "it waits for a word", trigger: ".o_bpm_hot button[name=apply_hot]" };

/** The canvas listens to the mouse; of a lane only its border is taken. */
function choose(id) {
    return {
        content: `choose ${id}`,
        trigger: `${CANVAS} .djs-element[data-element-id="${id}"] .djs-hit`,
        run() {
            const box = this.anchor.getBoundingClientRect();
            const place = { clientX: box.x + 4, clientY: box.y + box.height / 2 };
            for (const name of ["mouseover", "mousedown", "mouseup", "click"]) {
                const options = { bubbles: true, button: 0, view: window, ...place };
                this.anchor.dispatchEvent(new MouseEvent(name, options));
            }
        },
    };
}

/** What somebody else, or the same person in another database, kept in this browser. */
const someoneElses = {
    content: "others have left their changes of this version here",
    trigger: ".o_bpm_hot",
    run() {
        const own = `bpm_engine.hot.${session.db}.${user.userId}.`;
        const key = Object.keys(localStorage).find((name) => name.startsWith(own));
        const kept = localStorage.getItem(key);
        const version = key.slice(own.length);
        localStorage.setItem(`bpm_engine.hot.${session.db}.${user.userId + 1}.${version}`, kept);
        localStorage.setItem(`bpm_engine.hot.another.${user.userId}.${version}`, kept);
        localStorage.setItem(`bpm_engine.hot.${version}`, kept);
    },
};

/** Left by the breadcrumb: asked; stayed, then applied; nobody is offered others' changes. */
tours.add("bpm_engine_hot_leave", {
    steps: () => [
        click(ROW),
        { trigger: ".o_bpm_locked" },
        rename("Look at it"),
        waits,
        click(BACK, "leave"),
        { trigger: ".modal:contains(not applied yet):contains(you changed: 1)" },
        click(".modal .btn-close", "stay"),
        named("Look at it"),
        waits,
        click(BACK, "leave again"),
        click(".modal-footer .btn-primary:contains(Apply now)"),
        { trigger: ".o_notification:contains(Changed at once)" },
        { trigger: ROW },
        click(ROW, "once more, and given up"),
        named("Look at it"),
        rename("Nothing of the kind"),
        waits,
        someoneElses,
        click(BACK, "leave"),
        click(".modal-footer .btn-secondary:contains(Drop them)"),
        { trigger: ROW },
        click(ROW),
        named("Look at it"),
        { trigger: ".o_field_bpmn_designer:not(:has(.o_bpm_hot_found))" },
    ],
});

/** The page closes with two steps changed: nothing is in force, nothing is lost. */
tours.add("bpm_engine_hot_reload", {
    steps: () => [
        { trigger: ".o_bpm_locked" },
        rename("Look at it"),
        { trigger: "[data-name=who] select[name=kind]", run: "select starter_manager" },
        waits,
        {
            content: "the page is loaded again",
            trigger: "body",
            run: () => window.location.reload(),
            expectUnloadPage: true,
        },
        { trigger: ".o_bpm_hot_found:contains(was not applied)" },
        { trigger: `${NAME}:not(:value(Look at it))` },
        click("button[name=restore_hot]"),
        named("Look at it"),
        click("button[name=apply_hot]"),
        { trigger: ".o_notification:contains(Changed at once)" },
        { trigger: ".o_field_bpmn_designer:not(:has(.o_bpm_hot))" },
    ],
});

/** What another window sends: it has not seen what is changed here. */
function handOver(login) {
    const id = Number(window.location.pathname.match(/\d+$/)[0]);
    const element = document.querySelector(`${CANVAS} .djs-shape.selected`).dataset.elementId;
    const settings = { assignment: { kind: "user", user: login } };
    const [model, method] = ["bpm.process.version", "set_hot"];
    const params = { model, method, args: [[id], element, settings], kwargs: {} };
    return rpc(`/web/dataset/call_kw/${model}/${method}`, params);
}

/** Somebody else changes the same step meanwhile. */
tours.add("bpm_engine_hot_two", {
    steps: () => [
        { trigger: ".o_bpm_locked" },
        { trigger: "[data-name=who] select[name=kind]", run: "select starter_manager" },
        waits,
        {
            content: "a colleague hands it to somebody else",
            trigger: "body",
            run: () => handOver("bpm_other_worker"),
        },
        click("button[name=apply_hot]"),
        { trigger: ".modal:contains(who does it):contains(bpm_other_worker)" },
        click(".modal-footer .btn-primary"),
        click("button[name=drop_hot]", "see what stands there now"),
        { trigger: "[data-name=who] select[name=kind]:value(user)" },
        rename("Look at it"),
        click("button[name=apply_hot]"),
        { trigger: ".o_notification:contains(Changed at once)" },
    ],
});

/** Who works in a lane, changed at once. */
tours.add("bpm_engine_hot_lane", {
    steps: () => [
        { trigger: ".o_bpm_locked" },
        choose("Lane_requester"),
        { trigger: ".o_bpm_panel:contains(Who does the tasks of this lane)" },
        { trigger: ".o_bpm_panel select[name=kind]", run: "select starter_manager" },
        click("button[name=apply_hot]"),
        { trigger: ".o_notification:contains(Changed at once)" },
    ],
});
