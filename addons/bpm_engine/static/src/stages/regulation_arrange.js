import { useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { useSortable } from "@web/core/utils/sortable_owl";

const LISTS = { step: "steps", fact: "facts" };

/** Whether such cards stand at a stage: an end asks nothing, and one without success does nothing. */
function mayHold(stage, what) {
    return what === "step" ? !stage.is_lost : !stage.is_final;
}

function idOf(element, name) {
    return element ? Number(element.dataset[name]) : false;
}

/** The ids with one of them (or a new one) behind another; false: the first. */
function placeBehind(ids, id, previous) {
    const others = ids.filter((other) => other !== id);
    others.splice(others.indexOf(previous) + 1, 0, id);
    return others;
}

/**
 * Cards and stages of a draft in another place: by dragging, by keys, by their menus.
 *
 * @param {Object} ref element of the board
 * @param {Object} state of the board: {board, open}
 * @param {() => Promise} reload shows what the server has
 */
export function useArrange(ref, state, reload) {
    const orm = useService("orm");
    const notification = useService("notification");
    /** told: for those who do not see it; focus: where the person was */
    const spoken = useState({ told: "", focus: "" });
    useEffect(
        (focus) => {
            if (focus) {
                ref.el?.querySelector(focus)?.focus();
                spoken.focus = "";
            }
        },
        () => [spoken.focus]
    );

    const enable = () => Boolean(state.board?.editable);
    for (const what of Object.keys(LISTS)) {
        useSortable({
            ref,
            enable,
            elements: `.o_bpm_board_${what}`,
            groups: `.o_bpm_board_${LISTS[what]}`,
            connectGroups: true,
            ignore: ".o_bpm_board_menu",
            cursor: "grabbing",
            onDrop: ({ element, previous, parent }) => {
                const id = idOf(element, "part");
                const stage = byId(idOf(parent.closest(".o_bpm_board_stage"), "id"));
                return place(what, id, stage, idOf(previous, "part"));
            },
        });
    }
    useSortable({
        ref,
        enable,
        elements: ".o_bpm_board_stage",
        handle: ".o_bpm_board_head",
        ignore: "button",
        cursor: "grabbing",
        onDrop: ({ element, previous }) => {
            return placeStage(idOf(element, "id"), idOf(previous, "id"));
        },
    });

    function byId(id) {
        return state.board.stages.find((stage) => stage.id === id);
    }

    /** What was asked for is done at once on the screen; the server has the last word. */
    async function save(model, method, args, told) {
        try {
            const notes = await orm.call(model, method, args);
            if (Array.isArray(notes)) {
                notes.forEach((note) => notification.add(note, { type: "info" }));
            }
            spoken.told = told;
        } finally {
            await reload();
        }
    }

    async function place(what, id, stage, previous) {
        const list = LISTS[what];
        const from = state.board.stages.find((one) => one[list].some((part) => part.id === id));
        const part = from[list].find((one) => one.id === id);
        const ids = placeBehind(
            stage[list].map((one) => one.id),
            id,
            previous
        );
        from[list] = from[list].filter((one) => one !== part);
        const known = new Map([...stage[list], part].map((one) => [one.id, one]));
        stage[list] = ids.map((one) => known.get(one));
        state.open[stage.id] = state.open[stage.id] || from !== stage;
        const told = _t("“%(card)s” now stands at “%(stage)s”, place %(place)s", {
            card: part.name,
            stage: stage.name,
            place: ids.indexOf(id) + 1,
        });
        await save("bpm.regulation.stage", "arrange_parts", [[stage.id], what, ids], told);
    }

    async function placeStage(id, previous) {
        const ids = placeBehind(
            state.board.stages.map((stage) => stage.id),
            id,
            previous
        );
        const stage = byId(id);
        state.board.stages = ids.map(byId);
        const told = _t("“%(stage)s” is now stage %(place)s", {
            stage: stage.name,
            place: ids.indexOf(id) + 1,
        });
        const version = state.board.id;
        await save("bpm.regulation.version", "arrange_stages", [[version], ids], told);
    }

    /** up, down: in its stage; left, right: to the nearest stage that such a card may stand at. */
    async function move(what, stage, part, direction) {
        const ids = stage[LISTS[what]].map((one) => one.id);
        const index = ids.indexOf(part.id);
        if (direction === "up" || direction === "down") {
            const behind = direction === "up" ? index - 2 : index + 1;
            if (direction === "up" ? !index : behind >= ids.length) {
                return;
            }
            await place(what, part.id, stage, ids[behind] || false);
        } else {
            const target = getNeighbour(stage, direction, (one) => mayHold(one, what));
            if (!target) {
                return;
            }
            await place(what, part.id, target, target[LISTS[what]].at(-1)?.id || false);
        }
        spoken.focus = `.o_bpm_board_${what}[data-part="${part.id}"] .o_bpm_board_open`;
    }

    function getNeighbour(stage, direction, accept) {
        const { stages } = state.board;
        const index = stages.indexOf(stage);
        return direction === "left"
            ? stages.slice(0, index).reverse().find(accept)
            : stages.slice(index + 1).find(accept);
    }

    async function moveStage(stage, direction) {
        const ids = state.board.stages.map((one) => one.id);
        const index = ids.indexOf(stage.id);
        const behind = direction === "left" ? index - 2 : index + 1;
        if (direction === "left" ? !index : behind >= ids.length) {
            return;
        }
        await placeStage(stage.id, ids[behind] || false);
        spoken.focus = `.o_bpm_board_stage[data-id="${stage.id}"] .o_bpm_board_edit_stage`;
    }

    async function duplicate(what, stage, part) {
        const args = [[stage.id], what, part.id];
        await save("bpm.regulation.stage", "duplicate_part", args, "");
    }

    return { spoken, move, moveStage, duplicate };
}
