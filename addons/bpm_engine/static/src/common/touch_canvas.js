/**
 * Fingers on a diagram: one moves it, two zoom it. bpmn.io itself knows the mouse only.
 *
 * @param {HTMLElement} element of the canvas
 * @param canvas bpmn-js' canvas service
 * @param {string} except selector of what takes the fingers itself
 * @returns {Function} that takes the listeners away
 */
export function touchCanvas(element, canvas, except = "") {
    const fingers = new Map();

    function middle() {
        const points = [...fingers.values()];
        const sum = (axis) => points.reduce((total, point) => total + point[axis], 0);
        return { x: sum("x") / points.length, y: sum("y") / points.length };
    }

    function distance() {
        const [one, other] = [...fingers.values()];
        return other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
    }

    function place(ev) {
        return { x: ev.clientX, y: ev.clientY };
    }

    function onDown(ev) {
        const isTaken = except && ev.target.closest(except);
        if (ev.pointerType === "touch" && !isTaken) {
            fingers.set(ev.pointerId, place(ev));
        }
    }

    function onMove(ev) {
        if (!fingers.has(ev.pointerId)) {
            return;
        }
        const [before, apart] = [middle(), distance()];
        fingers.set(ev.pointerId, place(ev));
        const after = middle();
        canvas.scroll({ dx: after.x - before.x, dy: after.y - before.y });
        if (apart && distance()) {
            const box = element.getBoundingClientRect();
            const zoom = Math.min(4, Math.max(0.2, (canvas.zoom() * distance()) / apart));
            canvas.zoom(zoom, { x: after.x - box.x, y: after.y - box.y });
        }
    }

    function onUp(ev) {
        fingers.delete(ev.pointerId);
    }

    const listeners = { pointerdown: onDown, pointermove: onMove };
    listeners.pointerup = listeners.pointercancel = listeners.pointerleave = onUp;
    for (const [name, listener] of Object.entries(listeners)) {
        element.addEventListener(name, listener);
    }
    return () => {
        for (const [name, listener] of Object.entries(listeners)) {
            element.removeEventListener(name, listener);
        }
    };
}
